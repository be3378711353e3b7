/* courant add: subscribe to a feed, or to one that a page names. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/limits.h"
#include "base/text.h"
#include "client/json_get.h"
#include "client/paragraph.h"
#include "client/printer.h"
#include "client/waiting.h"

static const struct option_def options[] = {
	{ "category", 'c', "NAME", "the feed's category", OPT_CATEGORY },
	{ "title", 't', "TITLE", "call it so, whatever the publisher says", OPT_TITLE },
	{ "interval", 'i', "TIME", "how often to look, as 2h or 30min", OPT_INTERVAL },
	{ "allow-private", 0, NULL, "the URL may lead into a private network", OPT_ALLOW_PRIVATE },
	{ "pick", 0, "N", "of the feeds that a page names, the Nth", OPT_PICK },
	{ "all", 'a', NULL, "all feeds that a page names", OPT_ALL },
	{ 0 },
};

struct adding {
	struct client *c;
	enum format format;
	json_t *added; /* the daemon's answers */
};

static json_t *make_body(const struct invocation *inv, const char *url)
{
	static const struct {
		enum option_id id;
		const char *name;
	} texts[] = { { OPT_CATEGORY, "category" }, { OPT_TITLE, "title" },
		{ OPT_INTERVAL, "interval" } };
	json_t *body = json_pack("{s:s}", "feed_url", url);
	for (size_t i = 0; body != NULL && i < sizeof texts / sizeof texts[0]; i++) {
		if (has_option(inv, texts[i].id)) {
			json_object_set_new(
				body, texts[i].name, json_string(inv->option[texts[i].id]));
		}
	}
	if (body != NULL && has_option(inv, OPT_ALLOW_PRIVATE)) {
		json_object_set_new(body, "allow_private", json_true());
	}
	return body;
}

/* ---- what was added ---- */

static void add_safe(struct strbuf *out, const char *text)
{
	text_safe_line(out, text, strlen(text));
}

/* The address too, where it is not the one that was given. */
static void print_added(struct adding *a, const json_t *answer)
{
	struct strbuf line = STRBUF_INIT(4 * LIMIT_URL);
	struct output *o = &a->c->output;
	const char *title = get_text(answer, "title"), *added = get_text(answer, "feed_url");
	int64_t entries = get_number(answer, "entries");
	strbuf_addf(&line, "added as feed %" PRId64, get_number(answer, "feed_id"));
	if (title[0] != '\0') {
		strbuf_addstr(&line, ": ");
		add_safe(&line, title);
		strbuf_addf(
			&line, " (%" PRId64 " %s)", entries, entries == 1 ? "entry" : "entries");
	}
	paragraph_print(o, "", o->columns, STYLE_PLAIN, strbuf_str(&line));
	if (added[0] != '\0' && strcmp(added, a->c->invocation.args[0]) != 0) {
		strbuf_clear(&line);
		add_safe(&line, added);
		paragraph_print(o, "  ", o->columns, STYLE_PLAIN, strbuf_str(&line));
	}
	strbuf_release(&line);
}

static void tell_added(struct adding *a, json_t *answer)
{
	json_array_append(a->added, answer);
	if (a->format == FORMAT_TSV) {
		output_addf(&a->c->output, "%" PRId64 "\n", get_number(answer, "feed_id"));
	} else if (a->format == FORMAT_JSONL) {
		print_json(&a->c->output, answer, FORMAT_JSONL);
	} else if (a->format == FORMAT_TABLE) {
		print_added(a, answer);
	}
}

/* One URL; a refusal's answer in *ret_refusal, for the caller to explain and release. */
static enum outcome add_url(
	struct adding *a, const char *url, long *ret_status, json_t **ret_refusal)
{
	json_t *answer = NULL, *body = make_body(&a->c->invocation, url);
	*ret_refusal = NULL;
	if (body == NULL) {
		complain("the URL is no valid UTF-8");
		return OUTCOME_USAGE;
	}
	enum outcome outcome = waiting_add(a->c, url, body, ret_status, &answer);
	if (outcome == OUTCOME_OK && *ret_status == 201) {
		tell_added(a, answer);
		json_decref(answer);
	} else if (outcome == OUTCOME_OK) {
		*ret_refusal = answer;
		outcome = OUTCOME_FAILED;
	}
	json_decref(body);
	return outcome;
}

/* What a person can do about it, where that is not in the words of the daemon. */
static enum outcome explain_refusal(const char *url, long status, const json_t *refusal)
{
	enum outcome outcome = call_refused(status, refusal);
	if (strcmp(get_text(refusal, "code"), "address_refused") == 0) {
		remark("if you meant it, add --allow-private");
	} else if (access(url, F_OK) == 0) {
		remark("a file's URL is file:// and its whole path");
	}
	return outcome;
}

static enum outcome add_found(struct adding *a, const json_t *feed)
{
	long status = 0;
	json_t *refusal;
	const char *url = get_text(feed, "url");
	enum outcome outcome = add_url(a, url, &status, &refusal);
	if (outcome == OUTCOME_FAILED && status != 0) {
		remark("%s", url);
		outcome = explain_refusal(url, status, refusal);
	}
	json_decref(refusal);
	return outcome;
}

