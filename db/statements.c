#include "db/statements.h"

#include <assert.h>

static const struct {
	const char *name, *sql;
} statements[STATEMENT_COUNT] = {
#define X(id, text) [STATEMENT_##id] = { #id, text },
	STATEMENT_LIST(X)
#undef X
};

const char *statement_sql(enum statement which)
{
	assert(which < STATEMENT_COUNT);
	return statements[which].sql;
}

const char *statement_name(enum statement which)
{
	assert(which < STATEMENT_COUNT);
	return statements[which].name;
}
