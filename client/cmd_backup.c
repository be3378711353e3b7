/* courant backup: a copy of the database. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/limits.h"
#include "base/mem.h"
#include "base/text.h"
#include "base/units.h"
#include "client/client.h"
#include "client/json_get.h"
#include "client/printer.h"

static const struct column columns[] = {
	{ .name = "path", .path = "path", .shown = true },
	{ .name = "bytes", .path = "bytes", .shown = true },
	{ .name = "taken_at", .path = "taken_at", .shown = true },
	{ 0 },
};

static bool write_all(int fd, const char *bytes, size_t n)
{
	while (n > 0) {
		ssize_t put = write(fd, bytes, n);
		if (put < 0 && errno != EINTR) {
			return false;
		}
		bytes += put > 0 ? put : 0;
		n -= put > 0 ? (size_t)put : 0;
	}
	return true;
}

static bool copy_bytes(int from, int to)
{
	char chunk[64 * 1024];
	ssize_t n;
	while ((n = read(from, chunk, sizeof chunk)) > 0 && write_all(to, chunk, (size_t)n)) {
	}
	return n == 0;
}

/* All of it or nothing, for its owner alone; what stood there stays until it is complete. */
static bool copy_to(int from, const char *name)
{
	char *temporary = xasprintf("%s.XXXXXX", name);
	int to = mkstemp(temporary);
	bool written = to >= 0 && copy_bytes(from, to) && fsync(to) == 0;
	if (to >= 0 && close(to) != 0) {
		written = false;
	}
	written = written && rename(temporary, name) == 0;
	if (!written && to >= 0) {
		int reason = errno;
		unlink(temporary);
		errno = reason;
	}
	free(temporary);
	return written;
}

static enum outcome fetch_copy(const char *path, const char *name)
{
	int from = open(path, O_RDONLY | O_CLOEXEC);
	enum outcome outcome = OUTCOME_OK;
	if (from < 0) {
		outcome = errno == EACCES ? OUTCOME_DENIED : OUTCOME_FAILED;
		complain(
			"the copy was made, but %s: %s; only courantd's user and root may read it: "
			"there are passwords in it",
			path, strerror(errno));
	} else if (!copy_to(from, name)) {
		outcome = errno == EACCES ? OUTCOME_DENIED : OUTCOME_FAILED;
		complain("%s: %s; the copy is at %s", name, strerror(errno), path);
	}
	if (from >= 0) {
		close(from);
	}
	return outcome;
}

static void print_copy(struct printer *p, struct client *c, const json_t *copy, const char *name)
{
	if (p->format != FORMAT_TABLE || p->chosen) {
		printer_row(p, copy);
		printer_finish(p);
		return;
	}
	char size[32];
	struct strbuf path = STRBUF_INIT(LIMIT_URL);
	const char *shown = name != NULL ? name : get_text(copy, "path");
	text_safe_line(&path, shown, strlen(shown));
	output_addf(&c->output, "%s: %s, checked\n", strbuf_str(&path),
		size_format(get_number(copy, "bytes"), size));
	strbuf_release(&path);
}

static enum outcome run(struct client *c)
{
	const struct invocation *inv = &c->invocation;
	const char *name = inv->n_args > 0 ? inv->args[0] : NULL;
	struct printer p;
	json_t *copy = NULL;
	enum outcome outcome = printer_init(&p, c);
	if (outcome == OUTCOME_OK) {
		outcome = call_patiently(c, "POST", "/v1/backup", NULL, NULL, &copy);
	}
	if (outcome == OUTCOME_OK && name != NULL) {
		outcome = fetch_copy(get_text(copy, "path"), name);
	}
	if (outcome == OUTCOME_OK) {
		print_copy(&p, c, copy, name);
	}
	json_decref(copy);
	printer_release(&p);
	return outcome;
}

const struct command cmd_backup = {
	.name = "backup",
	.synopsis = "[FILE]",
	.summary = "copy the database, checked",
	.about = "The daemon goes on meanwhile. The copy stands beside the database, among those "
		 "of every "
		 "day; with FILE it is put there, too, which takes the right to read it.",
	.columns = columns,
	.max_args = 1,
	.run = run,
};
