/* GET /v1/export: all subscriptions as OPML 2.0. The same feeds give the same bytes: no date stands
 * in it, and folders and feeds have an order. */
#include "api/resources.h"

#include "base/mem.h"
#include "base/text.h"

#include <stdlib.h>
#include <string.h>

/* One feed, its strings in one block. */
struct exported {
	char *url, *text, *title, *site_url, *category;
	size_t place; /* in the order of titles */
};

struct export
{
	struct exported *at;
	size_t n, cap;
};

static void note_feed(void *arg, const struct feed_record *feed)
{
	struct export *e = arg;
	if (feed->config.disabled)
		return;
	e->at = xgrow(e->at, e->n, &e->cap, sizeof *e->at);
	e->at[e->n] = (struct exported){
		.url = xstrdup(feed->config.url),
		.text = xstrdup(feed_title(feed)),
		.title = xstrdup_or_null(feed->meta.title),
		.site_url = xstrdup_or_null(feed->meta.site_url),
		.category = xstrdup_or_null(feed->config.category),
		.place = e->n,
	};
	e->n++;
}

static void release(struct export *e)
{
	for (size_t i = 0; i < e->n; i++) {
		free(e->at[i].url);
		free(e->at[i].text);
		free(e->at[i].title);
		free(e->at[i].site_url);
		free(e->at[i].category);
	}
	free(e->at);
}

/* ---- order: feeds without a category, then folder by folder, each before those inside it ---- */

static unsigned rank(char c)
{
	return c == '/' ? 1 : (unsigned char)c;
}

static int compare_paths(const char *a, const char *b)
{
	while (*a != '\0' && *a == *b)
		a++, b++;
	return (int)rank(*a) - (int)rank(*b);
}

static int compare(const void *a, const void *b)
{
	const struct exported *x = a, *y = b;
	int order = compare_paths(
		x->category != NULL ? x->category : "", y->category != NULL ? y->category : "");
	return order != 0 ? order : (x->place > y->place) - (x->place < y->place);
}

/* ---- writing ---- */

struct opml {
	struct strbuf *out;
	const char *path; /* the category whose folders are open; NULL: none */
	unsigned depth;
};

static void add_attribute(struct strbuf *out, const char *name, const char *value)
{
	struct strbuf safe = STRBUF_INIT(LIMIT_URL * 4);
	if (value == NULL)
		return;
	strbuf_addf(out, " %s=\"", name);
	text_safe_line(&safe, value, strlen(value));
	for (const char *c = strbuf_str(&safe); *c != '\0'; c++) {
		if (*c == '&')
			strbuf_addstr(out, "&amp;");
		else if (*c == '<')
			strbuf_addstr(out, "&lt;");
		else if (*c == '>')
			strbuf_addstr(out, "&gt;");
		else if (*c == '"')
			strbuf_addstr(out, "&quot;");
		else
			strbuf_addch(out, *c);
	}
	strbuf_addch(out, '"');
	strbuf_release(&safe);
}

static void indent(struct opml *o)
{
	for (unsigned i = 0; i < o->depth + 2; i++)
		strbuf_addstr(o->out, "  ");
}

/* Whether each "/" parts two names: only then it stands for a folder in a folder, and comes back as
 * what it was. */
static bool is_path(const char *category)
{
	size_t n = strlen(category), depth = 1;
	for (size_t i = 0; i < n; i++)
		depth += category[i] == '/';
	return n > 0 && category[0] != '/' && category[n - 1] != '/' &&
	       strstr(category, "//") == NULL && strstr(category, "/ ") == NULL &&
	       strstr(category, " /") == NULL && depth < LIMIT_OPML_DEPTH;
}

static void close_folders(struct opml *o)
{
	while (o->depth > 0) {
		o->depth--;
		indent(o);
		strbuf_addstr(o->out, "</outline>\n");
	}
}

static void open_folder(struct opml *o, const char *name, size_t n)
{
	char *copy = xstrndup(name, n);
	indent(o);
	strbuf_addstr(o->out, "<outline");
	add_attribute(o->out, "text", copy);
	strbuf_addstr(o->out, ">\n");
	o->depth++;
	free(copy);
}

static bool continues(const char *path, const char *name, size_t n)
{
	return strncmp(path, name, n) == 0 && (path[n] == '/' || path[n] == '\0');
}

/* Closes and opens what lies between the last feed's folders and this one's. */
static void enter(struct opml *o, const char *category)
{
	const char *old = o->path != NULL ? o->path : "", *at = category;
	unsigned common = 0;
	if (o->path != NULL && strcmp(o->path, category) == 0)
		return;
	if (o->path == NULL || !is_path(o->path) || !is_path(category)) {
		close_folders(o);
	} else {
		size_t n;
		while (*at != '\0' && *old != '\0' && continues(old, at, n = strcspn(at, "/"))) {
			common++;
			at += n + (at[n] == '/');
			old += n + (old[n] == '/');
		}
		while (o->depth > common) {
			o->depth--;
			indent(o);
			strbuf_addstr(o->out, "</outline>\n");
		}
	}
	o->path = category;
	if (!is_path(category)) {
		open_folder(o, category, strlen(category));
		return;
	}
	while (*at != '\0') {
		size_t n = strcspn(at, "/");
		open_folder(o, at, n);
		at += n + (at[n] == '/');
	}
}

static void add_feed(struct opml *o, const struct exported *feed)
{
	if (feed->category != NULL && feed->category[0] != '\0')
		enter(o, feed->category);
	indent(o);
	strbuf_addstr(o->out, "<outline type=\"rss\"");
	add_attribute(o->out, "text", feed->text);
	add_attribute(o->out, "title", feed->title);
	add_attribute(o->out, "xmlUrl", feed->url);
	add_attribute(o->out, "htmlUrl", feed->site_url);
	strbuf_addstr(o->out, "/>\n");
}

static void add_all(struct strbuf *out, const struct export *e)
{
	struct opml o = { .out = out };
	strbuf_addstr(out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
			   "<opml version=\"2.0\">\n"
			   "  <head>\n"
			   "    <title>courant subscriptions</title>\n"
			   "  </head>\n"
			   "  <body>\n");
	for (size_t i = 0; i < e->n; i++)
		add_feed(&o, &e->at[i]);
	close_folders(&o);
	strbuf_addstr(out, "  </body>\n</opml>\n");
}

static void opml_export_read(struct request *rq, struct query *q)
{
	struct export e = { 0 };
	if (query_feeds(q, 0, note_feed, &e) < 0) {
		request_query_failed(rq, q);
	} else {
		if (e.n > 0)
			qsort(e.at, e.n, sizeof *e.at, compare);
		add_all(&rq->answer.body, &e);
		rq->answer.type = "text/xml; charset=utf-8";
		rq->answer.code = MHD_HTTP_OK;
	}
	release(&e);
}

void opml_export(struct request *rq)
{
	request_read_long(rq, opml_export_read, NULL);
}
