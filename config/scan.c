#include "config/scan.h"

#include "base/limits.h"
#include "base/mem.h"
#include "config/suggest.h"

#include <assert.h>
#include <string.h>

enum token_kind { TOKEN_END, TOKEN_WORD, TOKEN_STRING, TOKEN_MARK };

struct token {
	enum token_kind kind;
	size_t start, end; /* of the text, quotes included */
	int line;
	char mark; /* of TOKEN_MARK; '+' is "+=" */
};

struct walk {
	struct conf_scan *s;
	size_t at;
	int line;
	struct token next; /* one token ahead */
	bool broken;
};

static void blank(struct conf_scan *s, size_t start, size_t end)
{
	for (size_t i = start; i < end; i++)
		if (s->text[i] != '\n')
			s->text[i] = ' ';
}

static bool word_char(char c)
{
	return c != '\0' && strchr(" #\"'\t\n\r={}()+,*", c) == NULL;
}

static struct conf_place place_at(const struct conf_scan *s, int line)
{
	return (struct conf_place){
		.file = s->place.file, .number = s->place.number, .line = line
	};
}

#define ERROR(s, line, ...)                                      \
	do {                                                     \
		struct conf_place place_ = place_at(s, line);    \
		conf_error((s)->messages, &place_, __VA_ARGS__); \
	} while (0)

/* ---- first pass: comments, strings, variables ---- */

/* Returns where the string that begins at `start` ends, past its quote; 0 when it does not on its
 * line. */
static size_t string_end(struct conf_scan *s, size_t start, int line)
{
	const char quote = s->text[start];

	for (size_t i = start + 1; i < s->len && s->text[i] != '\n'; i++) {
		if (s->text[i] == quote)
			return i + 1;
		if (s->text[i] == '\\' && s->text[i + 1] != '\n' && i + 1 < s->len)
			i++;
		else if (quote == '"' && s->text[i] == '$' && s->text[i + 1] == '{') {
			ERROR(s, line,
				"\"${\" stands for no environment variable here; write \"\\${\", "
				"or the value itself");
			s->text[i] = '_';
		}
	}
	ERROR(s, line, "the string that begins here does not end on this line; close it with %c",
		quote);
	return 0;
}

/* Returns where the comment that begins at i ends; 0 when it does not. Sets nothing when there is
 * none. */
static size_t comment_end(const struct conf_scan *s, size_t i)
{
	const char *text = s->text + i, *end;

	if (text[0] == '#' || (text[0] == '/' && text[1] == '/'))
		return i + strcspn(text, "\n");
	end = strstr(text + 2, "*/");
	return end == NULL ? 0 : (size_t)(end - s->text) + 2;
}

static bool comment_begins(const struct conf_scan *s, size_t i)
{
	const char *text = s->text + i;
	/* "http://x" without quotes: libconfuse's rule for it is nobody's guess; the second pass
	 * says so. */
	const bool in_word = i > 0 && word_char(text[-1]);

	return text[0] == '#' || (text[0] == '/' && (text[1] == '/' || text[1] == '*') && !in_word);
}

/* Steps over the comment or string at *i; false when it does not end. */
static bool step_over(struct conf_scan *s, size_t *i, int *line)
{
	const bool comment = comment_begins(s, *i);
	const size_t end = comment ? comment_end(s, *i) : string_end(s, *i, *line);

	if (end == 0 && comment)
		ERROR(s, *line, "the comment that begins here does not end; close it with */");
	if (end == 0)
		return false;
	for (size_t k = *i; k < end; k++)
		*line += s->text[k] == '\n';
	if (comment)
		blank(s, *i, end);
	*i = end;
	return true;
}

static bool first_pass(struct conf_scan *s)
{
	int line = 1;

	for (size_t i = 0; i < s->len;) {
		if (comment_begins(s, i) || s->text[i] == '"' || s->text[i] == '\'') {
			if (!step_over(s, &i, &line))
				return false;
			continue;
		}
		if (s->text[i] == '$' && s->text[i + 1] == '{') {
			ERROR(s, line,
				"\"${\" stands for no environment variable here; write the value "
				"itself");
			return false;
		}
		line += s->text[i] == '\n';
		i++;
	}
	return true;
}

/* ---- second pass: sections and keys ---- */

static size_t token_end(const struct conf_scan *s, size_t i)
{
	const char first = s->text[i];

	if (first == '"' || first == '\'') {
		for (i++; s->text[i] != first; i++)
			i += s->text[i] == '\\';
		return i + 1;
	}
	if (!word_char(first))
		return i + 1 + (first == '+' && s->text[i + 1] == '=');
	while (word_char(s->text[i]))
		i++;
	return i;
}

