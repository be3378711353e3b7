/* courant export: the subscriptions as an OPML file. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/limits.h"
#include "base/mem.h"
#include "base/text.h"
#include "client/client.h"

static bool write_all(int fd, const char *bytes, size_t n)
{
	while (n > 0) {
		ssize_t put = write(fd, bytes, n);
		if (put < 0 && errno == EINTR) {
			continue;
		}
		if (put <= 0) {
			return false;
		}
		bytes += put;
		n -= (size_t)put;
	}
	return true;
}

/* All of it or nothing: what stood there stays until the new one is complete. For its owner alone:
 * addresses of feeds may hold secrets. */
static enum outcome write_file(const char *name, const struct strbuf *opml)
{
	char *temporary = xasprintf("%s.XXXXXX", name);
	int fd = mkstemp(temporary);
	bool written = fd >= 0 && write_all(fd, strbuf_str(opml), opml->len) && fsync(fd) == 0;
	if (fd >= 0 && close(fd) != 0) {
		written = false;
	}
	written = written && rename(temporary, name) == 0;
	enum outcome outcome = OUTCOME_OK;
	if (!written) {
		outcome = errno == EACCES ? OUTCOME_DENIED : OUTCOME_FAILED;
		complain("%s: %s", name, strerror(errno));
		if (fd >= 0) {
			unlink(temporary);
		}
	}
	free(temporary);
	return outcome;
}

static enum outcome run(struct client *c)
{
	struct strbuf opml = STRBUF_INIT(LIMIT_CLIENT_RESPONSE);
	const struct invocation *inv = &c->invocation;
	bool to_file = inv->n_args > 0 && strcmp(inv->args[0], "-") != 0;
	enum outcome outcome = call_text(c, "/v1/export", &opml);
	if (outcome == OUTCOME_OK && to_file) {
		outcome = write_file(inv->args[0], &opml);
	} else if (outcome == OUTCOME_OK) {
		text_safe(&c->output.text, strbuf_str(&opml), opml.len);
	}
	strbuf_release(&opml);
	return outcome;
}

const struct command cmd_export = {
	.name = "export",
	.synopsis = "[FILE]",
	.summary = "write the subscriptions as OPML",
	.about = "To standard output without a FILE. The same feeds give the same bytes.",
	.max_args = 1,
	.run = run,
};
