#include "base/due.h"

#include <assert.h>
#include <string.h>

static const struct {
	const char *name, *text;
} reasons[] = {
#define X(id, name, text) [DUE_##id] = { name, text },
	DUE_LIST(X)
#undef X
};

const char *due_reason_name(enum due_reason reason)
{
	assert(reason < DUE_REASON_COUNT);
	return reasons[reason].name;
}

enum due_reason due_reason_from_name(const char *name)
{
	for (unsigned i = 0; i < DUE_REASON_COUNT; i++)
		if (strcmp(reasons[i].name, name) == 0)
			return (enum due_reason)i;
	return DUE_NEW;
}

/* The largest unit in which the number is whole or at least 3, rounded: "90 min", "6 h", "7 d". */
static void add_wait(struct strbuf *out, int64_t wait)
{
	static const struct {
		const char *name;
		int64_t seconds;
	} units[] = { { "d", 86400 }, { "h", 3600 }, { "min", 60 }, { "s", 1 } };
	size_t i = 0;
	while (i < 3 && wait < 3 * units[i].seconds &&
		(wait < units[i].seconds || wait % units[i].seconds != 0))
		i++;
	int64_t half = units[i].seconds / 2;
	strbuf_addf(out, "%lld %s", (long long)((wait + half) / units[i].seconds), units[i].name);
}

void due_reason_describe(enum due_reason reason, int64_t wait, struct strbuf *out)
{
	assert(reason < DUE_REASON_COUNT);
	const char *text = reasons[reason].text, *at = strchr(text, '@');
	if (at == NULL) {
		strbuf_addstr(out, text);
		return;
	}
	strbuf_add(out, text, (size_t)(at - text));
	add_wait(out, wait);
	strbuf_addstr(out, at + 1);
}