/* Takes the next token off; the one after it becomes w->next. */
static struct token token_take(struct walk *w)
{
	const struct conf_scan *s = w->s;
	struct token taken = w->next;

	while (w->at < s->len && strchr(" \t\r\n", s->text[w->at]) != NULL) {
		w->line += s->text[w->at] == '\n';
		w->at++;
	}
	w->next =
		(struct token){ .kind = TOKEN_END, .start = w->at, .end = w->at, .line = w->line };
	if (w->at == s->len)
		return taken;
	const char first = s->text[w->at];
	w->next.end = w->at = token_end(s, w->at);
	w->next.kind = first == '"' || first == '\'' ? TOKEN_STRING
		       : word_char(first)            ? TOKEN_WORD
						     : TOKEN_MARK;
	w->next.mark = w->next.kind == TOKEN_MARK ? first : '\0';
	return taken;
}

static int token_n(const struct token *t)
{
	return t->end - t->start > 60 ? 60 : (int)(t->end - t->start);
}

static const char *token_text(const struct walk *w, const struct token *t)
{
	return w->s->text + t->start;
}

static bool next_is_value(const struct walk *w)
{
	return w->next.kind == TOKEN_STRING || w->next.kind == TOKEN_WORD;
}

__attribute__((format(printf, 3, 4))) static void shape_broken(
	struct walk *w, int line, const char *format, ...)
{
	va_list ap;
	struct strbuf text = STRBUF_INIT(KIB);

	va_start(ap, format);
	strbuf_vaddf(&text, format, ap);
	va_end(ap);
	ERROR(w->s, line, "%s", strbuf_str(&text));
	strbuf_release(&text);
	w->broken = true;
}

/* { "a", "b" }, the brace taken; returns how many. */
static size_t list_walk(struct walk *w, const struct token *name)
{
	size_t n = 0;

	while (next_is_value(w)) {
		token_take(w);
		n++;
		if (w->next.mark != ',')
			break;
		token_take(w);
	}
	if (w->next.mark == '}')
		token_take(w);
	else
		shape_broken(w, w->next.line,
			"%.*s: the list is not well formed; write { \"one\", \"two\" }",
			token_n(name), token_text(w, name));
	return n;
}

/* Whether a word without quotes is one that people, too, can tell apart from a comment. */
static bool word_plain(const struct walk *w, const struct token *t)
{
	return t->kind != TOKEN_WORD ||
	       memmem(token_text(w, t), t->end - t->start, "//", 2) == NULL;
}

/* What stands behind the name of a key decides whether libconfuse gets to see it. */
static bool value_fits(struct walk *w, const struct conf_key *key, const struct token *name,
	bool list, size_t n_values, const struct token *value)
{
	char path[64];

	conf_key_path(key, path);
	if (list && !conf_key_is_list(key))
		ERROR(w->s, name->line, "%s: it takes one value; write it without braces", path);
	else if (list && n_values == 0 && key->kind == CONF_FORMATS)
		ERROR(w->s, name->line,
			"%s: the list is empty; name at least one of html, md and txt", path);
	else if (!word_plain(w, value))
		ERROR(w->s, value->line, "%s: put the value into quotes", path);
	else
		return true;
	return false;
}

/* A key is set once a section; of the sections without a title once over all files. */
static bool first_time(struct walk *w, const struct conf_key *key, const struct token *name,
	struct conf_seen *seen)
{
	struct conf_place *at = &seen->at[key - conf_keys];
	char path[64];

	if (at->file == NULL) {
		*at = place_at(w->s, name->line);
		return true;
	}
	ERROR(w->s, name->line, "%s: it is set already at %s:%d; remove one of them",
		conf_key_path(key, path), at->file, at->line);
	return false;
}

/* name = value | name = { values }, up to the value's end. */
static void key_walk(
	struct walk *w, enum conf_section section, const struct token *name, struct conf_seen *seen)
{
	const struct conf_key *key =
		conf_key_find(section, token_text(w, name), name->end - name->start);
	struct token sign = token_take(w), value = w->next;
	bool list = value.mark == '{', ok;
	size_t n_values = 1;
	char path[64];

	if (!list && !next_is_value(w)) {
		shape_broken(w, name->line, "%.*s: its value is missing", token_n(name),
			token_text(w, name));
		return;
	}
	token_take(w);
	size_t end = value.end;
	if (list) {
		n_values = list_walk(w, name);
		end = w->next.start;
	}
	if (w->broken)
		return;
	if (key == NULL) {
		conf_suggest_key(w->s->messages,
			&(struct conf_place){ w->s->place.file, w->s->place.number, name->line },
			section, token_text(w, name), name->end - name->start);
		ok = false;
	} else if (sign.mark == '+') {
		ERROR(w->s, name->line, "%s: += is not understood; write = and the whole value",
			conf_key_path(key, path));
		ok = false;
	} else {
		ok = value_fits(w, key, name, list, n_values, &value) &&
		     first_time(w, key, name, seen);
	}
	if (!ok)
		blank(w->s, name->start, end);
}

