#include "db/records.h"

#include <assert.h>
#include <string.h>

static const char *const status_names[ENTRY_STATUS_COUNT] = {
	[ENTRY_UNREAD] = "unread",
	[ENTRY_READ] = "read",
	[ENTRY_REMOVED] = "removed",
};

const char *entry_status_name(enum entry_status status)
{
	assert(status < ENTRY_STATUS_COUNT);
	return status_names[status];
}

bool entry_status_parse(const char *name, enum entry_status *ret)
{
	for (size_t i = 0; i < ENTRY_STATUS_COUNT; i++) {
		if (strcmp(name, status_names[i]) == 0) {
			*ret = (enum entry_status)i;
			return true;
		}
	}
	return false;
}
