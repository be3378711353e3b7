/* courant digest: show the latest digest, or make one. */
#include <inttypes.h>
#include <string.h>

#include "base/fold.h"
#include "base/limits.h"
#include "base/text.h"
#include "client/json_get.h"
#include "client/paragraph.h"
#include "client/printer.h"
#include "client/api_path.h"
#include "client/suggest.h"

#define USUAL_NAME "daily" /* of courant.conf as it is delivered */

static const struct option_def options[] = {
	{ "now", 0, NULL, "make an edition of what came since the last one", OPT_NOW },
	{ "path", 'p', NULL, "print the file's path instead of its text", OPT_PATH },
	{ "format", 'F', "FORMAT", "txt (what happens anyway), md or html", OPT_FORMAT },
	{ 0 },
};

/* The newest edition of that name, or of any when name is NULL; the list is newest first. */
static const json_t *latest(const json_t *editions, const char *name)
{
	size_t i;
	json_t *edition;
	json_array_foreach(editions, i, edition)
	{
		if (name == NULL || strcmp(get_text(edition, "name"), name) == 0) {
			return edition;
		}
	}
	return NULL;
}

static void complain_missing(const json_t *editions, const char *name)
{
	size_t i;
	json_t *edition;
	if (name == NULL) {
		complain("there is no digest yet; courant digest --now makes one");
		return;
	}
	struct suggestion best = suggest_for(name);
	json_array_foreach(editions, i, edition)
	{
		suggest_consider(&best, get_text(edition, "name"));
	}
	if (best.nearest != NULL) {
		complain("there is no digest '%s'; did you mean '%s'?", name, best.nearest);
	} else {
		complain("there is no digest '%s' yet; courant digest --now %s makes one, if "
			 "courant.conf has it",
			name, name);
	}
}

/* The edition to show (new reference). */
static enum outcome find_edition(struct client *c, const char *name, json_t **ret)
{
	json_t *editions = NULL;
	enum outcome outcome = call_get(c, "/v1/digests", &editions);
	if (outcome != OUTCOME_OK) {
		return outcome;
	}
	const json_t *edition = latest(editions, name);
	if (edition != NULL) {
		*ret = json_deep_copy(edition);
	} else {
		complain_missing(editions, name);
		outcome = OUTCOME_NOT_FOUND;
	}
	json_decref(editions);
	return outcome;
}

static enum outcome make_edition(struct client *c, const char *name, json_t **ret)
{
	struct api_path q;
	api_path_init(&q, "/v1/digests");
	api_path_segment(&q, name != NULL ? name : USUAL_NAME);
	enum outcome outcome = call_patiently(c, "POST", api_path_str(&q), NULL, NULL, ret);
	api_path_release(&q);
	return outcome;
}

static bool is_rule(const char *s, size_t n)
{
	return strspn(s, "=-") >= n;
}

/* Puts the line s[0..n) behind the paragraph whose last line began at `from`, if that was folded
 * there: a space at its end says so, and where a text has none, that the line was full. An address
 * has a line of its own. */
static bool unfold(struct strbuf *text, size_t from, size_t columns, const char *s, size_t n)
{
	size_t end = text->len;
	bool goes_on = end > 0 && strbuf_str(text)[end - 1] == ' ';
	strbuf_add(text, s, n);
	if (!goes_on && !is_rule(s, n)) {
		goes_on = memmem(s, strcspn(s, " \n"), "://", 3) == NULL &&
			  fold_at(strbuf_str(text) + from, text->len - from, columns) == end - from;
	}
	if (!goes_on) {
		strbuf_truncate(text, end);
	}
	return goes_on;
}

/* Prints the paragraph at s, of one line or more; where the next one begins. */
static const char *print_paragraph(struct output *o, const char *s)
{
	struct strbuf text = STRBUF_INIT(LIMIT_CLIENT_DIGEST);
	char indent[LAYOUT_MARKER];
	size_t blank = strspn(s, " "), n = strcspn(s, "\n"), from = 0, width;
	blank = blank < sizeof indent ? blank : sizeof indent - 1;
	strbuf_add(
		&text, s + blank, (is_rule(s, n) ? text_fit(s, n, o->columns, &width) : n) - blank);
	for (s += n; *s == '\n' && strspn(s + 1, " ") == blank; s += 1 + blank + n) {
		size_t end = text.len;
		n = strcspn(s + 1 + blank, "\n");
		if (n == 0 ||
			!unfold(&text, from, FOLD_EDITION_COLUMNS - blank, s + 1 + blank, n)) {
			break;
		}
		from = end;
	}
	snprintf(indent, sizeof indent, "%*s", (int)blank, "");
	paragraph_print(o, indent, o->columns, STYLE_PLAIN, strbuf_str(&text));
	strbuf_release(&text);
	return s;
}

