/*
 * The formats of a digest: one table row each, with the function that turns a ranked edition into
 * the bytes of a file. Pure. What comes from feeds is escaped for the format here and nowhere else;
 * no renderer can be made to write markup that is not its own.
 */
#ifndef COURANT_DIGEST_FORMAT_H
#define COURANT_DIGEST_FORMAT_H

#include "base/strbuf.h"
#include "config/conf.h"
#include "digest/edition.h"

struct digest_renderer {
	enum digest_format format;
	const char *extension; /* of the file: "html" */
	void (*render)(const struct edition *e, struct strbuf *out);
};

extern const struct digest_renderer digest_renderers[];
extern const size_t n_digest_renderers;

/* One self-contained page: no script, nothing remote, light and dark, for print, too. */
void render_html(const struct edition *e, struct strbuf *out);
/* CommonMark. */
void render_md(const struct edition *e, struct strbuf *out);
/* 72 columns, by display width; lines that hold a link may be longer. */
void render_txt(const struct edition *e, struct strbuf *out);

#endif
