/*
 * bench_parse FILE...: how fast feeds are read, beside what libxml2's push parser with empty
 * handlers needs for the same bytes, which is the limit for everything built on it. Without
 * sanitising: html_sanitise() is exchanged by the linker (--wrap), so that the programs hold no
 * switch for it. The ways take turns, and each figure is the median of several rounds over all
 * files, of one core.
 */
#include "base/limits.h"
#include "base/mem.h"
#include "feed/feed.h"
#include "feed/html.h"
#include "wire/parse.h"

#include <libxml/parser.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#define ROUNDS 9
#define CHUNK 16384

struct file {
	char *bytes;
	size_t len;
};

static struct file file_read(const char *path)
{
	FILE *f = fopen(path, "rb");
	if (f == NULL || fseek(f, 0, SEEK_END) != 0) {
		perror(path);
		exit(EXIT_FAILURE);
	}
	struct file file = { .len = (size_t)ftell(f) };
	rewind(f);
	file.bytes = xmalloc(file.len + 1);
	if (fread(file.bytes, 1, file.len, f) != file.len) {
		perror(path);
		exit(EXIT_FAILURE);
	}
	fclose(f);
	return file;
}

/* Of this process: what else the machine does is not counted. */
static int64_t cpu_ns(void)
{
	struct timespec t;
	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return t.tv_sec * 1000000000LL + t.tv_nsec;
}

static bool is_xml(const struct file *file)
{
	return file->len > 0 && file->bytes[0] == '<';
}

static void ignore_start(void *ctx, const xmlChar *name, const xmlChar *prefix, const xmlChar *uri,
	int n_namespaces, const xmlChar **namespaces, int n_attributes, int n_defaulted,
	const xmlChar **attributes)
{
	(void)ctx, (void)name, (void)prefix, (void)uri, (void)n_namespaces, (void)namespaces,
		(void)n_attributes, (void)n_defaulted, (void)attributes;
}

static void ignore_end(void *ctx, const xmlChar *name, const xmlChar *prefix, const xmlChar *uri)
{
	(void)ctx, (void)name, (void)prefix, (void)uri;
}

static void ignore_text(void *ctx, const xmlChar *text, int len)
{
	(void)ctx, (void)text, (void)len;
}

static void floor_parse(const struct file *file)
{
	xmlSAXHandler sax = { .initialized = XML_SAX2_MAGIC,
		.startElementNs = ignore_start,
		.endElementNs = ignore_end,
		.characters = ignore_text,
		.cdataBlock = ignore_text };
	xmlParserCtxtPtr ctx = xmlCreatePushParserCtxt(&sax, NULL, NULL, 0, NULL);
	for (size_t at = 0; at < file->len; at += CHUNK) {
		size_t n = file->len - at < CHUNK ? file->len - at : CHUNK;
		xmlParseChunk(ctx, file->bytes + at, (int)n, at + n == file->len);
	}
	xmlFreeParserCtxt(ctx);
}

static bool sanitising;

void __real_html_sanitise(struct strbuf *out, struct span html, const char *base);
void __wrap_html_sanitise(struct strbuf *out, struct span html, const char *base);
void __wrap_html_sanitise(struct strbuf *out, struct span html, const char *base)
{
	if (sanitising)
		__real_html_sanitise(out, html, base);
	else
		strbuf_add(out, html.s, html.n);
}

static struct feed_doc *read_feed(const struct file *file)
{
	struct failure fail;
	struct feed_input in = {
		.bytes = file->bytes, .len = file->len, .base_url = "https://bench.example/"
	};
	struct feed_doc *doc = feed_parse(&in, &fail);
	if (doc == NULL) {
		fprintf(stderr, "bench_parse: a file is no feed: %s\n", fail.detail);
		exit(EXIT_FAILURE);
	}
	return doc;
}

static void raw_parse(const struct file *file)
{
	sanitising = false;
	feed_doc_free(read_feed(file));
}

static void safe_parse(const struct file *file)
{
	sanitising = true;
	feed_doc_free(read_feed(file));
}

/* What the daemon pays beside: the document as a frame, and back with every check. */
static void wire_parse(const struct file *file)
{
	struct strbuf frame = STRBUF_INIT(LIMIT_FRAME);
	sanitising = true;
	struct feed_doc *doc = read_feed(file), *again = NULL;
	if (parse_doc_encode(&frame, doc))
		again = parse_doc_decode(frame.data + FRAME_HEADER, frame.len - FRAME_HEADER);
	if (again == NULL) {
		fputs("bench_parse: a document does not travel\n", stderr);
		exit(EXIT_FAILURE);
	}
	feed_doc_free(again);
	feed_doc_free(doc);
	strbuf_release(&frame);
}

static int compare(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;
	return (x > y) - (x < y);
}

struct way {
	const char *name;
	void (*parse)(const struct file *);
	bool all; /* JSON Feeds, too */
	double speed[ROUNDS];
};

static struct way ways[] = {
	{ .name = "libxml2 push parser, empty handlers", .parse = floor_parse },
	{ .name = "feed_parse, nothing sanitised", .parse = raw_parse },
	{ .name = "feed_parse", .parse = safe_parse },
	{ .name = "feed_parse, to a frame and back", .parse = wire_parse },
	{ .name = "feed_parse, JSON Feeds too", .parse = safe_parse, .all = true },
};
#define N_WAYS (sizeof ways / sizeof ways[0])

/* MB/s. */
static double measure(const struct way *way, const struct file *files, size_t n)
{
	size_t bytes = 0;
	int64_t start = cpu_ns();
	for (size_t i = 0; i < n; i++) {
		if (way->all || is_xml(&files[i])) {
			way->parse(&files[i]);
			bytes += files[i].len;
		}
	}
	int64_t took = cpu_ns() - start;
	return (double)bytes * 1e3 / (double)(took > 0 ? took : 1);
}

static void print(const struct file *files, size_t n)
{
	bool has_json = false;
	for (size_t i = 0; i < n; i++)
		has_json |= !is_xml(&files[i]);
	for (size_t w = 0; w < N_WAYS; w++) {
		if (ways[w].all && !has_json)
			continue;
		qsort(ways[w].speed, ROUNDS, sizeof ways[w].speed[0], compare);
		printf("  %-40s %7.1f MB/s %5.2f\n", ways[w].name, ways[w].speed[ROUNDS / 2],
			ways[w].speed[ROUNDS / 2] / ways[0].speed[ROUNDS / 2]);
	}
}

int main(int argc, char **argv)
{
	if (argc < 2) {
		fputs("usage: bench_parse FILE...\n", stderr);
		return 2;
	}
	feed_prepare();
	size_t n = (size_t)argc - 1;
	struct file *files = xcalloc(n, sizeof *files);
	for (size_t i = 0; i < n; i++)
		files[i] = file_read(argv[i + 1]);
	for (int round = 0; round < ROUNDS; round++)
		for (size_t w = 0; w < N_WAYS; w++)
			ways[w].speed[round] = measure(&ways[w], files, n);
	print(files, n);
	for (size_t i = 0; i < n; i++)
		free(files[i].bytes);
	free(files);
	return 0;
}
