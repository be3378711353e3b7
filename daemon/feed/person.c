#include "feed/person.h"

static bool mail_byte(char c)
{
	return ascii_alnum(c) || (c != '\0' && strchr(".!#$%&'*+/=?^_`{|}~-@", c) != NULL) ||
	       (unsigned char)c >= 0x80;
}

/* The longest run of mail characters around the first '@' that has a name before and a host after
 * it. */
static struct span find_email(struct span t)
{
	for (size_t i = 1; i + 1 < t.n; i++) {
		size_t from = i, to = i + 1;
		if (t.s[i] != '@')
			continue;
		while (from > 0 && mail_byte(t.s[from - 1]) && t.s[from - 1] != '@')
			from--;
		while (to < t.n && mail_byte(t.s[to]) && t.s[to] != '@')
			to++;
		struct span mail = { t.s + from, to - from };
		if (from < i && to > i + 1 && memchr(t.s + i, '.', to - i) != NULL)
			return mail;
	}
	return (struct span){ t.s, 0 };
}

static bool is_wrapping(char c)
{
	return ascii_space(c) || strchr("()<>\"'[],;:", c) != NULL;
}

static struct span unwrap(struct span t)
{
	t = span_trim(t);
	if (t.n >= 7 && span_is((struct span){ t.s + t.n - 7, 7 }, "mailto:"))
		t.n -= 7;
	/* A parenthesis that is opened inside stays: "Name (Company)". */
	while (t.n > 0 && is_wrapping(t.s[0]))
		t.s++, t.n--;
	bool opened = t.n > 0 && memchr(t.s, '(', t.n) != NULL;
	while (t.n > 0 && is_wrapping(t.s[t.n - 1]) && !(opened && t.s[t.n - 1] == ')'))
		t.n--;
	return t;
}

void person_split(struct span text, struct span *ret_name, struct span *ret_email)
{
	struct span email, before, after;

	text = span_trim(text);
	email = find_email(text);
	*ret_email = email;
	*ret_name = text;
	if (email.n == 0)
		return;
	before = unwrap((struct span){ text.s, (size_t)(email.s - text.s) });
	after = unwrap(
		(struct span){ email.s + email.n, text.n - (size_t)(email.s + email.n - text.s) });
	*ret_name = before.n > 0 ? before : after;
}