static void section_body(struct walk *w, enum conf_section section, const struct token *name,
	struct conf_seen *seen);

static void not_closed(struct walk *w, const struct token *name)
{
	shape_broken(w, name->line, "%.*s: the section that begins here is not closed; add a }",
		token_n(name), token_text(w, name));
}

/* A section that is refused: to its closing brace, whatever is inside. */
static void skip_braces(struct walk *w, const struct token *name)
{
	for (int depth = 1; depth > 0;) {
		struct token t = token_take(w);
		if (t.kind == TOKEN_END) {
			not_closed(w, name);
			return;
		}
		depth += t.mark == '{' ? 1 : t.mark == '}' ? -1 : 0;
	}
}

/* name { ... } | name "title" { ... } */
static void section_walk(struct walk *w, const struct token *name)
{
	const enum conf_section section =
		conf_section_find(token_text(w, name), name->end - name->start);
	const bool titled = next_is_value(w);
	struct conf_seen own = { 0 };
	bool known = section != CONF_SECTION_COUNT;

	if (titled)
		token_take(w);
	if (w->next.mark != '{') {
		shape_broken(w, name->line,
			"%.*s: expected = and a value, or a section in braces; is a quote missing?",
			token_n(name), token_text(w, name));
		return;
	}
	token_take(w);
	if (!known) {
		struct conf_place place = place_at(w->s, name->line);
		conf_suggest_section(
			w->s->messages, &place, token_text(w, name), name->end - name->start);
	} else if (titled != conf_section_titled(section)) {
		ERROR(w->s, name->line,
			titled ? "%s: this section has no name; write %s { ... }"
			       : "%s: this section needs a name; write %s \"Name\" { ... }",
			conf_section_name(section), conf_section_name(section));
		known = false;
	}
	if (!known) {
		skip_braces(w, name);
		blank(w->s, name->start, w->next.start);
		return;
	}
	if (titled) {
		struct conf_scan *s = w->s;
		s->title_lines =
			xgrow(s->title_lines, s->n_titles, &s->cap_titles, sizeof(*s->title_lines));
		s->title_lines[s->n_titles++] = name->line;
	}
	section_body(w, section, name, titled ? &own : w->s->seen);
}

/* include("file") */
static void call_walk(struct walk *w, enum conf_section section, const struct token *name)
{
	const size_t n = name->end - name->start;
	const bool include =
		n == strlen("include") && memcmp(token_text(w, name), "include", n) == 0;

	token_take(w);
	bool one = next_is_value(w);
	if (one)
		token_take(w);
	if (!one || w->next.mark != ')') {
		shape_broken(w, name->line, "%.*s: write include(\"feeds.conf\")", token_n(name),
			token_text(w, name));
		return;
	}
	token_take(w);
	if (include && section == CONF_TOP)
		return;
	if (include)
		ERROR(w->s, name->line,
			"include: it stands outside of sections; move it out of %s { }",
			conf_section_name(section));
	else
		ERROR(w->s, name->line,
			"%.*s: there is no such function; the only one is include(\"file\")",
			token_n(name), token_text(w, name));
	blank(w->s, name->start, w->next.start);
}

/* Everything up to the closing brace of `name`, or to the end of the file when name is NULL. */
static void section_body(
	struct walk *w, enum conf_section section, const struct token *name, struct conf_seen *seen)
{
	while (!w->broken) {
		struct token t = token_take(w);
		if (t.kind == TOKEN_END && name != NULL)
			not_closed(w, name);
		if (t.kind == TOKEN_END || (t.mark == '}' && name != NULL))
			return;
		if (t.kind != TOKEN_WORD)
			shape_broken(w, t.line,
				"unexpected %.*s; a key, a section or include() begins with a word",
				token_n(&t), token_text(w, &t));
		else if (w->next.mark == '=' || w->next.mark == '+')
			key_walk(w, section, &t, seen);
		else if (w->next.mark == '(')
			call_walk(w, section, &t);
		else if (section == CONF_TOP)
			section_walk(w, &t);
		else
			shape_broken(w, t.line,
				"%.*s: expected = and a value; is a quote or a } missing before "
				"it?",
				token_n(&t), token_text(w, &t));
	}
}

bool conf_scan(struct conf_scan *s)
{
	assert(n_conf_keys <= sizeof(s->seen->at) / sizeof(s->seen->at[0]));
	if (!first_pass(s))
		return false;
	struct walk w = { .s = s, .line = 1 };
	token_take(&w);
	section_body(&w, CONF_TOP, NULL, s->seen);
	return !w.broken;
}
