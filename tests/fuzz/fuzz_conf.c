/*
 * Any bytes as courant.conf: a snapshot that keeps the promises of config/conf.h, or errors that
 * are safe to print. The file belongs to whoever runs the daemon, but a reload must never end it.
 */
#include <assert.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/limits.h"
#include "base/text.h"
#include "config/conf.h"
#include "config/url.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static char dir[] = "/dev/shm/courant-fuzz-XXXXXX", path[64];

static void tidy(void)
{
	unlink(path);
	rmdir(dir);
}

static void check_feed(const struct conf *conf, const struct conf_feed *feed)
{
	assert(feed->name[0] != '\0' && text_is_safe(feed->name, strlen(feed->name)));
	assert(conf_url_problem(feed->url) == NULL);
	assert(feed->interval == 0 || feed->interval >= LIMIT_INTERVAL_FLOOR ||
		conf_url_floor_exempt(feed->url));
	assert(feed->line > 0 && feed->file == conf->files[0]);
}

static void check(const struct conf *conf)
{
	assert(conf->state_dir[0] == '/' && conf->socket_path[0] == '/');
	assert((conf->socket_mode & 0600) == 0600 && conf->socket_mode <= 0777);
	assert(conf->poll.min_interval > 0 && conf->poll.min_interval <= conf->poll.max_interval);
	assert(conf->poll.concurrency > 0 && conf->poll.per_host > 0 && conf->poll.max_body > 0);
	assert(conf->n_digests > 0);
	for (size_t i = 0; i < conf->n_digests; i++) {
		assert(conf->digests[i].formats > 0 && conf->digests[i].formats < 8);
		assert(strpbrk(conf->digests[i].name, "/.") == NULL);
		assert(conf->digests[i].at_minutes >= -1 && conf->digests[i].at_minutes < 1440);
	}
	for (size_t i = 0; i < conf->n_feeds; i++)
		check_feed(conf, &conf->feeds[i]);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct strbuf messages = STRBUF_INIT(MIB);

	if (path[0] == '\0') {
		if (mkdtemp(dir) == NULL)
			abort();
		snprintf(path, sizeof(path), "%s/courant.conf", dir);
		atexit(tidy);
	}
	/* What it includes is nobody's to read here. */
	if (memmem(data, size, "include", 7) != NULL && memchr(data, '/', size) != NULL)
		return 0;
	FILE *f = fopen(path, "w");
	if (f == NULL || fwrite(data, 1, size, f) != size)
		abort();
	fclose(f);
	struct conf *conf = conf_load(path, &messages);
	assert(text_is_safe(strbuf_str(&messages), messages.len));
	assert(conf != NULL || messages.len > 0);
	if (conf != NULL)
		check(conf);
	conf_free(conf);
	strbuf_release(&messages);
	return 0;
}
