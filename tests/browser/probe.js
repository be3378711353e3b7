/* Looks through a document, and every frame in it that may be looked into, for what a sanitiser must not leave; then does what
   a reader might do, and more: every event on every element, a click on every link that could run code. Resolves to a report. */
(async () => {
	const schemes = new Set(['http:', 'https:', 'mailto:', 'tel:', 'sms:', 'xmpp:', 'irc:', 'ircs:', 'ftp:', 'ftps:', 'sftp:', 'gopher:',
		'gemini:', 'news:', 'nntp:', 'magnet:', 'geo:', 'sip:', 'sips:', 'doi:', 'ed2k:', 'feed:', 'bitcoin:', 'ipfs:', 'dat:',
		'matrix:', 'webcal:']);
	const forbidden = 'script, style[data-x], iframe, frame, frameset, object, embed, applet, portal, svg, math, form, input, button, '
		+ 'textarea, select, base, template, noscript, [onclick], [is], [slot], [srcdoc], [formaction], [ping], [style]';
	const events = ['click', 'mouseover', 'mousemove', 'mouseenter', 'mousedown', 'focus', 'focusin', 'blur', 'error', 'load', 'toggle',
		'keydown', 'wheel', 'pointerdown', 'animationend', 'animationstart', 'transitionend', 'begin', 'end', 'copy', 'paste', 'play',
		'canplay', 'loadstart', 'submit', 'scroll', 'select', 'beforematch', 'contextmenu', 'dragstart', 'touchstart', 'input', 'change'];
	const addresses = ['href', 'src', 'poster', 'cite', 'longdesc', 'action', 'background', 'xlink:href'];
	const report = { ran: 0, elements: 0, forbidden: [], handlers: [], addresses: [], documents: 0 };

	function documents() {
		const list = [document];
		for (const frame of document.querySelectorAll('iframe.vector')) {
			try {
				if (frame.contentDocument) list.push(frame.contentDocument);
			} catch (e) { /* it went elsewhere */ }
		}
		return list;
	}
	function inspect(element, root) {
		for (const name of element.getAttributeNames()) {
			if (name.startsWith('on')) report.handlers.push(element.outerHTML.slice(0, 200));
			if (!addresses.includes(name)) continue;
			let protocol = 'unreadable:';
			try {
				protocol = new URL(element.getAttribute(name), 'https://a.example/').protocol;
			} catch (e) { if (!/^(https?:)?\/\//i.test(element.getAttribute(name))) report.addresses.push(element.outerHTML.slice(0, 200)); continue; }
			if (!schemes.has(protocol)) report.addresses.push(element.outerHTML.slice(0, 200));
		}
		if ((element.localName == 'a' || element.localName == 'area') && element.hasAttribute('href')
			&& !schemes.has(element.protocol) && element.protocol != location.protocol)
			element.dispatchEvent(new MouseEvent('click', { bubbles: true, cancelable: true }));
	}
	function exercise(root) {
		report.documents++;
		root.addEventListener('click', e => {
			const link = e.target.closest && e.target.closest('a, area');
			if (link && link.protocol != 'javascript:') e.preventDefault();
		}, true);
		root.addEventListener('submit', e => e.preventDefault(), true);
		const all = [...root.querySelectorAll('*')];
		report.elements += all.length;
		for (const element of root.querySelectorAll(forbidden))
			if (!element.closest('[data-harness]') && !element.matches('html > head > style:first-of-type, iframe.vector'))
				report.forbidden.push(element.outerHTML.slice(0, 200));
		for (const element of all) {
			if (element.closest('[data-harness]')) continue;
			inspect(element, root);
			for (const type of events) element.dispatchEvent(new Event(type, { bubbles: false, cancelable: true }));
		}
	}
	for (const root of documents()) exercise(root);
	await new Promise(done => setTimeout(done, 500));
	const marked = documents().map(root => root.documentElement && root.documentElement.dataset.ran ? 1 : 0);
	report.ran = marked.reduce((a, b) => a + b, 0);
	report.which = [...document.querySelectorAll('iframe.vector')].filter(f => {
		try { return f.contentDocument.documentElement.dataset.ran; } catch (e) { return false; }
	}).map(f => f.id);
	return report;
})()
