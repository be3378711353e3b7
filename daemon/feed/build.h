/*
 * From a stream of elements to a struct feed_doc. Whoever reads the syntax (libxml2 in xml.c, the
 * recovering scanner in scan.c) calls build_start, build_text and build_end; what the elements mean
 * stands in elements.h. One document, one thread, no I/O.
 *
 * Texts are collected in the pool of the draft they belong to, the current entry or the feed, and
 * become final (plain text, sanitised HTML, arena strings) once, when that draft ends and it is
 * known which of them win.
 */
#ifndef COURANT_FEED_BUILD_H
#define COURANT_FEED_BUILD_H

#include "base/limits.h"
#include "base/status.h"
#include "feed/doc.h"
#include "feed/draft.h"
#include "feed/elements.h"
#include "feed/plain.h"

/* An element's name as written; strings live for the call only. */
struct element_name {
	const char *local, *prefix, *uri; /* prefix and uri may be NULL */
	const char *default_uri;          /* the default namespace; asked of the root only */
};

/* libxml2's SAX2 layout: five pointers an attribute: local name, prefix, URI, value, end of value.
 * Values may hold references (attribute_text decodes them). */
struct attributes {
	const char **list;
	int n;
};

enum capture {
	CAPTURE_NOTHING,
	CAPTURE_TEXT,  /* text counts, child elements mean what the table says */
	CAPTURE_HTML,  /* as TEXT until a child element appears: then it is HTML, source and all */
	CAPTURE_XHTML, /* children are XHTML, text is escaped */
};

#define ENTRY_NESTING 3 /* entries inside each other; deeper ones are passed over */

struct known_uri {
	const char *uri;
	enum ns ns;
};

struct known_element {
	const char *local;
	enum ns ns;
	enum context in;
	enum field field;
};

/* One open element. */
struct frame {
	const char *base; /* xml:base in force, or NULL */
	const char *lang; /* xml:lang in force, or NULL */
	size_t at;        /* where the captured text begins in the draft's pool */
	enum context context;
	enum field field;
	enum capture capture;
	enum text_type type;
	int outer;   /* the frame that captured before this one, -1 */
	bool silent; /* inside captured markup: this element writes no tag */
	bool has_children;
	bool judged; /* its text has become HTML, or stays plain for all the children */
	bool base64;
};

struct build {
	struct feed_doc *doc;
	const char *base_url;
	struct frame frames[LIMIT_XML_DEPTH];
	int depth;         /* open elements */
	int capturing;     /* the frame that takes text, -1 */
	int entry;         /* the frame of the outermost open entry, -1 */
	int nesting;       /* open entries */
	int line;          /* where the reader is, kept by it */
	int skipped_lines; /* before the first line that the reader sees */
	struct draft feed_draft, entry_drafts[ENTRY_NESTING];
	struct draft *draft; /* of the innermost entry, or the feed's */
	struct feed_person person;
	struct feed_source source;
	struct feed_tag tag;        /* scheme and label of the open category */
	struct feed_entry *entries; /* grows on the heap; the arena's at the end */
	size_t n_entries, entries_cap;
	const char **warnings;
	size_t n_warnings, warnings_cap, warnings_lost;
	/* libxml2 interns names: the same pointer is the same name, and need not be looked up
	 * again. */
	bool interned;
	struct known_uri uris[16];
	struct known_element elements[64];
	struct strbuf scratch, url;
	struct failure fail; /* status OK while reading may go on */
	bool root_seen;
	char root[64]; /* the root's name, for messages */
};

void build_init(struct build *b, const char *base_url);
void build_release(struct build *b);

/* False once the document is refused: stop reading, see fail. */
bool build_start(struct build *b, const struct element_name *name, const struct attributes *attrs);
void build_text(struct build *b, const char *s, size_t n);
bool build_end(struct build *b, const char *local);
/* HTML source where text was expected, as it is: from now on the captured text is HTML. */
void build_raw(struct build *b, const char *s, size_t n);
/* Notes what a publisher should mend; line 0: nowhere in particular. */
void build_warn(struct build *b, int line, const char *format, ...)
	__attribute__((format(printf, 3, 4)));
/* Refuses the document. */
void build_refuse(struct build *b, enum status status, const char *format, ...)
	__attribute__((format(printf, 3, 4)));
/* The cut-off entry goes; true when there was one. */
bool build_drop_open_entry(struct build *b);
/* The whole document, owned by the caller; NULL with b->fail set. */
struct feed_doc *build_finish(struct build *b);

/* --- between the files of the builder
 * ----------------------------------------------------------------------------- */

struct frame *build_top(struct build *b);
/* The value of an attribute without prefix (any prefix but xml: when any_prefix), any case; false
 * when it is not there. */
bool attribute_find(struct build *b, const struct attributes *attrs, const char *name,
	bool any_prefix, struct span *ret);
struct span attribute_text(struct build *b, const struct attributes *attrs, const char *name);
/* What a field's element does when it begins and ends (build_fields.c). */
void field_start(struct build *b, struct frame *f, const struct attributes *attrs);
void field_end(struct build *b, struct frame *f, struct span text);
/* Inside captured markup (build_markup.c). */
void markup_start(struct build *b, struct frame *f, const struct element_name *name,
	const struct attributes *attrs);
void markup_text(struct build *b, const struct frame *f, const char *s, size_t n);
void markup_end(struct build *b, const struct frame *f, const char *local);
/* Finished strings in the document's arena, NULL when empty. */
const char *build_line(struct build *b, struct span text, enum text_type type, size_t limit);
const char *build_url(struct build *b, const char *base, struct span ref);
/* Turns the drafts into an entry and into the feed (build_finish.c). */
void build_finish_entry(struct build *b);
void build_finish_feed(struct build *b);

#endif
