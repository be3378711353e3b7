#include "api/resources.h"

#include "api/server.h"
#include "base/mem.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const struct {
	const char *name, *type;
} FORMATS[] = {
	/* enum digest_format */
	{ "html", "text/html; charset=utf-8" },
	{ "md", "text/markdown; charset=utf-8" },
	{ "txt", "text/plain; charset=utf-8" },
};

/* What the answer needs of the configuration: copied, since a reader thread looks at it. */
struct scope { /* of one digest */
	char *name;
	char **categories; /* none: all */
	size_t n_categories;
};

struct digests {
	char *state_dir;
	struct scope *scopes;
	size_t n_scopes;
	struct edition_record *editions; /* copies; newest first */
	size_t n_editions, cap;
};

static void digests_free(void *data)
{
	struct digests *d = data;
	for (size_t i = 0; i < d->n_scopes; i++) {
		for (size_t k = 0; k < d->scopes[i].n_categories; k++)
			free(d->scopes[i].categories[k]);
		free(d->scopes[i].categories);
		free(d->scopes[i].name);
	}
	for (size_t i = 0; i < d->n_editions; i++) {
		free((char *)(uintptr_t)d->editions[i].name);
		free((char *)(uintptr_t)d->editions[i].label);
	}
	free(d->scopes);
	free(d->editions);
	free(d->state_dir);
	free(d);
}

static void copy_scope(struct scope *scope, const struct conf_digest *digest)
{
	scope->name = xstrdup(digest->name);
	scope->categories = xcalloc(digest->n_categories + 1, sizeof *scope->categories);
	scope->n_categories = digest->n_categories;
	for (size_t i = 0; i < digest->n_categories; i++)
		scope->categories[i] = xstrdup(digest->categories[i]);
}

void digests_begin(struct request *rq)
{
	const struct conf *conf = rq->api->options.conf;
	struct digests *d = xcalloc(1, sizeof *d);
	d->state_dir = xstrdup(conf->state_dir);
	d->n_scopes = conf->n_digests;
	d->scopes = xcalloc(conf->n_digests + 1, sizeof *d->scopes);
	for (size_t i = 0; i < conf->n_digests; i++)
		copy_scope(&d->scopes[i], &conf->digests[i]);
	rq->data = d;
	rq->data_free = digests_free;
}

static void keep_edition(void *arg, const struct edition_record *edition)
{
	struct digests *d = arg;
	d->editions = xgrow(d->editions, d->n_editions, &d->cap, sizeof *d->editions);
	struct edition_record *copy = &d->editions[d->n_editions++];
	*copy = *edition;
	copy->name = xstrdup(edition->name);
	copy->label = xstrdup(edition->label);
}

static void pass_over(void *arg, const struct entry_record *entry)
{
	(void)arg, (void)entry;
}

/* The entries that the edition's range of ids holds, in the categories that its digest covers. */
static int64_t count_entries(
	struct query *q, const struct digests *d, const struct edition_record *edition)
{
	const struct scope *scope = NULL;
	struct entry_filter filter = {
		.news = true,
		.after_id = edition->after_id,
		.before_id = edition->upto_id + 1,
		.limit = 1,
		.without_content = true,
	};
	for (size_t i = 0; i < d->n_scopes; i++) {
		if (strcmp(d->scopes[i].name, edition->name) == 0)
			scope = &d->scopes[i];
	}
	if (scope == NULL || scope->n_categories == 0)
		return query_entries(q, &filter, pass_over, NULL);
	int64_t n = 0;
	for (size_t i = 0; i < scope->n_categories; i++) {
		filter.category = scope->categories[i];
		int64_t found = query_entries(q, &filter, pass_over, NULL);
		if (found < 0)
			return found;
		n += found;
	}
	return n;
}

static void write_files(
	struct json_writer *w, const struct digests *d, const struct edition_record *edition)
{
	jw_object(w, "files");
	for (size_t i = 0; i < sizeof FORMATS / sizeof FORMATS[0]; i++) {
		char *path = xasprintf("%s/digests/%s/%s.%s", d->state_dir, edition->name,
			edition->label, FORMATS[i].name);
		if (access(path, F_OK) == 0)
			jw_string(w, FORMATS[i].name, path);
		free(path);
	}
	jw_object_end(w);
}

