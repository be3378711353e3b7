/* courant open: entries in the browser. */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "base/limits.h"
#include "client/api_path.h"
#include "client/each.h"
#include "client/json_get.h"
#include "client/marks.h"
#include "client/program.h"

static const struct option_def options[] = {
	{ "read", 'r', NULL, "mark what was opened as read", OPT_READ },
	{ 0 },
};

/* What a publisher wrote, in characters that mean nothing to whatever scripts start the browser:
 * all that is not of a URL, and the quotation mark that is, is encoded (RFC 3986 2.1). */
static void add_encoded(struct strbuf *out, const char *url)
{
	for (; *url != '\0'; url++) {
		unsigned char byte = (unsigned char)*url;
		if (byte > ' ' && byte < 0x7f && strchr("\"'<>\\^`{|}", byte) == NULL) {
			strbuf_addch(out, *url);
		} else {
			strbuf_addf(out, "%%%02X", byte);
		}
	}
}

static bool is_web(const char *url)
{
	return strncasecmp(url, "http://", 7) == 0 || strncasecmp(url, "https://", 8) == 0;
}

static enum outcome run_browser(char *url)
{
	struct program browser;
	enum outcome outcome = OUTCOME_FAILED;
	program_init(&browser, "BROWSER", "xdg-open");
	browser.words[browser.n] = url;
	pid_t pid = browser.n > 0 ? fork() : -1;
	if (pid == 0) {
		program_become(&browser);
	}
	int code = pid > 0 ? program_wait(pid) : PROGRAM_NOT_STARTED;
	if (code == PROGRAM_NOT_STARTED) {
		complain("cannot start the browser '%s'; the variable BROWSER names it",
			browser.n > 0 ? browser.words[0] : "");
	} else if (code != 0) {
		complain("the browser '%s' ended with %d", browser.words[0], code);
	} else {
		outcome = OUTCOME_OK;
	}
	program_release(&browser);
	return outcome;
}

static enum outcome open_one(struct client *c, int64_t id)
{
	struct api_path q;
	struct strbuf url = STRBUF_INIT(3 * LIMIT_URL);
	json_t *entry = NULL;
	api_path_init(&q, "/v1/entries/%" PRId64, id);
	enum outcome outcome = call_get(c, api_path_str(&q), &entry);
	const char *link = get_text(entry, "url");
	add_encoded(&url, link);
	if (outcome == OUTCOME_OK && link[0] == '\0') {
		complain("entry %" PRId64 " has no link", id);
		outcome = OUTCOME_FAILED;
	} else if (outcome == OUTCOME_OK && !is_web(link)) {
		complain("entry %" PRId64 " leads to no web page: %s", id, link);
		outcome = OUTCOME_FAILED;
	} else if (outcome == OUTCOME_OK) {
		outcome = run_browser(url.data);
	}
	if (outcome == OUTCOME_OK && has_option(&c->invocation, OPT_READ)) {
		outcome = marks_set_status(c, &id, 1, "read");
	}
	json_decref(entry);
	strbuf_release(&url);
	api_path_release(&q);
	return outcome;
}

static enum outcome run(struct client *c)
{
	return each_entry(c, open_one);
}

const struct command cmd_open = {
	.name = "open",
	.synopsis = "ID...",
	.summary = "open entries in the browser",
	.about = "The browser is the program that the variable BROWSER names, else xdg-open.",
	.min_args = 1,
	.max_args = LIMIT_CLIENT_ARGS,
	.options = options,
	.run = run,
};
