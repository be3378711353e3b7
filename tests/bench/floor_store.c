/*
 * The least that can be called reading: RSS, RDF and Atom through libxml2's push parser, the texts
 * of an entry's children taken as they are, one SQLite transaction for all. Nothing is sanitised,
 * normalised or recognised but by the guid.
 */
#include "floor.h"

#include <err.h>
#include <libxml/parser.h>
#include <sqlite3.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

enum field { TITLE, LINK, ID, DATE, AUTHOR, CONTENT, SUMMARY, N_FIELDS, NONE = N_FIELDS };

static const struct {
	const char *element;
	enum field field;
} elements[] = {
	{ "title", TITLE },
	{ "link", LINK },
	{ "guid", ID },
	{ "id", ID },
	{ "pubDate", DATE },
	{ "updated", DATE },
	{ "date", DATE },
	{ "creator", AUTHOR },
	{ "name", AUTHOR },
	{ "encoded", CONTENT },
	{ "content", CONTENT },
	{ "description", SUMMARY },
	{ "summary", SUMMARY },
};

struct text {
	char *bytes;
	size_t n, room;
};

struct document {
	xmlParserCtxtPtr parser;
	int feed;
	bool in_entry;
	enum field field;
	struct text texts[N_FIELDS];
};

static sqlite3 *db;
static sqlite3_stmt *insert;
static long n_new;

static void run(const char *sql)
{
	if (sqlite3_exec(db, sql, NULL, NULL, NULL) != SQLITE_OK)
		errx(1, "%s: %s", sql, sqlite3_errmsg(db));
}

void documents_open(const char *path)
{
	if (sqlite3_open(path, &db) != SQLITE_OK)
		errx(1, "%s: %s", path, sqlite3_errmsg(db));
	run("PRAGMA journal_mode = WAL");
	run("CREATE TABLE IF NOT EXISTS entry (id INTEGER PRIMARY KEY, feed INT, guid TEXT, "
	    "title TEXT, link TEXT, author TEXT, date TEXT, content TEXT, UNIQUE (feed, guid))");
	run("CREATE INDEX IF NOT EXISTS entry_date ON entry (date)");
	run("BEGIN");
	sqlite3_prepare_v2(db,
		"INSERT OR IGNORE INTO entry (feed, guid, title, link, author, date, content) "
		"VALUES (?, ?, ?, ?, ?, ?, ?)",
		-1, &insert, NULL);
}

long documents_close(void)
{
	sqlite3_finalize(insert);
	run("COMMIT");
	sqlite3_close(db);
	return n_new;
}

static void bind(int column, const struct text *text)
{
	sqlite3_bind_text(insert, column, text->bytes, (int)text->n, SQLITE_STATIC);
}

static void store(struct document *d)
{
	sqlite3_bind_int(insert, 1, d->feed);
	bind(2, &d->texts[d->texts[ID].n > 0 ? ID : LINK]);
	bind(3, &d->texts[TITLE]);
	bind(4, &d->texts[LINK]);
	bind(5, &d->texts[AUTHOR]);
	bind(6, &d->texts[DATE]);
	bind(7, &d->texts[d->texts[CONTENT].n > 0 ? CONTENT : SUMMARY]);
	if (sqlite3_step(insert) != SQLITE_DONE)
		errx(1, "%s", sqlite3_errmsg(db));
	n_new += sqlite3_changes(db);
	sqlite3_reset(insert);
}

static void text_add(struct text *t, const void *bytes, size_t n)
{
	if (t->room < t->n + n) {
		t->room = (t->n + n) * 2;
		t->bytes = realloc(t->bytes, t->room);
		if (t->bytes == NULL)
			err(1, NULL);
	}
	memcpy(t->bytes + t->n, bytes, n);
	t->n += n;
}

static bool is_entry(const xmlChar *name)
{
	return strcmp((const char *)name, "item") == 0 || strcmp((const char *)name, "entry") == 0;
}

static void element_began(void *arg, const xmlChar *name, const xmlChar *prefix, const xmlChar *uri,
	int n_ns, const xmlChar **ns, int n_attributes, int n_defaulted, const xmlChar **attributes)
{
	(void)prefix, (void)uri, (void)n_ns, (void)ns, (void)n_defaulted;
	struct document *d = arg;
	if (is_entry(name)) {
		d->in_entry = true;
		for (int i = 0; i < N_FIELDS; i++)
			d->texts[i].n = 0;
	}
	if (!d->in_entry)
		return;
	d->field = NONE;
	for (size_t i = 0; i < sizeof elements / sizeof elements[0]; i++)
		if (strcmp((const char *)name, elements[i].element) == 0)
			d->field = elements[i].field;
	for (int i = 0; d->field == LINK && i < n_attributes; i++)
		if (strcmp((const char *)attributes[5 * i], "href") == 0)
			text_add(&d->texts[LINK], attributes[5 * i + 3],
				(size_t)(attributes[5 * i + 4] - attributes[5 * i + 3]));
}

static void element_ended(void *arg, const xmlChar *name, const xmlChar *prefix, const xmlChar *uri)
{
	(void)prefix, (void)uri;
	struct document *d = arg;
	d->field = NONE;
	if (d->in_entry && is_entry(name)) {
		store(d);
		d->in_entry = false;
	}
}

static void characters(void *arg, const xmlChar *text, int n)
{
	struct document *d = arg;
	if (d->in_entry && d->field != NONE)
		text_add(&d->texts[d->field], text, (size_t)n);
}

struct document *document_new(int feed)
{
	static xmlSAXHandler handler = { .initialized = XML_SAX2_MAGIC,
		.startElementNs = element_began,
		.endElementNs = element_ended,
		.characters = characters,
		.cdataBlock = characters };
	struct document *d = calloc(1, sizeof *d);
	if (d == NULL)
		err(1, NULL);
	d->feed = feed;
	d->field = NONE;
	d->parser = xmlCreatePushParserCtxt(&handler, d, NULL, 0, NULL);
	if (d->parser == NULL)
		errx(1, "libxml2 does not start");
	xmlCtxtUseOptions(d->parser, XML_PARSE_NONET);
	return d;
}

void document_add(struct document *d, const char *bytes, size_t n)
{
	xmlParseChunk(d->parser, bytes, (int)n, 0);
}

void document_end(struct document *d)
{
	xmlParseChunk(d->parser, NULL, 0, 1);
	xmlFreeParserCtxt(d->parser);
	for (int i = 0; i < N_FIELDS; i++)
		free(d->texts[i].bytes);
	free(d);
}