/* False when the database failed. */
static bool write_edition(struct json_writer *w, struct query *q, const struct digests *d,
	const struct edition_record *edition)
{
	int64_t n_entries = count_entries(q, d, edition);
	jw_object(w, NULL);
	jw_int(w, "id", edition->id);
	jw_string(w, "name", edition->name);
	jw_string(w, "label", edition->label);
	jw_time(w, "created_at", edition->created);
	jw_int(w, "entries", n_entries);
	write_files(w, d, edition);
	jw_object_end(w);
	return n_entries >= 0;
}

void digests_read(struct request *rq, struct query *q)
{
	struct digests *d = rq->data;
	int64_t limit = rq->params.limit;
	if (limit == 0 || limit > LIMIT_API_ENTRIES)
		limit = LIMIT_API_ENTRIES;
	bool ok = query_editions(q, rq->params.name, true, limit, keep_edition, d) >= 0;
	struct json_writer w = request_json(rq, MHD_HTTP_OK);
	jw_array(&w, NULL);
	for (size_t i = 0; ok && i < d->n_editions; i++)
		ok = write_edition(&w, q, d, &d->editions[i]);
	jw_array_end(&w);
	if (!ok)
		request_query_failed(rq, q);
}

/* ---- the text of one, for clients that may not read state_dir ---- */

/* The last segment of the route is the format. */
static size_t file_type(const struct request *rq)
{
	const char *name = strrchr(rq->route->pattern, '/') + 1;
	size_t i = 0;
	while (strcmp(FORMATS[i].name, name) != 0)
		i++;
	return i;
}

/* Appends the whole file; false with errno set. */
static bool read_whole(int fd, struct strbuf *ret)
{
	char chunk[16 * KIB];
	ssize_t n;
	while ((n = read(fd, chunk, sizeof chunk)) > 0) {
		if (!strbuf_add(ret, chunk, (size_t)n)) {
			errno = EFBIG;
			return false;
		}
	}
	return n == 0;
}

static void answer_with_file(
	struct request *rq, const struct digests *d, const struct edition_record *edition)
{
	size_t type = file_type(rq);
	char *path = xasprintf("%s/digests/%s/%s.%s", d->state_dir, edition->name, edition->label,
		FORMATS[type].name);
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	if (fd >= 0 && read_whole(fd, &rq->answer.body)) {
		rq->answer.code = MHD_HTTP_OK;
		rq->answer.type = FORMATS[type].type;
	} else if (errno == ENOENT) {
		request_refuse(rq, STATUS_NOT_FOUND,
			"edition %s of %s was not written as %s, or its file is gone",
			edition->label, edition->name, FORMATS[type].name);
	} else {
		request_refuse(rq, STATUS_INTERNAL, "%s: %s", path, strerror(errno));
	}
	if (fd >= 0)
		close(fd);
	free(path);
}

void digest_file_read(struct request *rq, struct query *q)
{
	struct digests *d = rq->data;
	if (query_editions(q, NULL, true, LIMIT_API_ENTRIES, keep_edition, d) < 0) {
		request_query_failed(rq, q);
		return;
	}
	for (size_t i = 0; i < d->n_editions; i++) {
		if (d->editions[i].id == rq->id) {
			answer_with_file(rq, d, &d->editions[i]);
			return;
		}
	}
	request_refuse(rq, STATUS_NOT_FOUND, "there is no digest edition %lld", (long long)rq->id);
}

/* ---- making one now ---- */

static void made_read(struct request *rq, struct query *q)
{
	const struct digests *d = rq->data;
	struct json_writer w = request_json(rq, MHD_HTTP_CREATED);
	if (!write_edition(&w, q, d, &d->editions[0]))
		request_query_failed(rq, q);
}

static void digest_made(void *arg, const struct failure *fail, const struct edition_record *edition)
{
	struct request *rq = request_back(arg);
	if (rq == NULL)
		return;
	if (fail->status == STATUS_OK) {
		keep_edition(rq->data, edition);
		request_read(rq, made_read, NULL);
		return;
	}
	if (fail->status == STATUS_NOT_FOUND)
		request_refuse(rq, STATUS_NOT_FOUND, "there is no digest %s", rq->name);
	else
		request_fail(rq, fail);
	request_send(rq);
}

void digest_make(struct request *rq)
{
	digests_begin(rq);
	digester_now(rq->api->options.digester, rq->name, digest_made, request_out(rq));
}
