#include "config/choice.h"

#include <string.h>

static const struct {
	enum conf_kind kind;
	const char *word;
	unsigned value;
} choices[] = {
	{ CONF_AUTH, "basic", ACCESS_BASIC },
	{ CONF_AUTH, "digest", ACCESS_DIGEST },
	{ CONF_AUTH, "bearer", ACCESS_BEARER },
	{ CONF_IP, "any", ACCESS_IP_ANY },
	{ CONF_IP, "v4", ACCESS_IP_V4 },
	{ CONF_IP, "v6", ACCESS_IP_V6 },
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
