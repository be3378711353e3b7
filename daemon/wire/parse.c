#include "wire/parse.h"
#include "base/text.h"
#include "wire/doc.h"

#include <string.h>

static struct frame_reader reader(const void *payload, size_t n)
{
	const unsigned char *at = payload;
	return (struct frame_reader){ .at = at, .end = at + n };
}

/* Read to the end, and nothing wrong on the way. */
static bool complete(const struct frame_reader *r)
{
	return !r->bad && r->at == r->end;
}

/* What a server said about the body may be anything; only what the other side can read goes over.
 */
static void put_hint(struct strbuf *out, const char *hint, size_t max)
{
	size_t n = hint != NULL ? strnlen(hint, max + 1) : 0;
	put_str(out, n > max || (hint != NULL && !utf8_valid(hint, n)) ? NULL : hint);
}

static const enum frame_type task_frames[] = {
	[FEED_TASK_READ] = FRAME_PARSE_JOB,
	[FEED_TASK_FIND] = FRAME_FIND_JOB,
	[FEED_TASK_OPML] = FRAME_OPML_JOB,
};

bool task_of_frame(enum frame_type type, enum feed_task *ret_task)
{
	for (unsigned i = 0; i < sizeof task_frames / sizeof *task_frames; i++) {
		if (task_frames[i] == type) {
			*ret_task = (enum feed_task)i;
			return true;
		}
	}
	return false;
}

static size_t put_job(struct strbuf *out, enum feed_task task, const struct feed_input *job)
{
	size_t start = frame_begin(out, task_frames[task]);
	put_hint(out, job->content_type, LIMIT_CONTENT_TYPE);
	put_hint(out, job->base_url, LIMIT_URL);
	out->overflow |= job->len > LIMIT_BODY_MAX;
	put_u32(out, (uint32_t)job->len);
	return start;
}

bool parse_job_encode(struct strbuf *out, const struct feed_input *job)
{
	size_t start = put_job(out, FEED_TASK_READ, job);
	strbuf_add(out, job->bytes, job->len);
	frame_end(out, start);
	return !out->overflow;
}

bool parse_job_encode_head(struct strbuf *out, enum feed_task task, const struct feed_input *job)
{
	size_t start = put_job(out, task, job);
	frame_end_before(out, start, job->len);
	return !out->overflow;
}

bool parse_job_decode(const void *payload, size_t n, struct arena *a, struct feed_input *ret_job)
{
	struct frame_reader r = reader(payload, n);
	struct feed_input job = { 0 };
	job.content_type = get_str(&r, a, LIMIT_CONTENT_TYPE);
	job.base_url = get_str(&r, a, LIMIT_URL);
	job.bytes = get_bytes(&r, LIMIT_BODY_MAX, &job.len);
	if (!complete(&r) || job.bytes == NULL)
		return false;
	*ret_job = job;
	return true;
}

static size_t size_of_entries(const struct feed_doc *doc)
{
	struct strbuf one = STRBUF_INIT(LIMIT_FRAME);
	size_t size = 0;
	for (size_t i = 0; i < doc->n_entries && size <= LIMIT_FRAME; i++) {
		strbuf_clear(&one);
		parse_doc_encode_entry(&one, &doc->entries[i]);
		size += one.overflow ? LIMIT_FRAME + 1 : one.len;
	}
	strbuf_release(&one);
	return size;
}

bool parse_doc_encode_head(struct strbuf *out, const struct feed_doc *doc)
{
	size_t start = frame_begin(out, FRAME_PARSE_DOC);
	record_put(out, &doc_head_record, doc);
	put_u32(out, (uint32_t)doc->n_entries);
	frame_end_before(out, start, size_of_entries(doc));
	return !out->overflow;
}

void parse_doc_encode_entry(struct strbuf *out, const struct feed_entry *entry)
{
	record_put(out, &entry_record, entry);
}

bool parse_doc_encode(struct strbuf *out, const struct feed_doc *doc)
{
	parse_doc_encode_head(out, doc);
	for (size_t i = 0; i < doc->n_entries && !out->overflow; i++)
		parse_doc_encode_entry(out, &doc->entries[i]);
	return !out->overflow;
}

struct feed_doc *parse_doc_decode(const void *payload, size_t n)
{
	struct frame_reader r = reader(payload, n);
	struct feed_doc *doc = feed_doc_new();
	record_get(&r, &doc->arena, &doc_record, doc);
	if (complete(&r))
		return doc;
	feed_doc_free(doc);
	return NULL;
}

bool parse_fail_encode(struct strbuf *out, const struct failure *fail)
{
	size_t start = frame_begin(out, FRAME_PARSE_FAIL);
	put_u8(out, (uint8_t)fail->stage);
	put_u8(out, (uint8_t)fail->status);
	put_str(out, fail->detail);
	frame_end(out, start);
	return !out->overflow;
}

/* What a parser can find out about a document. Anything else it is not asked: a worker that says
 * GONE lies. */
static bool is_parse_status(unsigned status)
{
	switch (status) {
	case STATUS_EMPTY:
	case STATUS_NOT_A_FEED:
	case STATUS_MALFORMED:
	case STATUS_ENTITY_REFUSED:
	case STATUS_TOO_DEEP:
	case STATUS_TOO_BIG:
	case STATUS_BAD_ENCODING:
	case STATUS_INTERNAL:
		return true;
	default:
		return false;
	}
}

bool parse_fail_decode(const void *payload, size_t n, struct failure *ret_fail)
{
	struct frame_reader r = reader(payload, n);
	unsigned stage = get_u8(&r), status = get_u8(&r);
	size_t len;
	const char *detail = get_bytes(&r, LIMIT_DETAIL - 1, &len);
	if (!complete(&r) || detail == NULL || stage != STAGE_PARSE || !is_parse_status(status) ||
		!text_is_safe(detail, len))
		return false;
	*ret_fail = (struct failure){ .stage = STAGE_PARSE, .status = (enum status)status };
	memcpy(ret_fail->detail, detail, len);
	return true;
}
