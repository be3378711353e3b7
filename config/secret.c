#include "config/secret.h"

#include "base/limits.h"
#include "base/mem.h"
#include "base/text.h"
#include "config/key.h"
#include "config/scan.h"
#include "config/url.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Where a value stands, and who is told what is wrong with it. */
struct told {
	const struct conf_place *place;
	const char *key; /* "feed.password_file" */
	struct conf_messages *messages;
};

static char *path_of(const struct told *told, const char *value)
{
	const char *dir = getenv("CREDENTIALS_DIRECTORY");

	if (value[0] == '/')
		return xstrdup(value);
	if (dir != NULL && dir[0] == '/')
		return xasprintf("%s/%s", dir, value);
	conf_error(told->messages, told->place,
		"%s: \"%s\" names a systemd credential, and systemd gave none; add "
		"LoadCredential=%s:/its/file to the service, or write an absolute path",
		told->key, value, value);
	return NULL;
}

/* A regular file that can be read; -1 with an error told. Nothing of what it holds is shown. */
static int file_open(const struct told *told, const char *path, bool secret)
{
	struct stat st;
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);

	if (fd < 0 || fstat(fd, &st) < 0)
		conf_error(told->messages, told->place, "%s: %s: %s", told->key, path,
			strerror(errno));
	else if (!S_ISREG(st.st_mode))
		conf_error(
			told->messages, told->place, "%s: %s is no regular file", told->key, path);
	else if (secret && (st.st_mode & 0007) != 0)
		conf_error(told->messages, told->place,
			"%s: everybody may read or change %s (mode %04o); run chmod 0600 %s",
			told->key, path, (unsigned)st.st_mode & 07777, path);
	else
		return fd;
	if (fd >= 0)
		close(fd);
	return -1;
}

static char *wiped(char *text, size_t n)
{
	explicit_bzero(text, n);
	free(text);
	return NULL;
}

/* The text of a secret file, to be wiped; NULL with an error told. */
static char *secret_read(const struct told *told, const char *value)
{
	char *path = path_of(told, value);
	int fd = path != NULL ? file_open(told, path, true) : -1;
	char *text = fd >= 0 ? xcalloc(1, LIMIT_SECRET + 1) : NULL;
	size_t n = 0;
	ssize_t got = 1;

	while (text != NULL && got > 0 && n < LIMIT_SECRET) {
		got = read(fd, text + n, LIMIT_SECRET - n);
		n += got > 0 ? (size_t)got : 0;
	}
	if (text != NULL && (got < 0 || n == LIMIT_SECRET || strlen(text) != n)) {
		conf_error(told->messages, told->place, "%s: %s: %s", told->key, path,
			got < 0 ? strerror(errno) : "it is no text file of less than 64 KiB");
		text = wiped(text, LIMIT_SECRET);
	}
	if (fd >= 0)
		close(fd);
	free(path);
	return text;
}

/* A password or token: the file's first line. */
static char *password_read(const struct told *told, const char *value)
{
	char *text = secret_read(told, value);
	if (text == NULL)
		return NULL;
	size_t n = strcspn(text, "\r\n");
	bool alone = text[n + strspn(text + n, "\r\n")] == '\0';
	char *password = xstrndup(text, n);

	if (n == 0 || n > LIMIT_HEADER_FIELD || !alone || !text_is_safe(password, n)) {
		conf_error(told->messages, told->place,
			"%s: %s must hold one line of text, the secret, and nothing else",
			told->key, value);
		password = wiped(password, n);
	}
	wiped(text, LIMIT_SECRET);
	return password;
}

static void headers_read(const struct told *told, const char *value, struct access *access)
{
	char *text = secret_read(told, value);
	char *line, *rest = text;
	int number = 0;

	while ((line = strsep(&rest, "\n")) != NULL) {
		number++;
		line[strcspn(line, "\r")] = '\0';
		const char *problem = *line != '\0' ? access_header_problem(line) : NULL;
		if (problem != NULL || access->n_headers == LIMIT_PER_ENTRY)
			conf_error(told->messages, told->place, "%s: line %d of %s: %s", told->key,
				number, value, problem != NULL ? problem : "too many fields");
		else if (*line != '\0')
			access_add_header(access, line);
	}
	if (text != NULL)
		wiped(text, LIMIT_SECRET);
}

/* The path of a file that libcurl will read. */
static char *file_find(const struct told *told, const char *value, bool secret)
{
	char *path = value != NULL ? path_of(told, value) : NULL;
	int fd = path != NULL ? file_open(told, path, secret) : -1;

	if (fd >= 0)
		close(fd);
	return path;
}

/* ---- a feed ---- */

static void login_of_url(struct conf_feed *feed, const struct told *told)
{
	struct access *a = feed->access;

	if (feed->url == NULL || !conf_url_take_login(feed->url, &a->username, &a->password))
		return;
	a->auth = ACCESS_BASIC;
	if (feed->keys.username != NULL || feed->keys.password_file != NULL)
		conf_error(told->messages, told->place,
			"feed.url: feed \"%s\" has a login in its URL and one of its own; remove "
			"that of the URL",
			feed->name);
	else
		conf_warning(told->messages, told->place,
			"feed.url: feed \"%s\" has a login in its URL, where others may read "
			"it; write username and password_file instead",
			feed->name);
}

