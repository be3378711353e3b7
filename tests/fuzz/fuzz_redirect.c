/* A Location header: the first line is where it comes from, the second what it says. Wherever it
 * leads is http or https, has no fragment, can be sent, and brings no password to another host; a
 * refusal has a detail. */
#include "fetch/redirect.h"

#include <curl/curl.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(const struct fetch_url *from, const struct fetch_url *to)
{
	char *wire = fetch_url_wire(to->text);
	if (!wire || (to->scheme != SCHEME_HTTP && to->scheme != SCHEME_HTTPS))
		abort();
	if (strchr(wire, '#') || strpbrk(wire, " \r\n\t"))
		abort();
	bool same = from->scheme == to->scheme && strcmp(from->host, to->host) == 0;
	if (to->has_credentials && !(same && from->has_credentials))
		abort();
	curl_free(wire);
}

static void follow(const char *base, const char *location)
{
	struct redirect_trail trail;
	struct fetch_url from, to;
	struct failure fail = { 0 };
	if (!fetch_url_parse(base, &from))
		return;
	if (from.scheme == SCHEME_FILE) { /* nobody redirects from a file */
		fetch_url_release(&from);
		return;
	}
	redirect_trail_init(&trail, base);
	if (redirect_follow(&trail, &from, 301, location, NULL, 0, &to, &fail)) {
		check(&from, &to);
		fetch_url_release(&to);
	} else if (fail.status == STATUS_OK || !fail.detail[0]) {
		abort();
	}
	redirect_trail_release(&trail);
	fetch_url_release(&from);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = malloc(size + 1);
	memcpy(text, data, size);
	text[size] = '\0';
	char *line = strchr(text, '\n');
	if (line) {
		*line = '\0';
		follow(text, line + 1);
	}
	follow("https://u:p@example.org:8443/a/b?c#d", text);
	free(text);
	return 0;
}
