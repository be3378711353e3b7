/*
 * What lint finds fault with: the table is the documentation (courant-parse(1) lists it) and the
 * code's vocabulary. Texts say what is wrong, remedies what to do; neither ends with a full stop.
 *
 * error: readers lose something, or the format forbids it. warning: some readers go wrong. hint:
 * it works, and could be better.
 */
#ifndef COURANT_PARSER_LINT_RULES_H
#define COURANT_PARSER_LINT_RULES_H

enum lint_severity { LINT_ERROR, LINT_WARNING, LINT_HINT, LINT_SEVERITIES };

/* X(id, name, severity, what is wrong, what to do) */
#define LINT_RULES(X)                                                                              \
	/* the document */                                                                         \
	X(NOT_A_FEED, "not-a-feed", ERROR, "this is no feed",                                      \
		"publish RSS 2.0, Atom or JSON Feed at this address")                              \
	X(REFUSED, "refused", ERROR, "the document is not read at all",                            \
		"correct it: readers show nothing of it")                                          \
	X(BROKEN, "broken", ERROR, "the XML is not well-formed",                                   \
		"mend it: many readers refuse the whole feed")                                     \
	X(REPAIRED, "repaired", WARNING, "readers have to guess here",                             \
		"correct it: not every reader guesses alike")                                      \
	X(CHARSET_WRONG, "charset-wrong", ERROR,                                                   \
		"the document is not in the encoding that it declares",                            \
		"declare what it is, best publish UTF-8")                                          \
	X(CHARSET_MISSING, "charset-missing", WARNING, "no encoding is declared",                  \
		"publish UTF-8, or declare what it is")                                            \
	X(ENTITY_UNDECLARED, "entity-undeclared", ERROR, "XML does not know this entity",          \
		"write the character itself, or its number")                                       \
	X(CHARSET_CONFLICT, "charset-conflict", WARNING,                                           \
		"HTTP and the XML declaration name different encodings",                           \
		"make both say what the document is, best UTF-8")                                  \
	X(CHARSET_OLD, "charset-old", HINT, "the document is not in UTF-8",                        \
		"publish UTF-8, which every reader decodes")                                       \
	X(CONTENT_TYPE, "content-type", WARNING, "the Content-Type is not that of a feed",         \
		"serve application/rss+xml, application/atom+xml or application/feed+json")        \
	X(VERSION_MISSING, "version-missing", ERROR, "the version of the format is not said",      \
		"write <rss version=\"2.0\">, or \"version\" in a JSON Feed")                      \
	X(VERSION_OLD, "version-old", HINT, "the format is out of use",                            \
		"publish RSS 2.0 or Atom 1.0")                                                     \
	/* the feed */                                                                             \
	X(FEED_TITLE_MISSING, "feed-title-missing", ERROR, "the feed has no title",                \
		"name the feed: the title is how people find it again")                            \
	X(FEED_LINK_MISSING, "feed-link-missing", ERROR,                                           \
		"the channel has no <link> to the web site", "add the address of the home page")   \
	X(FEED_DESCRIPTION_MISSING, "feed-description-missing", ERROR,                             \
		"the channel has no <description>", "describe the feed in a sentence")             \
	X(FEED_ID_MISSING, "feed-id-missing", ERROR, "the feed has no <id>",                       \
		"add an <id> that never changes, such as the feed's address or a tag: URI")        \
	X(FEED_UPDATED_MISSING, "feed-updated-missing", ERROR, "the feed has no <updated>",        \
		"add when it changed last, as in <updated>2026-11-23T07:00:00Z</updated>")         \
	X(HOME_MISSING, "home-missing", HINT, "the feed does not link to its web site",            \
		"add <link href=\"...\"/> (Atom) or \"home_page_url\" (JSON Feed)")                \
	X(SELF_MISSING, "self-missing", HINT, "the feed does not say where it is published",       \
		"add <atom:link rel=\"self\" href=\"...\"/>, or \"feed_url\" in a JSON Feed")      \
	X(FEED_EMPTY, "feed-empty", WARNING, "the feed has no entries",                            \
		"keep the latest entries in it, even when nothing is new")                         \
	X(LANGUAGE_MISSING, "language-missing", HINT, "the feed does not say its language",        \
		"add <language>, xml:lang, or \"language\" in a JSON Feed")                        \
	X(LANGUAGE_UNKNOWN, "language-unknown", WARNING, "this is no language tag",                \
		"use one of BCP 47, such as en, pt-BR or zh-Hant")                                 \
	X(TTL_INVALID, "ttl-invalid", WARNING, "the <ttl> is no number of minutes",                \
		"write whole minutes, as in <ttl>60</ttl>")                                        \
	X(SKIP_INVALID, "skip-invalid", WARNING, "this is no hour, or no day, to be skipped",      \
		"hours are 0 to 23 in GMT, days are Monday to Sunday")                             \
	X(REPEATED, "repeated", WARNING, "an element that may stand once stands again",            \
		"keep one: readers differ in which they take")                                     \
	X(UNKNOWN_ELEMENT, "unknown-element", WARNING, "the format has no element of that name",   \
		"check its spelling, capitals included, or give it a namespace")                   \
	X(UNBOUND_PREFIX, "unbound-prefix", ERROR, "the namespace of this prefix is not declared", \
		"add xmlns:PREFIX=\"...\" to the root element")                                    \
	/* entries */                                                                              \
	X(GUID_MISSING, "guid-missing", WARNING, "the entry has no <guid>",                        \
		"add one that never changes: without it an edited entry looks new")                \
	X(ID_MISSING, "id-missing", ERROR, "the entry has no id",                                  \
		"add one that never changes, such as the entry's address or a tag: URI")           \
	X(ID_DUPLICATE, "id-duplicate", ERROR, "different entries have the same id",               \
		"give each its own: readers show only one of them")                                \
	X(ENTRY_REPEATED, "entry-repeated", WARNING, "the same entry is there twice",              \
		"leave one out")                                                                   \
	X(GUID_NO_URL, "guid-no-url", WARNING, "the <guid> claims to be a link and is no URL",     \
		"add isPermaLink=\"false\" to it")                                                 \
	X(ID_NO_URI, "id-no-uri", ERROR, "an Atom <id> has to be a URI",                           \
		"use the entry's address, a tag: URI or urn:uuid:")                                \
	X(ENTRY_TITLE_MISSING, "entry-title-missing", ERROR, "the entry has no <title>",           \
		"add one: Atom requires it")                                                       \
	X(ENTRY_UNTITLED, "entry-untitled", HINT, "the entry has no title",                        \
		"add one: lists of headlines show nothing of it")                                  \
	X(ENTRY_EMPTY, "entry-empty", ERROR, "the entry has neither title nor text",               \
		"add a title, a description or both")                                              \
	X(ENTRY_UPDATED_MISSING, "entry-updated-missing", ERROR, "the entry has no <updated>",     \
		"add when it changed last, as in <updated>2026-11-23T07:00:00Z</updated>")         \
	X(ENTRY_DATE_MISSING, "entry-date-missing", WARNING, "the entry has no date",              \
		"add when it was published: readers sort by it")                                   \
	X(ENTRY_LINK_MISSING, "entry-link-missing", WARNING, "the entry links to nothing",         \
		"add the address of its page")                                                     \
	X(ENTRY_AUTHOR_MISSING, "entry-author-missing", WARNING,                                   \
		"neither the entry nor the feed names an author",                                  \
		"add <author><name>...</name></author> to the feed")                               \
	X(ENTRY_MISPLACED, "entry-misplaced", WARNING, "an <item> stands outside <channel>",       \
		"move it into the channel, where RSS 2.0 has it")                                  \
	X(AUTHOR_NO_MAIL, "author-no-mail", WARNING, "RSS wants a mail address in <author>",       \
		"write mail@example.org (Name), or use <dc:creator> for a name")                   \
	X(AUTHOR_NO_NAME, "author-no-name", ERROR, "an Atom <author> needs a <name>",              \
		"write <author><name>...</name></author>")                                         \
	/* dates */                                                                                \
	X(DATE_UNREADABLE, "date-unreadable", ERROR, "this is no date",                            \
		"write Mon, 23 Nov 2026 07:00:00 GMT in RSS, 2026-11-23T07:00:00Z elsewhere")      \
	X(DATE_IMPOSSIBLE, "date-impossible", ERROR, "there is no such date",                      \
		"check day, month and time")                                                       \
	X(DATE_FORMAT, "date-format", WARNING, "the date is not written as the format wants it",   \
		"write Mon, 23 Nov 2026 07:00:00 GMT in RSS, 2026-11-23T07:00:00Z elsewhere")      \
	X(DATE_WEEKDAY, "date-weekday", WARNING, "that date is another day of the week",           \
		"correct the day's name, or leave it out")                                         \
	X(DATE_YEAR_SHORT, "date-year-short", HINT, "the year has two digits", "write all four")   \
	X(DATE_ZONE, "date-zone", WARNING, "the time zone is missing or not a known one",          \
		"write GMT or an offset such as +0100")                                            \
	X(DATE_FUTURE, "date-future", WARNING, "the date is in the future",                        \
		"publish the entry when its time has come")                                        \
	X(DATE_ANCIENT, "date-ancient", WARNING, "the date is before there were feeds",            \
		"check the clock and the program that wrote it")                                   \
	X(DATE_REVERSED, "date-reversed", WARNING, "updated before it was published",              \
		"exchange the two dates, or correct them")                                         \
	/* links and attachments */                                                                \
	X(LINK_RELATIVE, "link-relative", WARNING, "a relative link without xml:base",             \
		"write the whole address, with https:// and host")                                 \
	X(LINK_INVALID, "link-invalid", ERROR, "this is no address",                               \
		"write a URL without blanks; a blank inside is %20")                               \
	X(LINK_CODE, "link-code", ERROR, "the address runs code",                                  \
		"link to a page: readers remove this")                                             \
	X(LINK_LOCAL, "link-local", ERROR, "the address works on your own machine only",           \
		"write the public address")                                                        \
	X(ENCLOSURE_URL, "enclosure-url", ERROR, "the attachment has no address",                  \
		"add url=\"...\"")                                                                 \
	X(ENCLOSURE_LENGTH, "enclosure-length", WARNING,                                           \
		"the attachment's length is missing or no number",                                 \
		"add its size in bytes, length=\"0\" when it is not known")                        \
	X(ENCLOSURE_TYPE, "enclosure-type", WARNING,                                               \
		"the attachment's type is missing or no media type",                               \
		"add its media type, such as audio/mpeg")                                          \
	X(ENCLOSURE_MANY, "enclosure-many", HINT, "more than one <enclosure> in an item",          \
		"keep one: podcast players take the first or the last")                            \
	/* podcasts */                                                                             \
	X(PODCAST_IMAGE, "podcast-image", WARNING, "the podcast has no picture",                   \
		"add <itunes:image href=\"...\"/>: directories demand it")                         \
	X(PODCAST_CATEGORY, "podcast-category", WARNING, "the podcast has no category",            \
		"add <itunes:category text=\"...\"/>, one of Apple's list")                        \
	X(PODCAST_EXPLICIT, "podcast-explicit", WARNING,                                           \
		"the podcast does not say whether it is for everybody",                            \
		"write <itunes:explicit>true</itunes:explicit>, or false")                         \
	X(PODCAST_VALUE, "podcast-value", WARNING, "players do not know this value",               \
		"type is episodic or serial, episodeType full, trailer or bonus, season and "      \
		"episode are numbers from 1 on, block and complete are Yes or left out")           \
	X(PODCAST_DURATION, "podcast-duration", WARNING, "this is no duration",                    \
		"write seconds, or hours, minutes and seconds as in 1:02:03")                      \
	X(PODCAST_RECORDING, "podcast-recording", WARNING, "the episode has no recording",         \
		"add <enclosure url=\"...\" length=\"...\" type=\"audio/mpeg\"/>")                 \
	/* texts */                                                                                \
	X(TITLE_HTML, "title-html", WARNING, "HTML in a title",                                    \
		"write plain text: many readers show the tags")                                    \
	X(TEXT_DOUBLE_ESCAPED, "text-double-escaped", WARNING, "escaped twice",                    \
		"escape once: readers show the references")                                        \
	X(HTML_UNESCAPED, "html-unescaped", ERROR, "HTML tags in an element of RSS, not escaped",  \
		"escape them, or put the text into <![CDATA[ ]]>")                                 \
	X(HTML_UNDECLARED, "html-undeclared", WARNING, "HTML in an element that is plain text",    \
		"add type=\"html\"")                                                               \
	X(CONTENT_SCRIPT, "content-script", WARNING, "the content relies on a script",             \
		"publish what the script would show: readers remove it")                           \
	X(CONTENT_FRAME, "content-frame", WARNING, "the content relies on a frame or plug-in",     \
		"add a link to it: readers remove the frame")                                      \
	X(CONTENT_FORM, "content-form", WARNING, "the content relies on a form",                   \
		"link to the page with the form: readers remove it")                               \
	X(CONTENT_STYLE, "content-style", HINT, "the content relies on a style sheet",             \
		"use plain HTML: readers remove styles")                                           \
	X(CONTENT_DRAWING, "content-drawing", HINT,                                                \
		"the content holds a drawing in SVG or MathML",                                    \
		"add an image or words: readers remove it")                                        \
	X(CONTENT_PIXEL, "content-pixel", HINT, "an image that counts readers",                    \
		"leave it out: readers remove it")                                                 \
	X(CONTENT_RELATIVE, "content-relative", WARNING, "a relative address inside the content",  \
		"write the whole address, with https:// and host")

enum lint_rule {
#define X(id, name, severity, text, remedy) LINT_##id,
	LINT_RULES(X)
#undef X
		LINT_RULE_COUNT
};

struct lint_rule_info {
	const char *name, *text, *remedy;
	enum lint_severity severity;
};
extern const struct lint_rule_info lint_rules[LINT_RULE_COUNT];

#endif
