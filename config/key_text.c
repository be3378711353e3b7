#include "config/key_text.h"

#include "base/limits.h"
#include "base/text.h"
#include "config/access.h"
#include "config/listen.h"
#include "config/url.h"

#include <string.h>
#include <strings.h>
#include <sys/un.h>

bool key_text_ok(const char *value, size_t most, struct strbuf *problem)
{
	size_t n = strlen(value);

	if (n == 0)
		strbuf_addstr(problem, "it is empty; write a value or remove the key");
	else if (n > most)
		strbuf_addf(problem, "it is longer than %zu bytes", most);
	else if (!text_is_safe(value, n) || strpbrk(value, "\n\t") != NULL)
		strbuf_addstr(problem, "it holds control characters or is no UTF-8");
	else
		return true;
	return false;
}

static const char *web_url_problem(const char *value)
{
	if (strncasecmp(value, "http://", 7) != 0 && strncasecmp(value, "https://", 8) != 0)
		return "write https://...";
	return strpbrk(value, "?#@") != NULL ? "it holds a ?, # or @" : conf_url_problem(value);
}

/* The text kinds differ in what they refuse only. */
bool key_text_check(enum conf_kind kind, const char *value, struct strbuf *problem)
{
	const size_t most = kind == CONF_TEXT ? LIMIT_NAME
			    : kind == CONF_SOCKET_PATH
				    ? sizeof(((struct sockaddr_un *)NULL)->sun_path) - 1
				    : LIMIT_URL;
	const char *wrong;

	if (!key_text_ok(value, most, problem))
		return false;
	if ((kind == CONF_PATH || kind == CONF_SOCKET_PATH) && value[0] != '/') {
		strbuf_addf(problem, "\"%s\" is no absolute path; begin it with a /", value);
		return false;
	}
	wrong = kind == CONF_URL       ? conf_url_problem(value)
		: kind == CONF_WEB_URL ? web_url_problem(value)
		: kind == CONF_LISTEN  ? conf_listen_problem(value)
		: kind == CONF_PROXY   ? access_proxy_problem(value)
				       : NULL;
	if (wrong == NULL && kind == CONF_FILE && value[0] != '/' && strchr(value, '/') != NULL)
		wrong = "it is neither an absolute path nor the name of a systemd credential";
	if (wrong == NULL)
		return true;
	/* What may hold a password is not repeated. */
	strbuf_addf(problem, "\"%s\" cannot be %s: %s", strchr(value, '@') != NULL ? "..." : value,
		kind == CONF_URL       ? "a feed's URL"
		: kind == CONF_WEB_URL ? "the address that hubs send to"
		: kind == CONF_LISTEN  ? "an address to listen on"
		: kind == CONF_PROXY   ? "a proxy"
				       : "a file",
		wrong);
	return false;
}
