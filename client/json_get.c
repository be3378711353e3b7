#include "client/json_get.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/strbuf.h"
#include "base/text.h"

#define LONGEST_KEY 63

const json_t *get_value(const json_t *from, const char *path)
{
	while (from != NULL && *path != '\0') {
		char key[LONGEST_KEY + 1];
		size_t n = strcspn(path, ".");
		if (n > LONGEST_KEY) {
			return NULL;
		}
		memcpy(key, path, n);
		key[n] = '\0';
		from = json_object_get(from, key);
		path += path[n] == '.' ? n + 1 : n;
	}
	return from;
}

const char *get_text(const json_t *from, const char *path)
{
	const char *s = json_string_value(get_value(from, path));
	return s != NULL ? s : "";
}

int64_t get_number(const json_t *from, const char *path)
{
	return json_integer_value(get_value(from, path));
}

bool get_flag(const json_t *from, const char *path)
{
	return json_is_true(get_value(from, path));
}

bool get_time(const json_t *from, const char *path, int64_t *ret)
{
	return rfc3339_parse(get_text(from, path), ret);
}

static void add_escaped(struct strbuf *out, int32_t cp)
{
	if (cp > 0xffff) {
		cp -= 0x10000;
		strbuf_addf(out, "\\u%04x\\u%04x", 0xd800u + ((unsigned)cp >> 10),
			0xdc00u + ((unsigned)cp & 0x3ff));
	} else {
		strbuf_addf(out, "\\u%04x", (unsigned)cp);
	}
}

/* Outside of strings JSON is ASCII, so an unsafe character always stands inside of one, where it
 * may be escaped. */
static void add_dumped(struct strbuf *out, const char *s, size_t n)
{
	size_t plain = 0, at = 0;
	while (at < n) {
		size_t len;
		int32_t cp = utf8_decode(s + at, n - at, &len);
		if (cp < 0 || !text_char_safe(cp)) {
			strbuf_add(out, s + plain, at - plain);
			add_escaped(out, cp < 0 ? 0xfffd : cp);
			plain = at + len;
		}
		at += len;
	}
	strbuf_add(out, s + plain, n - plain);
}

void json_add_safe(struct strbuf *out, const json_t *value, size_t dump_flags)
{
	char *dump = json_dumps(value, dump_flags | JSON_ENCODE_ANY);
	if (dump == NULL) {
		strbuf_addstr(out, "null");
		return;
	}
	if (text_is_safe(dump, strlen(dump))) {
		strbuf_addstr(out, dump);
	} else {
		add_dumped(out, dump, strlen(dump));
	}
	free(dump);
}