/* ---- a page that names feeds ---- */

static void tell_line(const char *label, const char *text)
{
	struct strbuf line = STRBUF_INIT(4 * LIMIT_URL);
	add_safe(&line, text);
	remark_behind(label, strbuf_str(&line));
	strbuf_release(&line);
}

/* The list, with the numbers of --pick, on stderr: what is printed is for scripts. */
static void show_choice(const json_t *feeds)
{
	size_t i;
	json_t *feed;
	json_array_foreach(feeds, i, feed)
	{
		char type[16], label[32];
		text_safe_copy(type, sizeof type, get_text(feed, "type"));
		snprintf(label, sizeof label, "%3zu  %-4.4s  ", i + 1, type);
		tell_line(label, get_text(feed, "title"));
		tell_line("           ", get_text(feed, "url"));
	}
}

/* A number from 1 to n, or 0. */
static size_t read_number(const char *word, size_t n)
{
	char *end;
	unsigned long number = strtoul(word, &end, 10);
	end += strspn(end, " \t\r\n");
	return end != word && *end == '\0' && word[0] != '-' && number <= n ? number : 0;
}

static size_t ask(size_t n)
{
	char line[64];
	fprintf(stderr, "Which one? [1-%zu, Enter for none] ", n);
	fflush(stderr);
	return fgets(line, sizeof line, stdin) != NULL ? read_number(line, n) : 0;
}

static enum outcome add_all(struct adding *a, const json_t *feeds)
{
	size_t i;
	json_t *feed;
	struct outcomes all = { 0 };
	if (has_option(&a->c->invocation, OPT_TITLE) && json_array_size(feeds) > 1) {
		complain("--title is for one feed, the page names %zu", json_array_size(feeds));
		return OUTCOME_USAGE;
	}
	json_array_foreach(feeds, i, feed)
	{
		if (!outcomes_add(&all, add_found(a, feed))) {
			break;
		}
	}
	return outcomes_sum(&all);
}

/* Several, and nobody said which. */
static enum outcome choose(struct adding *a, const json_t *feeds)
{
	size_t n = json_array_size(feeds);
	show_choice(feeds);
	if (a->c->output.tty && isatty(STDIN_FILENO)) {
		size_t number = ask(n);
		if (number == 0) {
			remark("nothing added");
			return OUTCOME_FAILED;
		}
		return add_found(a, json_array_get(feeds, number - 1));
	}
	complain("the page names %zu feeds: say which with --pick N, or --all", n);
	return OUTCOME_USAGE;
}

static enum outcome add_from_page(struct adding *a, const json_t *feeds, const char *url)
{
	const struct invocation *inv = &a->c->invocation;
	size_t n = json_array_size(feeds);
	if (has_option(inv, OPT_ALL)) {
		return add_all(a, feeds);
	}
	if (has_option(inv, OPT_PICK)) {
		size_t number = read_number(inv->option[OPT_PICK], n);
		if (number == 0) {
			show_choice(feeds);
			complain("--pick is a number from 1 to %zu", n);
			return OUTCOME_USAGE;
		}
		return add_found(a, json_array_get(feeds, number - 1));
	}
	if (n > 1) {
		return choose(a, feeds);
	}
	remark("%s is a page; it names one feed: %s", url,
		get_text(json_array_get(feeds, 0), "title"));
	return add_found(a, json_array_get(feeds, 0));
}

/* One answer as it came; those of --all as one array. */
static void print_answers(struct adding *a)
{
	bool many = has_option(&a->c->invocation, OPT_ALL);
	if (a->format == FORMAT_JSON && json_array_size(a->added) > 0) {
		print_json(
			&a->c->output, many ? a->added : json_array_get(a->added, 0), FORMAT_JSON);
	}
}

static enum outcome run(struct client *c)
{
	struct adding a = { .c = c };
	const char *url = c->invocation.args[0];
	long status = 0;
	json_t *refusal = NULL;
	enum outcome outcome = format_of(&c->invocation, &a.format);
	if (outcome != OUTCOME_OK) {
		return outcome;
	}
	a.added = json_array();
	outcome = add_url(&a, url, &status, &refusal);
	const json_t *feeds = get_value(refusal, "feeds");
	if (outcome == OUTCOME_FAILED && json_array_size(feeds) > 0) {
		outcome = add_from_page(&a, feeds, url);
	} else if (outcome == OUTCOME_FAILED && status != 0) {
		outcome = explain_refusal(url, status, refusal);
	}
	print_answers(&a);
	json_decref(refusal);
	json_decref(a.added);
	return outcome;
}

const struct command cmd_add = {
	.name = "add",
	.synopsis = "URL",
	.summary = "subscribe to a feed",
	.about = "URL is a feed's, or that of a page that names its feeds. It is fetched once, and "
		 "what is no feed is not added. https:// may be left out.",
	.min_args = 1,
	.max_args = 1,
	.options = options,
	.run = run,
};
