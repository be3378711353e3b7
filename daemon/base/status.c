#include "base/status.h"
#include "base/text.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static const char *const stage_names[] = {
#define X(id, name) [STAGE_##id] = name,
	STAGE_LIST(X)
#undef X
};

static const struct {
	const char *name, *text;
} statuses[] = {
#define X(id, name, text) [STATUS_##id] = { name, text },
	STATUS_LIST(X)
#undef X
};

const char *stage_name(enum stage stage)
{
	assert(stage < STAGE_COUNT);
	return stage_names[stage];
}

const char *status_name(enum status status)
{
	assert(status < STATUS_COUNT);
	return statuses[status].name;
}

const char *status_text(enum status status)
{
	assert(status < STATUS_COUNT);
	return statuses[status].text;
}

enum status status_from_name(const char *name)
{
	for (unsigned i = 0; i < STATUS_COUNT; i++) {
		if (strcmp(statuses[i].name, name) == 0)
			return (enum status)i;
	}
	return STATUS_INTERNAL;
}

enum stage stage_from_name(const char *name)
{
	for (unsigned i = 0; i < STAGE_COUNT; i++) {
		if (strcmp(stage_names[i], name) == 0)
			return (enum stage)i;
	}
	return STAGE_NONE;
}

void failure_set(struct failure *ret, enum stage stage, enum status status, int http_code,
	const char *detail_format, ...)
{
	char text[LIMIT_DETAIL * 4];
	va_list ap;
	va_start(ap, detail_format);
	vsnprintf(text, sizeof text, detail_format, ap);
	va_end(ap);
	*ret = (struct failure){ .stage = stage, .status = status, .http_code = http_code };
	text_safe_copy(ret->detail, sizeof ret->detail, text);
}
