#include "config/check.h"

#include "base/limits.h"
#include "base/mem.h"
#include "base/units.h"
#include "config/url.h"

#include <stdlib.h>
#include <string.h>

/* Where a key was set; the configuration as a whole when it was not. */
static struct conf_place key_place(
	const struct conf_seen *seen, enum conf_section section, const char *name)
{
	return seen->at[conf_key_find(section, name, strlen(name)) - conf_keys];
}

static void check_order(
	const struct conf *conf, const struct conf_seen *seen, struct conf_messages *messages)
{
	struct conf_place place = key_place(seen, CONF_POLL, "min_interval");
	char least[32], most[32];

	if (place.file == NULL)
		place = key_place(seen, CONF_POLL, "max_interval");
	if (conf->poll.min_interval > conf->poll.max_interval)
		conf_error(messages, &place,
			"poll.min_interval: it is %s, more than poll.max_interval, %s; write the "
			"smaller one here",
			duration_format(conf->poll.min_interval, least),
			duration_format(conf->poll.max_interval, most));
	place = key_place(seen, CONF_POLL, "interval");
	if (place.file != NULL && conf->poll.interval > conf->poll.max_interval)
		conf_warning(messages, &place,
			"poll.interval: it is %s, but feeds are polled every %s because of "
			"poll.max_interval",
			duration_format(conf->poll.interval, least),
			duration_format(conf->poll.max_interval, most));
}

static void check_floor(
	const struct conf *conf, const struct conf_seen *seen, struct conf_messages *messages)
{
	const struct {
		const char *name;
		int64_t value;
	} keys[] = {
		{ "interval", conf->poll.interval },
		{ "min_interval", conf->poll.min_interval },
		{ "max_interval", conf->poll.max_interval },
	};
	char floor[32], is[32];

	for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
		struct conf_place place = key_place(seen, CONF_POLL, keys[i].name);
		if (keys[i].value < LIMIT_INTERVAL_FLOOR)
			conf_warning(messages, &place,
				"poll.%s: %s holds for feeds on this machine only (loopback, "
				"file:); all others are "
				"polled at most every %s",
				keys[i].name, duration_format(keys[i].value, is),
				duration_format(LIMIT_INTERVAL_FLOOR, floor));
	}
}

static struct conf_place feed_place(const struct conf *conf, const struct conf_feed *feed)
{
	unsigned number = 0;

	while (number < conf->n_files && conf->files[number] != feed->file)
		number++;
	return (struct conf_place){ feed->file, number + 1, feed->line };
}

static void raise_interval(
	const struct conf *conf, struct conf_feed *feed, struct conf_messages *messages)
{
	char floor[32], is[32];

	if (feed->url == NULL || feed->interval == 0 || feed->interval >= LIMIT_INTERVAL_FLOOR ||
		conf_url_floor_exempt(feed->url))
		return;
	struct conf_place place = feed_place(conf, feed);
	conf_warning(messages, &place,
		"feed.interval: feed \"%s\" asks for %s and gets %s: less is for feeds on this "
		"machine only",
		feed->name, duration_format(feed->interval, is),
		duration_format(LIMIT_INTERVAL_FLOOR, floor));
	feed->interval = LIMIT_INTERVAL_FLOOR;
}

/* A feed's text that must be unique, and where it stands. */
struct unique {
	const char *text;
	size_t order;
};

static int by_text(const void *a, const void *b)
{
	const struct unique *x = a, *y = b;
	const int order = strcmp(x->text, y->text);

	return order != 0 ? order : x->order < y->order ? -1 : x->order > y->order;
}

static void check_unique(const struct conf *conf, bool url, struct conf_messages *messages)
{
	struct unique *all = xcalloc(conf->n_feeds + 1, sizeof(*all));
	size_t n = 0;

	for (size_t i = 0; i < conf->n_feeds; i++) {
		const char *text = url ? conf->feeds[i].url : conf->feeds[i].name;
		if (text != NULL)
			all[n++] = (struct unique){ text, i };
	}
	qsort(all, n, sizeof(*all), by_text);
	for (size_t i = 1, first = 0; i < n; i++) {
		if (strcmp(all[i].text, all[first].text) != 0) {
			first = i;
			continue;
		}
		const struct conf_feed *feed = &conf->feeds[all[i].order],
				       *other = &conf->feeds[all[first].order];
		struct conf_place place = feed_place(conf, feed);
		if (url)
			conf_error(messages, &place,
				"feed.url: feed \"%s\" has the URL of feed \"%s\" at %s:%d; remove "
				"one",
				feed->name, other->name, other->file, other->line);
		else
			conf_error(messages, &place,
				"feed: there is a feed \"%s\" already at %s:%d; give each its own "
				"name",
				feed->name, other->file, other->line);
	}
	free(all);
}

static struct conf_place host_place(const struct conf *conf, const struct conf_host *host)
{
	return feed_place(conf, &(struct conf_feed){ .file = host->file, .line = host->line });
}

static void check_host_name(const struct conf *conf, size_t i, const char *name, size_t n_before,
	struct conf_messages *messages)
{
	const struct conf_host *host = &conf->hosts[i];

	for (size_t j = 0; j <= i; j++) {
		const struct conf_host *other = &conf->hosts[j];
		size_t n = j == i ? n_before : other->n_names;
		for (size_t k = 0; k < n; k++) {
			struct conf_place place = host_place(conf, host);
			if (strcmp(other->names[k], name) == 0)
				conf_error(messages, &place,
					"host.hosts: \"%s\" stands in host \"%s\" at %s:%d "
					"already; "
					"a host has one pace",
					name, other->name, other->file, other->line);
		}
	}
}

static void check_hosts(const struct conf *conf, struct conf_messages *messages)
{
	for (size_t i = 0; i < conf->n_hosts; i++) {
		const struct conf_host *host = &conf->hosts[i];
		for (size_t j = 0; j < i; j++) {
			struct conf_place place = host_place(conf, host);
			if (strcmp(conf->hosts[j].name, host->name) == 0)
				conf_error(messages, &place,
					"host: there is a host \"%s\" already at %s:%d; give each "
					"its own name",
					host->name, conf->hosts[j].file, conf->hosts[j].line);
		}
		for (size_t k = 0; k < host->n_names; k++)
			check_host_name(conf, i, host->names[k], k, messages);
	}
}

/* Both keys or none; the callback without the slashes at its end. */
static void check_websub(
	struct conf *conf, const struct conf_seen *seen, struct conf_messages *messages)
{
	const char *callback = conf->websub.callback, *listen = conf->websub.listen;

	if ((callback != NULL) != (listen != NULL)) {
		struct conf_place place =
			key_place(seen, CONF_WEBSUB, callback != NULL ? "callback" : "listen");
		conf_error(messages, &place, "websub.%s: websub.%s is needed, too",
			callback != NULL ? "callback" : "listen",
			callback != NULL ? "listen" : "callback");
	}
	for (size_t n = callback != NULL ? strlen(callback) : 0; n > 0 && callback[n - 1] == '/';)
		conf->websub.callback[--n] = '\0';
}

void conf_check(struct conf *conf, const struct conf_seen *seen, struct conf_messages *messages)
{
	check_order(conf, seen, messages);
	check_floor(conf, seen, messages);
	for (size_t i = 0; i < conf->n_feeds; i++)
		raise_interval(conf, &conf->feeds[i], messages);
	check_hosts(conf, messages);
	check_unique(conf, false, messages);
	check_unique(conf, true, messages);
	check_websub(conf, seen, messages);
}
