#include "base/limits.h"
#include "parser/outline.h"

#include <jansson.h>

/* The document was read by jansson before: what is looked for here is lines, not mistakes. */
struct reader {
	struct outline *o;
	struct span text;
	size_t at;
	int line, depth;
};

static char peek(const struct reader *r)
{
	return r->at < r->text.n ? r->text.s[r->at] : '\0';
}

static void skip_space(struct reader *r)
{
	while (r->at < r->text.n && ascii_space(r->text.s[r->at]))
		r->line += r->text.s[r->at++] == '\n';
}

/* The token of a string, quotes included. */
static struct span take_string(struct reader *r)
{
	size_t from = r->at++;

	while (r->at < r->text.n && r->text.s[r->at] != '"')
		r->at += r->text.s[r->at] == '\\' ? 2 : 1;
	r->at = r->at < r->text.n ? r->at + 1 : r->text.n;
	return (struct span){ r->text.s + from, r->at - from };
}

static struct span string_value(struct reader *r, struct span token)
{
	json_t *value = json_loadb(token.s, token.n, JSON_DECODE_ANY | JSON_ALLOW_NUL, NULL);
	struct span kept = { "", 0 };

	if (json_is_string(value)) {
		const char *s = arena_strndup(
			&r->o->arena, json_string_value(value), json_string_length(value));
		if (s != NULL)
			kept = (struct span){ s, json_string_length(value) };
	}
	json_decref(value);
	return kept;
}

static bool read_value(struct reader *r, struct outline_node *parent, struct span name);

static bool read_object(struct reader *r, struct outline_node *node)
{
	for (r->at++; skip_space(r), peek(r) == '"';) {
		struct span key = string_value(r, take_string(r));
		skip_space(r);
		r->at += peek(r) == ':';
		if (!read_value(r, node, key))
			return false;
		skip_space(r);
		r->at += peek(r) == ',';
	}
	r->at += peek(r) == '}';
	return true;
}

static bool read_array(struct reader *r, struct outline_node *parent, struct span name)
{
	for (r->at++; skip_space(r), r->at < r->text.n && peek(r) != ']';) {
		if (!read_value(r, parent, name))
			return false;
		skip_space(r);
		r->at += peek(r) == ',';
	}
	r->at += peek(r) == ']';
	return true;
}

static bool read_nested(struct reader *r, struct outline_node *parent, struct span name)
{
	struct outline_node *node;
	bool good;

	if (++r->depth > LIMIT_XML_DEPTH)
		return false;
	if (peek(r) == '[') {
		good = read_array(r, parent, name);
	} else {
		node = outline_add(r->o, parent, name, r->line);
		good = node != NULL && read_object(r, node);
	}
	r->depth--;
	return good;
}

/* False when it is time to stop. */
static bool read_value(struct reader *r, struct outline_node *parent, struct span name)
{
	struct outline_node *node;
	size_t from;

	skip_space(r);
	from = r->at;
	if (peek(r) == '{' || peek(r) == '[')
		return read_nested(r, parent, name);
	if (parent == NULL || (node = outline_add(r->o, parent, name, r->line)) == NULL)
		return false;
	if (peek(r) == '"') {
		node->inner = string_value(r, take_string(r));
		return true;
	}
	while (r->at < r->text.n && strchr(",]} \t\r\n", r->text.s[r->at]) == NULL)
		r->at++;
	node->inner = (struct span){ r->text.s + from, r->at - from };
	return r->at > from;
}

void outline_read_json(struct outline *ret, struct span utf8, int first_line)
{
	struct reader r = { .o = ret, .text = utf8, .line = first_line };

	*ret = (struct outline){ .json = true };
	arena_init(&ret->arena, LIMIT_DOC_ARENA);
	skip_space(&r);
	if (peek(&r) == '{')
		read_value(&r, NULL, (struct span){ "", 0 });
}
