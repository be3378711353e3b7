/*
 * bench_parse FILE...: how fast feeds are read, beside what libxml2's push parser with empty
 * handlers needs for the same bytes, which is the floor for everything built on it. Each figure is
 * the median of several rounds over all files.
 */
#include "base/mem.h"
#include "feed/feed.h"

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

static void courant_parse(const struct file *file)
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
	feed_doc_free(doc);
}

static int compare(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;
	return (x > y) - (x < y);
}

/* MB/s over the XML files (all: over all files). */
static double measure(
	void (*parse)(const struct file *), const struct file *files, size_t n, bool all)
{
	double speed[ROUNDS];
	for (int round = 0; round < ROUNDS; round++) {
		size_t bytes = 0;
		int64_t start = cpu_ns();
		for (size_t i = 0; i < n; i++) {
			if (all || is_xml(&files[i])) {
				parse(&files[i]);
				bytes += files[i].len;
			}
		}
		int64_t took = cpu_ns() - start;
		speed[round] = (double)bytes * 1e3 / (double)(took > 0 ? took : 1);
	}
	qsort(speed, ROUNDS, sizeof speed[0], compare);
	return speed[ROUNDS / 2];
}

int main(int argc, char **argv)
{
	if (argc < 2) {
		fputs("usage: bench_parse FILE...\n", stderr);
		return 2;
	}
	size_t n = (size_t)argc - 1;
	struct file *files = xcalloc(n, sizeof *files);
	for (size_t i = 0; i < n; i++)
		files[i] = file_read(argv[i + 1]);
	double empty = measure(floor_parse, files, n, false);
	double xml = measure(courant_parse, files, n, false);
	double all = measure(courant_parse, files, n, true);
	printf("%-44s %7.1f MB/s\n", "libxml2 push parser, empty handlers", empty);
	printf("%-44s %7.1f MB/s, %.2f of it\n", "feed_parse, XML, HTML sanitised", xml,
		xml / empty);
	printf("%-44s %7.1f MB/s\n", "feed_parse, JSON Feed too", all);
	for (size_t i = 0; i < n; i++)
		free(files[i].bytes);
	free(files);
	return 0;
}