/* A text edition is folded for FOLD_EDITION_COLUMNS (digest/txt.c), and anew for a narrower
 * terminal. */
static void print_text(struct output *o, const char *format, const struct strbuf *safe)
{
	const char *s = strbuf_str(safe);
	if (o->columns == 0 || o->columns > FOLD_EDITION_COLUMNS || strcmp(format, "txt") != 0) {
		output_add(o, s, safe->len);
		return;
	}
	while (*s != '\0') {
		if (*s == '\n') {
			output_addstr(o, "\n");
		} else {
			s = print_paragraph(o, s);
		}
		s += *s == '\n';
	}
}

/* The text comes through the socket: who may use that may read digests, wherever they are kept. */
static enum outcome show_text(struct client *c, const json_t *edition, const char *format)
{
	struct strbuf raw = STRBUF_INIT(LIMIT_CLIENT_DIGEST),
		      safe = STRBUF_INIT(3 * LIMIT_CLIENT_DIGEST);
	struct api_path q;
	api_path_init(&q, "/v1/digests/%" PRId64 "/%s", get_number(edition, "id"), format);
	enum outcome outcome = call_text(c, api_path_str(&q), &raw);
	if (outcome == OUTCOME_OK) {
		text_safe(&safe, strbuf_str(&raw), raw.len);
		print_text(&c->output, format, &safe);
	}
	api_path_release(&q);
	strbuf_release(&raw);
	strbuf_release(&safe);
	return outcome;
}

static enum outcome show_edition(struct client *c, const json_t *edition)
{
	const char *chosen = c->invocation.option[OPT_FORMAT];
	const char *format = chosen != NULL ? chosen : "txt";
	const char *path = get_text(get_value(edition, "files"), format);
	if (path[0] == '\0') {
		complain("this digest is not written as %s; --format chooses another", format);
		return OUTCOME_NOT_FOUND;
	}
	if (!has_option(&c->invocation, OPT_PATH)) {
		return show_text(c, edition, format);
	}
	struct strbuf line = STRBUF_INIT(LIMIT_URL);
	text_safe_line(&line, path, strlen(path));
	output_addf(&c->output, "%s\n", strbuf_str(&line));
	strbuf_release(&line);
	return OUTCOME_OK;
}

static enum outcome check_format(const char *format)
{
	if (format == NULL || strcmp(format, "txt") == 0 || strcmp(format, "md") == 0 ||
		strcmp(format, "html") == 0) {
		return OUTCOME_OK;
	}
	complain("--format is txt, md or html, not '%s'", format);
	return OUTCOME_USAGE;
}

static enum outcome run(struct client *c)
{
	const struct invocation *inv = &c->invocation;
	const char *name = inv->n_args > 0 ? inv->args[0] : NULL;
	enum format format;
	json_t *edition = NULL;
	enum outcome outcome = format_of(inv, &format);
	if (outcome == OUTCOME_OK) {
		outcome = check_format(inv->option[OPT_FORMAT]);
	}
	if (outcome == OUTCOME_OK) {
		outcome = has_option(inv, OPT_NOW) ? make_edition(c, name, &edition)
						   : find_edition(c, name, &edition);
	}
	if (outcome == OUTCOME_OK && (format == FORMAT_JSON || format == FORMAT_JSONL)) {
		print_json(&c->output, edition, format);
	} else if (outcome == OUTCOME_OK) {
		outcome = show_edition(c, edition);
	}
	json_decref(edition);
	return outcome;
}

const struct command cmd_digest = {
	.name = "digest",
	.synopsis = "[NAME]",
	.summary = "show the latest digest",
	.about = "Without a NAME it is the newest edition of any digest; --now then makes one of "
		 "the digest \"" USUAL_NAME "\". With --json it is the edition's description.",
	.max_args = 1,
	.options = options,
	.run = run,
};
