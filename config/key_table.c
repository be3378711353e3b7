/* The table of key.h: every key of courant.conf, with its kind, its bounds and its default. */
#include "config/key.h"

#include "base/limits.h"

#define MINUTE 60
#define HOUR 3600
#define DAY 86400
#define CENTURY (36500LL * DAY)

#define IN(section, field) offsetof(struct conf, section.field)
#define OF_FEED(field) offsetof(struct conf_feed, keys.field)

/* state_dir and socket.path stand here with what the system service uses; conf.c puts in the place
 * that fits the environment. */
const struct conf_key conf_keys[] = {
	{ CONF_TOP, "state_dir", CONF_PATH, offsetof(struct conf, state_dir), 0, 0,
		"/var/lib/courant" },

	{ CONF_SOCKET, "path", CONF_SOCKET_PATH, offsetof(struct conf, socket_path), 0, 0,
		"/run/courant/courant.sock" },
	{ CONF_SOCKET, "mode", CONF_MODE, offsetof(struct conf, socket_mode), 0600, 0777, "0660" },

	{ CONF_POLL, "interval", CONF_SECONDS, IN(poll, interval), 1, 365 * DAY, "1h" },
	{ CONF_POLL, "min_interval", CONF_SECONDS, IN(poll, min_interval), 1, 365 * DAY, "15min" },
	{ CONF_POLL, "max_interval", CONF_SECONDS, IN(poll, max_interval), 1, 365 * DAY, "24h" },
	{ CONF_POLL, "concurrency", CONF_COUNT, IN(poll, concurrency), 1, LIMIT_CONCURRENCY, "16" },
	{ CONF_POLL, "per_host", CONF_COUNT, IN(poll, per_host), 1, LIMIT_PER_HOST, "1" },
	{ CONF_POLL, "host_delay", CONF_MILLISECONDS, IN(poll, host_delay_ms), 0, HOUR * 1000,
		"1s" },
	{ CONF_POLL, "timeout", CONF_MILLISECONDS, IN(poll, timeout_ms), 100, HOUR * 1000, "60s" },
	{ CONF_POLL, "max_body", CONF_BYTES, IN(poll, max_body), KIB, LIMIT_BODY_MAX, "10MiB" },
	{ CONF_POLL, "proxy", CONF_PROXY, IN(poll, proxy), 0, 0, NULL },
	{ CONF_POLL, "proxy_password_file", CONF_FILE, IN(poll, proxy_password_file), 0, 0, NULL },
	{ CONF_POLL, "ca_file", CONF_FILE, IN(poll, ca_file), 0, 0, NULL },
	{ CONF_POLL, "ip", CONF_IP, IN(poll, ip), 0, 0, "any" },
	{ CONF_POLL, "contact", CONF_TEXT, IN(poll, contact), 0, 0, NULL },
	{ CONF_POLL, "workers", CONF_COUNT, IN(poll, workers), 0, LIMIT_WORKERS, "0" },

	{ CONF_RETAIN, "read", CONF_SECONDS, IN(retain, read), 0, CENTURY, "60d" },
	{ CONF_RETAIN, "unread", CONF_SECONDS, IN(retain, unread), 0, CENTURY, "365d" },
	{ CONF_RETAIN, "max_entries_per_feed", CONF_BIG_COUNT, IN(retain, max_entries_per_feed), 0,
		1000000000, "5000" },

	{ CONF_BACKUP, "at", CONF_CLOCK, IN(backup, at_minutes), 0, 0, "04:00" },
	{ CONF_BACKUP, "keep", CONF_COUNT, IN(backup, keep), 1, LIMIT_BACKUPS, "2" },

	{ CONF_WEBSUB, "callback", CONF_WEB_URL, IN(websub, callback), 0, 0, NULL },
	{ CONF_WEBSUB, "listen", CONF_LISTEN, IN(websub, listen), 0, 0, NULL },

	{ CONF_DIGEST, "at", CONF_CLOCK, offsetof(struct conf_digest, at_minutes), 0, 0, "07:00" },
	{ CONF_DIGEST, "formats", CONF_FORMATS, offsetof(struct conf_digest, formats), 0, 0,
		"html,md,txt" },
	{ CONF_DIGEST, "categories", CONF_CATEGORIES, 0, 0, 0, "" },
	{ CONF_DIGEST, "max_stories", CONF_BIG_COUNT, offsetof(struct conf_digest, max_stories), 1,
		LIMIT_DIGEST_STORIES, "80" },

	{ CONF_HOST, "hosts", CONF_HOSTS, 0, 0, 0, "" },
	{ CONF_HOST, "per_host", CONF_COUNT, offsetof(struct conf_host, per_host), 1,
		LIMIT_PER_HOST_LOOPBACK, "1" },
	{ CONF_HOST, "host_delay", CONF_MILLISECONDS, offsetof(struct conf_host, host_delay_ms), 0,
		HOUR * 1000, "1s" },

	{ CONF_FEED, "url", CONF_URL, offsetof(struct conf_feed, url), 0, 0, NULL },
	{ CONF_FEED, "exec", CONF_COMMAND, offsetof(struct conf_feed, exec), 0, 0, NULL },
	{ CONF_FEED, "category", CONF_TEXT, offsetof(struct conf_feed, category), 0, 0, NULL },
	{ CONF_FEED, "interval", CONF_SECONDS, offsetof(struct conf_feed, interval), 1, 365 * DAY,
		NULL },
	{ CONF_FEED, "allow_private", CONF_FLAG, offsetof(struct conf_feed, allow_private), 0, 0,
		"false" },
	{ CONF_FEED, "auth", CONF_AUTH, OF_FEED(auth), 0, 0, NULL },
	{ CONF_FEED, "username", CONF_TEXT, OF_FEED(username), 0, 0, NULL },
	{ CONF_FEED, "password_file", CONF_FILE, OF_FEED(password_file), 0, 0, NULL },
	{ CONF_FEED, "headers", CONF_HEADERS, 0, 0, 0, "" },
	{ CONF_FEED, "headers_file", CONF_FILE, OF_FEED(headers_file), 0, 0, NULL },
	{ CONF_FEED, "client_cert", CONF_FILE, OF_FEED(client_cert), 0, 0, NULL },
	{ CONF_FEED, "client_key", CONF_FILE, OF_FEED(client_key), 0, 0, NULL },
	{ CONF_FEED, "ca_file", CONF_FILE, OF_FEED(ca_file), 0, 0, NULL },
	{ CONF_FEED, "proxy", CONF_PROXY, OF_FEED(proxy), 0, 0, NULL },
	{ CONF_FEED, "proxy_password_file", CONF_FILE, OF_FEED(proxy_password_file), 0, 0, NULL },
	{ CONF_FEED, "ip", CONF_IP, OF_FEED(ip), 0, 0, NULL },
};
const size_t n_conf_keys = sizeof(conf_keys) / sizeof(conf_keys[0]);
