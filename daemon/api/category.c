#include "api/resources.h"

#include "base/hash.h"
#include "base/mem.h"

#include <stdlib.h>
#include <string.h>

static const char ALL[] = "All";

/* Categories have no row of their own: 31 bits of the name's hash are an id that is the same
 * tomorrow. */
int64_t category_id(const char *name)
{
	if (name == NULL || strcmp(name, ALL) == 0)
		return CATEGORY_ALL_ID;
	struct hash h = hash_bytes(name, strlen(name));
	uint32_t bits = (uint32_t)h.bytes[0] << 24 | (uint32_t)h.bytes[1] << 16 |
			(uint32_t)h.bytes[2] << 8 | h.bytes[3];
	bits &= INT32_MAX;
	return bits <= CATEGORY_ALL_ID ? CATEGORY_ALL_ID + 1 : bits;
}

const char *category_wanted(const char *name)
{
	return name != NULL && strcmp(name, ALL) == 0 ? "" : name;
}

void category_write(struct json_writer *w, const char *key, const char *name)
{
	jw_object(w, key);
	jw_int(w, "id", category_id(name));
	jw_int(w, "user_id", 1);
	jw_string(w, "title", name != NULL ? name : ALL);
	jw_object_end(w);
}

struct names {
	char **at;
	size_t n, cap;
};

static void add_name(void *arg, const struct feed_record *feed)
{
	struct names *names = arg;
	const char *name = feed->config.category;
	if (name == NULL || strcmp(name, ALL) == 0)
		return;
	/* Feeds of one category often follow each other. */
	if (names->n > 0 && strcmp(names->at[names->n - 1], name) == 0)
		return;
	names->at = xgrow(names->at, names->n, &names->cap, sizeof *names->at);
	names->at[names->n++] = xstrdup(name);
}

static int compare_names(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

static void write_categories(struct json_writer *w, struct names *names)
{
	jw_array(w, NULL);
	category_write(w, NULL, NULL);
	if (names->n > 0)
		qsort(names->at, names->n, sizeof *names->at, compare_names);
	for (size_t i = 0; i < names->n; i++) {
		if (i == 0 || strcmp(names->at[i], names->at[i - 1]) != 0)
			category_write(w, NULL, names->at[i]);
	}
	jw_array_end(w);
}

void categories_read(struct request *rq, struct query *q)
{
	struct names names = { 0 };
	if (query_feeds(q, 0, add_name, &names) < 0) {
		request_query_failed(rq, q);
	} else {
		struct json_writer w = request_json(rq, MHD_HTTP_OK);
		write_categories(&w, &names);
	}
	for (size_t i = 0; i < names.n; i++)
		free(names.at[i]);
	free(names.at);
}
