#include "config/command.h"

#include "base/limits.h"
#include "base/mem.h"
#include "base/strbuf.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define PREFIX "exec:"
#define PREFIX_LEN (sizeof(PREFIX) - 1)

bool command_is(const char *url)
{
	return strncasecmp(url, PREFIX, PREFIX_LEN) == 0;
}

bool command_add(struct strbuf *url, const char *word)
{
	strbuf_addstr(url, url->len == 0 ? PREFIX : " ");
	for (; *word != '\0'; word++) {
		unsigned char c = (unsigned char)*word;
		if (c <= ' ' || c == '%' || c == 0x7f)
			strbuf_addf(url, "%%%02X", (unsigned)c);
		else
			strbuf_addch(url, *word);
	}
	return !url->overflow;
}

static int digit(char c)
{
	static const char digits[] = "0123456789ABCDEF";
	const char *at = c != '\0' ? strchr(digits, c) : NULL;
	return at != NULL ? (int)(at - digits) : -1;
}

/* Copies one encoded word of n bytes; returns the end of the copy. */
static char *word_decode(char *to, const char *from, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		int high = from[i] == '%' && n - i > 2 ? digit(from[i + 1]) : -1;
		int low = high < 0 ? -1 : digit(from[i + 2]);
		*to++ = low < 0 ? from[i] : (char)(high * 16 + low);
		i += low < 0 ? 0 : 2;
	}
	*to++ = '\0';
	return to;
}

char **command_words(const char *url)
{
	if (!command_is(url) || url[PREFIX_LEN] != '/')
		return NULL;
	size_t n = 1, len = strlen(url);
	for (const char *p = url; *p != '\0'; p++)
		n += *p == ' ';
	if (n > LIMIT_EXEC_WORDS)
		return NULL;
	char **words = xmalloc((n + 1) * sizeof(*words) + len);
	char *to = (char *)(words + n + 1);
	const char *from = url + PREFIX_LEN;
	for (size_t i = 0; i < n; i++) {
		size_t word = strcspn(from, " ");
		words[i] = to;
		to = word_decode(to, from, word);
		from += word + 1;
	}
	words[n] = NULL;
	return words;
}
