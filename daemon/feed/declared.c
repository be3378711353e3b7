#include "feed/declared.h"

#include "base/limits.h"
#include "base/mem.h"

#include <stdlib.h>

/* What a reference costs besides its text: an empty one takes time, too. */
#define REFERENCE_COST 4

void declared_release(struct declared *d)
{
	free(d->list);
	*d = (struct declared){ 0 };
}

static bool is_predefined(const char *name)
{
	static const char *const names[] = { "lt", "gt", "amp", "apos", "quot" };

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (strcmp(names[i], name) == 0)
			return true;
	return false;
}

bool declared_add(struct declared *d, struct arena *a, const char *name, const char *text)
{
	if (is_predefined(name) || declared_find(d, span_of(name)) != NULL)
		return true;
	if (text == NULL || strpbrk(text, "<&%") != NULL || strlen(text) > LIMIT_ENTITY_TEXT ||
		strlen(name) > LIMIT_ENTITY_TEXT || d->n >= LIMIT_ENTITIES)
		return false;
	struct declared_entity e = { arena_strdup(a, name), arena_strdup(a, text) };
	if (e.name == NULL || e.text == NULL)
		return false;
	d->list = xgrow(d->list, d->n, &d->cap, sizeof(e));
	d->list[d->n++] = e;
	return true;
}

const char *declared_find(const struct declared *d, struct span name)
{
	for (size_t i = 0; i < d->n; i++)
		if (strncmp(d->list[i].name, name.s, name.n) == 0 &&
			d->list[i].name[name.n] == '\0')
			return d->list[i].text;
	return NULL;
}

bool declared_spend(struct declared *d, const char *text)
{
	d->spent += strlen(text) + REFERENCE_COST;
	return d->spent <= LIMIT_ENTITY_USE;
}

bool declared_expand(struct declared *d, struct strbuf *out, struct span value)
{
	while (value.n > 0) {
		const char *amp = memchr(value.s, '&', value.n);
		size_t plain = amp == NULL ? value.n : (size_t)(amp - value.s);
		strbuf_add(out, value.s, plain);
		span_skip(&value, plain);
		if (value.n == 0)
			break;
		const char *end = memchr(value.s, ';', value.n);
		size_t len = end == NULL ? 1 : (size_t)(end - value.s) + 1;
		const char *text =
			len < 3 ? NULL : declared_find(d, (struct span){ value.s + 1, len - 2 });
		if (text == NULL)
			len = 1;
		else if (!declared_spend(d, text))
			return false;
		strbuf_addstr(out, text != NULL ? text : "&");
		span_skip(&value, len);
	}
	return true;
}
