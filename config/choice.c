#include "config/choice.h"

#include <string.h>

static const struct {
	enum conf_kind kind;
	unsigned value;
	const char *word;
} choices[] = {
	{ CONF_AUTH, ACCESS_BASIC, "basic" },
	{ CONF_AUTH, ACCESS_DIGEST, "digest" },
	{ CONF_AUTH, ACCESS_BEARER, "bearer" },
	{ CONF_IP, ACCESS_IP_ANY, "any" },
	{ CONF_IP, ACCESS_IP_V4, "v4" },
	{ CONF_IP, ACCESS_IP_V6, "v6" },
};

bool conf_choice_parse(enum conf_kind kind, const char *word, unsigned *ret, struct strbuf *problem)
{
	const char *before = " is none of ";

	for (size_t i = 0; i < sizeof(choices) / sizeof(choices[0]); i++)
		if (choices[i].kind == kind && strcmp(choices[i].word, word) == 0) {
			*ret = choices[i].value;
			return true;
		}
	strbuf_addf(problem, "\"%s\"", word);
	for (size_t i = 0; i < sizeof(choices) / sizeof(choices[0]); i++)
		if (choices[i].kind == kind) {
			strbuf_addf(problem, "%s\"%s\"", before, choices[i].word);
			before = ", ";
		}
	return false;
}
