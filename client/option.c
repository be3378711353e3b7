#include "client/option.h"

#include <string.h>

const struct option_def options_for_all[] = {
	{ "socket", 0, "PATH", "the daemon's socket", OPT_SOCKET },
	{ "json", 0, NULL, "print the daemon's answer as JSON", OPT_JSON },
	{ "jsonl", 0, NULL, "print one JSON object a line", OPT_JSONL },
	{ "tsv", 0, NULL, "print tab-separated values, nothing cut", OPT_TSV },
	{ "header", 0, NULL, "begin --tsv with a line of field names", OPT_HEADER },
	{ "fields", 0, "LIST", "print these fields, separated by commas", OPT_FIELDS },
	{ "color", 0, "WHEN", "auto (a terminal, without NO_COLOR), always, never", OPT_COLOR },
	{ "no-pager", 0, NULL, "write straight to the terminal", OPT_NO_PAGER },
	{ "help", 'h', NULL, "explain the command", OPT_HELP },
	{ "version", 'V', NULL, "print the version", OPT_VERSION },
	{ 0 },
};

const char *option_name(const struct option_def *table, enum option_id id)
{
	while (table->name != NULL && table->id != id) {
		table++;
	}
	return table->name;
}

bool option_takes_word(const struct option_def *o)
{
	return o->arg != NULL && o->arg[0] != '[';
}

static const struct option_def *find_long(
	const struct option_def *table, const char *name, const char **ret_value)
{
	size_t n = strcspn(name, "=");
	for (const struct option_def *o = table; o->name != NULL; o++) {
		if (strlen(o->name) == n && memcmp(o->name, name, n) == 0) {
			*ret_value = name[n] == '=' ? name + n + 1 : NULL;
			return o;
		}
	}
	return NULL;
}

const struct option_def *option_find(
	const struct option_def *table, const char *word, const char **ret_value)
{
	if (table == NULL) {
		return NULL;
	}
	if (word[1] == '-') {
		return find_long(table, word + 2, ret_value);
	}
	for (const struct option_def *o = table; o->name != NULL; o++) {
		if (o->letter != 0 && o->letter == word[1]) {
			*ret_value = word[2] != '\0' ? word + 2 : NULL;
			return o;
		}
	}
	return NULL;
}
