#include "config/conf.h"

#include "base/mem.h"
#include "config/key.h"
#include "config/locate.h"
#include "config/message.h"
#include "config/source.h"

#include <stdlib.h>

static void set_defaults(struct conf *conf)
{
	for (size_t i = 0; i < n_conf_keys; i++)
		if (!conf_section_titled(conf_keys[i].section))
			conf_key_reset(&conf_keys[i], conf);
	/* NULL until the file was read: the defaults depend on each other. */
	free(conf->state_dir);
	free(conf->socket_path);
	conf->state_dir = conf->socket_path = NULL;
}

/* What the files left open. */
static void set_places(struct conf *conf)
{
	if (conf->state_dir == NULL)
		conf->state_dir = conf_locate_state_dir();
	if (conf->socket_path == NULL)
		conf->socket_path = conf_locate_socket(conf->state_dir);
	if (conf->n_digests == 0) {
		conf->digests = xcalloc(1, sizeof(*conf->digests));
		conf->n_digests = 1;
		conf->digests[0].name = xstrdup("daily");
		conf_section_reset(CONF_DIGEST, &conf->digests[0]);
	}
}

struct conf *conf_load(const char *file, struct strbuf *messages)
{
	struct conf_messages found = { 0 };
	struct conf *conf = xcalloc(1, sizeof(*conf));
	char *searched = file == NULL ? conf_locate_file() : NULL;

	if (file == NULL)
		file = searched;
	conf->file = xstrdup(file != NULL ? file : "");
	set_defaults(conf);
	if (file != NULL)
		conf_source_read(file, conf, &found);
	else
		conf_warning(&found, &(struct conf_place){ 0 },
			"there is no courant.conf; the defaults hold and no feeds are declared "
			"(see courant.conf(5))");
	set_places(conf);
	conf_messages_tell(&found, messages);
	if (found.n_errors > 0) {
		conf_free(conf);
		conf = NULL;
	}
	conf_messages_release(&found);
	free(searched);
	return conf;
}

void conf_free(struct conf *c)
{
	if (c == NULL)
		return;
	for (size_t i = 0; i < c->n_feeds; i++)
		conf_feed_release(&c->feeds[i]);
	for (size_t i = 0; i < c->n_digests; i++)
		conf_digest_release(&c->digests[i]);
	for (size_t i = 0; i < c->n_hosts; i++)
		conf_host_release(&c->hosts[i]);
	for (size_t i = 0; i < c->n_files; i++)
		free(c->files[i]);
	free(c->feeds);
	free(c->digests);
	free(c->hosts);
	free(c->files);
	free(c->file);
	free(c->state_dir);
	free(c->socket_path);
	free(c->poll.contact);
	free(c->websub.callback);
	free(c->websub.listen);
	free(c->poll.proxy);
	free(c->poll.proxy_password_file);
	xfree_secret(c->poll.proxy_password);
	free(c->poll.ca_file);
	free(c);
}
