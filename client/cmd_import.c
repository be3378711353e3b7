/* courant import: the subscriptions of an OPML file. */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <string.h>
#include <unistd.h>

#include "base/limits.h"
#include "client/json_get.h"
#include "client/paragraph.h"
#include "client/printer.h"

static const struct option_def options[] = {
	{ "allow-private", 0, NULL, "its URLs may lead into a private network", OPT_ALLOW_PRIVATE },
	{ 0 },
};

static unsigned result_cell(struct strbuf *out, const json_t *row, const struct printer *p)
{
	(void)p;
	const char *result = get_text(row, "result");
	value_as_text(out, get_value(row, "result"));
	return strcmp(result, "added") == 0     ? STYLE_GREEN
	       : strcmp(result, "refused") == 0 ? STYLE_RED
						: STYLE_DIM;
}

/* Why it was refused; else the category that it has now, or the feed that it was. */
static unsigned note_cell(struct strbuf *out, const json_t *row, const struct printer *p)
{
	(void)p;
	bool added = strcmp(get_text(row, "result"), "added") == 0;
	value_as_text(out, get_value(row, added ? "category" : "error_message"));
	return STYLE_PLAIN;
}

static const struct column columns[] = {
	{ .name = "line",
		.path = "line",
		.heading = "line",
		.shown = true,
		.right = true,
		.firm = true },
	{ .name = "result",
		.path = "result",
		.heading = "result",
		.cell = result_cell,
		.shown = true,
		.firm = true },
	{ .name = "title", .path = "title", .heading = "feed", .shown = true, .share = 40 },
	{ .name = "note",
		.path = "error_message",
		.heading = "note",
		.cell = note_cell,
		.shown = true },
	{ .name = "url", .path = "url" },
	{ .name = "category", .path = "category" },
	{ .name = "feed_id", .path = "feed_id", .right = true },
	{ .name = "error_message", .path = "error_message" },
	{ 0 },
};

static enum outcome fail_to_read(const char *name)
{
	complain("%s: %s", name, strerror(errno));
	return errno == EACCES ? OUTCOME_DENIED : OUTCOME_FAILED;
}

/* The whole file, "-" standing for standard input. */
static enum outcome read_file(const char *name, struct strbuf *ret)
{
	static char piece[64 * KIB];
	bool is_stdin = strcmp(name, "-") == 0;
	int fd = is_stdin ? STDIN_FILENO : open(name, O_RDONLY | O_CLOEXEC);
	enum outcome outcome = OUTCOME_OK;
	ssize_t n = 0;
	if (fd < 0) {
		return fail_to_read(name);
	}
	while (outcome == OUTCOME_OK && (n = read(fd, piece, sizeof piece)) != 0) {
		if (n < 0 && errno != EINTR) {
			outcome = fail_to_read(name);
		} else if (n > 0 && !strbuf_add(ret, piece, (size_t)n)) {
			complain("%s: larger than %u MiB", name, LIMIT_OPML / MIB);
			outcome = OUTCOME_FAILED;
		}
	}
	if (!is_stdin) {
		close(fd);
	}
	return outcome;
}

static enum outcome tell(struct printer *p, const json_t *report)
{
	int64_t added = get_number(report, "added"), existing = get_number(report, "existing"),
		refused = get_number(report, "refused");
	printer_answer(p, report, get_value(report, "feeds"));
	if (p->format == FORMAT_TABLE) {
		paragraph_printf(p->output,
			"%" PRId64 " added, %" PRId64 " there already, %" PRId64 " refused", added,
			existing, refused);
	}
	if (refused == 0) {
		return OUTCOME_OK;
	}
	return added + existing > 0 ? OUTCOME_PARTLY : OUTCOME_FAILED;
}

static enum outcome refuse(const struct client *c, long status, const json_t *answer)
{
	complain("%s was not imported", c->invocation.args[0]);
	return call_refused(status, answer);
}

static enum outcome send(struct client *c, struct printer *p, const struct strbuf *opml)
{
	long status = 0;
	json_t *report = NULL;
	const char *path = has_option(&c->invocation, OPT_ALLOW_PRIVATE)
				   ? "/v1/import?allow_private=1"
				   : "/v1/import";
	enum outcome outcome = call_upload(c, path, "application/xml", opml, &status, &report);
	if (outcome == OUTCOME_OK) {
		outcome = status == 201 ? tell(p, report) : refuse(c, status, report);
	}
	json_decref(report);
	return outcome;
}

static enum outcome run(struct client *c)
{
	struct printer p;
	struct strbuf opml = STRBUF_INIT(LIMIT_OPML);
	enum outcome outcome = printer_init(&p, c);
	if (outcome == OUTCOME_OK) {
		outcome = read_file(c->invocation.args[0], &opml);
	}
	if (outcome == OUTCOME_OK) {
		outcome = send(c, &p, &opml);
	}
	strbuf_release(&opml);
	printer_release(&p);
	return outcome;
}

const struct command cmd_import = {
	.name = "import",
	.synopsis = "FILE",
	.summary = "subscribe to the feeds of an OPML file",
	.about =
		"FILE may be - for standard input. Folders become categories, \"a/b\" for b inside "
		"a. The feeds are fetched one after the other; what is there already stays as it "
		"is.",
	.min_args = 1,
	.max_args = 1,
	.options = options,
	.columns = columns,
	.run = run,
};
