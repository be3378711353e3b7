/* What changed entries said before. */
#include "api/resources.h"

#include "base/limits.h"

#include <inttypes.h>

static void write_revision(void *arg, const struct revision_record *r)
{
	struct json_writer *w = arg;
	jw_object(w, NULL);
	jw_int(w, "number", r->number);
	jw_time(w, "replaced_at", r->replaced);
	jw_string(w, "etag", r->etag);
	jw_time(w, "updated_at", r->updated);
	jw_int(w, "alike", r->n_alike);
	jw_bool(w, "whole", r->whole);
	jw_string(w, "title", r->title);
	jw_string(w, "url", r->url);
	jw_string(w, "author", r->author);
	jw_string(w, "summary", r->summary);
	jw_string(w, "content", r->content);
	jw_object_end(w);
}

static void pass_over(void *arg, const struct entry_record *entry)
{
	(void)arg, (void)entry;
}

void revisions_read(struct request *rq, struct query *q)
{
	int found = query_entry(q, rq->id, pass_over, NULL);
	if (found == 0) {
		request_refuse(rq, STATUS_NOT_FOUND, "there is no entry %" PRId64, rq->id);
		return;
	}
	struct json_writer w = request_json(rq, MHD_HTTP_OK);
	jw_array(&w, NULL);
	int64_t n = query_revisions(q, rq->id, write_revision, &w);
	jw_array_end(&w);
	if (found < 0 || n < 0)
		request_query_failed(rq, q);
}