static void login_of_keys(struct conf_feed *feed, struct told *told)
{
	struct conf_access *keys = &feed->keys;
	struct access *a = feed->access;
	const bool any = keys->username != NULL || keys->password_file != NULL;

	if (keys->auth != ACCESS_AUTH_NONE || any)
		a->auth = keys->auth != ACCESS_AUTH_NONE ? keys->auth : ACCESS_BASIC;
	told->key = "feed.password_file";
	if (keys->password_file != NULL && a->password == NULL)
		a->password = password_read(told, keys->password_file);
	if (keys->username != NULL && a->username == NULL)
		a->username = xstrdup(keys->username);
	if (a->auth == ACCESS_BEARER && (keys->username != NULL || keys->password_file == NULL))
		conf_error(told->messages, told->place,
			"feed.auth: bearer takes a token in password_file, and no username");
	else if (a->auth != ACCESS_AUTH_NONE && a->auth != ACCESS_BEARER && a->username == NULL)
		conf_error(told->messages, told->place,
			"feed.username: feed \"%s\" has a password and no user name", feed->name);
}

static void proxy_of_keys(struct conf_feed *feed, struct told *told)
{
	struct conf_access *keys = &feed->keys;
	struct access *a = feed->access;

	a->proxy = xstrdup_or_null(keys->proxy);
	told->key = "feed.proxy_password_file";
	if (keys->proxy_password_file == NULL)
		return;
	a->proxy_password = password_read(told, keys->proxy_password_file);
	if (a->proxy == NULL)
		conf_error(told->messages, told->place, "%s: feed \"%s\" has no proxy of its own",
			told->key, feed->name);
}

static void certificates_of_keys(struct conf_feed *feed, struct told *told)
{
	struct conf_access *keys = &feed->keys;
	struct access *a = feed->access;

	told->key = "feed.client_cert";
	a->client_cert = file_find(told, keys->client_cert, keys->client_key == NULL);
	told->key = "feed.client_key";
	a->client_key = file_find(told, keys->client_key, true);
	if (keys->client_key != NULL && keys->client_cert == NULL)
		conf_error(told->messages, told->place,
			"%s: feed \"%s\" has no client_cert that it belongs to", told->key,
			feed->name);
	told->key = "feed.ca_file";
	a->ca_file = file_find(told, keys->ca_file, false);
}

void conf_access_read(
	struct conf_feed *feed, const struct conf_place *place, struct conf_messages *messages)
{
	struct told told = { place, "feed.headers_file", messages };
	struct conf_access *keys = &feed->keys;
	struct access *a = feed->access = access_new();

	login_of_url(feed, &told);
	login_of_keys(feed, &told);
	for (size_t i = 0; i < keys->n_headers; i++)
		access_add_header(a, keys->headers[i]);
	told.key = "feed.headers_file";
	if (keys->headers_file != NULL)
		headers_read(&told, keys->headers_file, a);
	proxy_of_keys(feed, &told);
	certificates_of_keys(feed, &told);
	a->ip = keys->ip;
	if (access_is_empty(a)) {
		access_drop(a);
		feed->access = NULL;
	}
	conf_access_release(keys);
}

/* ---- the poll section ---- */

static struct conf_place place_of(const struct conf_seen *seen, const char *name)
{
	return seen->at[conf_key_find(CONF_POLL, name, strlen(name)) - conf_keys];
}

void conf_poll_read(struct conf *conf, const struct conf_seen *seen, struct conf_messages *messages)
{
	struct conf_place place = place_of(seen, "proxy_password_file");
	struct told told = { &place, "poll.proxy_password_file", messages };

	if (conf->poll.proxy_password_file != NULL)
		conf->poll.proxy_password = password_read(&told, conf->poll.proxy_password_file);
	place = place_of(seen, "ca_file");
	told.key = "poll.ca_file";
	char *path = file_find(&told, conf->poll.ca_file, false);
	free(conf->poll.ca_file);
	conf->poll.ca_file = path;
}

bool conf_access_add_header(struct conf_access *keys, const char *value, struct strbuf *problem)
{
	const char *wrong = access_header_problem(value);

	/* The value is not repeated: it may be a secret. */
	if (wrong != NULL || keys->n_headers == LIMIT_PER_ENTRY) {
		strbuf_addf(problem, "\"%.*s\" cannot be sent: %s", (int)strcspn(value, ":"), value,
			wrong != NULL ? wrong : "there are too many");
		return false;
	}
	keys->headers = xrealloc(keys->headers, (keys->n_headers + 1) * sizeof(*keys->headers));
	keys->headers[keys->n_headers++] = xstrdup(value);
	return true;
}

void conf_access_clear_headers(struct conf_access *keys)
{
	while (keys->n_headers > 0) {
		xfree_secret(keys->headers[--keys->n_headers]);
	}
	free(keys->headers);
	keys->headers = NULL;
}

void conf_access_release(struct conf_access *keys)
{
	conf_access_clear_headers(keys);
	free(keys->username);
	free(keys->password_file);
	free(keys->headers_file);
	free(keys->proxy);
	free(keys->proxy_password_file);
	free(keys->client_cert);
	free(keys->client_key);
	free(keys->ca_file);
	*keys = (struct conf_access){ .auth = ACCESS_AUTH_NONE };
}
