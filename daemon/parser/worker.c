#include "parser/worker.h"
#include "base/log.h"
#include "base/mem.h"
#include "feed/feed.h"
#include "feed/opml.h"
#include "parser/misdeed.h"
#include "parser/sandbox.h"
#include "wire/listing.h"
#include "wire/parse.h"

#include <errno.h>
#include <malloc.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

/* After a job larger than this the heap goes back to the kernel. For the usual ones that costs a
 * tenth of the parsing, and holds a few MB until the daemon dismisses the worker. */
#define TRIM_BYTES (256 * KIB)

/* An answer is sent in pieces of about that size. */
#define PIECE_BYTES (64 * KIB)

static void tie_to_parent(void)
{
	prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
	prctl(PR_SET_NAME, "courant-worker", 0, 0, 0);
}

static void close_all_but(int fd)
{
	if (fd > STDERR_FILENO + 1)
		close_range(STDERR_FILENO + 1, (unsigned)fd - 1, 0);
	close_range((unsigned)fd + 1, ~0u, 0);
}

/* Exactly n bytes; false at the end of the stream. */
static bool read_all(int fd, void *bytes, size_t n)
{
	for (char *at = bytes; n > 0;) {
		ssize_t got = read(fd, at, n);
		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0)
			return false;
		at += got;
		n -= (size_t)got;
	}
	return true;
}

static bool write_all(int fd, const void *bytes, size_t n)
{
	for (const char *at = bytes; n > 0;) {
		ssize_t put = write(fd, at, n);
		if (put < 0 && errno == EINTR)
			continue;
		if (put <= 0)
			return false;
		at += put;
		n -= (size_t)put;
	}
	return true;
}

static bool send_ready(int fd, const struct sandbox *sandbox)
{
	struct strbuf out = STRBUF_INIT(64);
	size_t start = frame_begin(&out, FRAME_READY);
	put_u8(&out, sandbox->landlock_abi);
	put_u8(&out, sandbox->seccomp);
	frame_end(&out, start);
	bool sent = write_all(fd, out.data, out.len);
	strbuf_release(&out);
	return sent;
}

static bool flush(int fd, struct strbuf *out)
{
	bool sent = write_all(fd, out->data, out->len);
	strbuf_clear(out);
	return sent;
}

/* The entries behind their document's head, in pieces: a frame of it all would be one more copy. */
static bool send_entries(int fd, struct strbuf *out, const struct feed_doc *doc)
{
	for (size_t i = 0; i < doc->n_entries; i++) {
		parse_doc_encode_entry(out, &doc->entries[i]);
		if (out->len >= PIECE_BYTES && !flush(fd, out))
			return false;
	}
	return true;
}

/* The answer to one job. */
static bool answer(
	int fd, const struct feed_doc *doc, const struct listing *listing, struct failure *fail)
{
	struct strbuf out = STRBUF_INIT(LIMIT_FRAME + FRAME_HEADER);
	bool sent = true;
	if (doc != NULL && parse_doc_encode_head(&out, doc)) {
		sent = send_entries(fd, &out, doc);
	} else if (listing == NULL || !listing_encode(&out, listing)) {
		if (doc != NULL || listing != NULL)
			failure_set(fail, STAGE_PARSE, STATUS_TOO_BIG, 0,
				"the parsed document does not fit %u MiB", LIMIT_FRAME / MIB);
		strbuf_clear(&out);
		parse_fail_encode(&out, fail);
	}
	sent = sent && flush(fd, &out);
	strbuf_release(&out);
	return sent;
}

/* What the job asks for; NULL where it came to nothing. */
static struct feed_doc *carry_out(enum feed_task task, const struct feed_input *job,
	struct listing **ret_listing, struct failure *ret_fail)
{
	*ret_listing = NULL;
	switch (task) {
	case FEED_TASK_READ:
		break;
	case FEED_TASK_FIND:
		return feed_find(job, ret_listing, ret_fail);
	case FEED_TASK_OPML:
		*ret_listing = opml_read(job, ret_fail);
		return NULL;
	}
	return feed_parse(job, ret_fail);
}

static bool parse(int fd, enum feed_task task, const char *payload, size_t n)
{
	struct arena arena;
	struct feed_input job;
	struct failure fail = { 0 };
	arena_init(&arena, LIMIT_CONTENT_TYPE + LIMIT_URL + KIB);
	bool done = parse_job_decode(payload, n, &arena, &job);
	if (!done)
		goto out;
	struct listing *listing;
	struct feed_doc *doc = carry_out(task, &job, &listing, &fail);
	done = answer(fd, doc, listing, &fail);
	feed_doc_free(doc);
	listing_free(listing);
out:
	arena_release(&arena);
	return done;
}

/* Obeys one frame. False when the daemon broke the protocol or hung up in the middle. */
static bool serve(int fd, const unsigned char header[FRAME_HEADER], bool misdeeds)
{
	uint32_t len;
	enum frame_type type;
	enum feed_task task;
	if (!frame_header(header, &len, &type))
		return false;
	char *payload = xmalloc(len);
	bool done = read_all(fd, payload, len);
	if (done && task_of_frame(type, &task)) {
		sandbox_grant_cpu(LIMIT_PARSE_CPU_S);
		done = parse(fd, task, payload, len);
	} else if (done && type == FRAME_MISDEED && misdeeds && len == 1) {
		misdeed_do((enum misdeed)payload[0]);
	} else {
		done = false;
	}
	free(payload);
	if (len > TRIM_BYTES)
		malloc_trim(0);
	return done;
}

int worker_main(int fd, bool misdeeds)
{
	tie_to_parent();
	close_all_but(fd);
	struct sandbox sandbox;
	sandbox_close(SANDBOX_WORKER, &sandbox);
	if (!send_ready(fd, &sandbox))
		return EXIT_FAILURE;
	unsigned char header[FRAME_HEADER];
	while (read_all(fd, header, sizeof header)) {
		if (!serve(fd, header, misdeeds)) {
			log_err("the daemon does not speak the parser's protocol");
			return EXIT_FAILURE;
		}
	}
	return EXIT_SUCCESS;
}
