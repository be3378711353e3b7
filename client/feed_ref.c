#include "client/feed_ref.h"

#include <inttypes.h>
#include <string.h>
#include <strings.h>

#include "base/strbuf.h"
#include "base/text.h"

#include "client/api_path.h"
#include "client/json_get.h"
#include "client/suggest.h"

enum outcome feed_list(struct client *c, const json_t **ret)
{
	enum outcome outcome = OUTCOME_OK;
	if (c->feeds == NULL) {
		outcome = call_get(c, "/v1/feeds", &c->feeds);
	}
	if (outcome == OUTCOME_OK) {
		*ret = c->feeds;
	}
	return outcome;
}

void feed_list_is_empty(void)
{
	remark("no feeds yet: courant add URL (a site's will do), or courant import FILE (OPML)");
}

static bool is_url_of(const json_t *feed, const char *word)
{
	return strcmp(get_text(feed, "feed_url"), word) == 0 ||
	       strcmp(get_text(feed, "moved_to"), word) == 0 ||
	       strcmp(get_text(feed, "site_url"), word) == 0;
}

/* The feed with that URL, else the one with that title; *ret_same counts the feeds with that title.
 */
static const json_t *find_feed(const json_t *feeds, const char *word, unsigned *ret_same)
{
	size_t i;
	json_t *feed;
	const json_t *titled = NULL;
	*ret_same = 0;
	json_array_foreach(feeds, i, feed)
	{
		if (is_url_of(feed, word)) {
			*ret_same = 1;
			return feed;
		}
		if (strcasecmp(get_text(feed, "title"), word) == 0) {
			titled = feed;
			++*ret_same;
		}
	}
	return titled;
}

static void complain_unknown(const json_t *feeds, const char *word)
{
	size_t i;
	json_t *feed;
	struct suggestion best = suggest_for(word);
	json_array_foreach(feeds, i, feed)
	{
		suggest_consider(&best, get_text(feed, "title"));
	}
	if (best.nearest != NULL) {
		complain("there is no feed '%s'; did you mean '%s'?", word, best.nearest);
	} else {
		complain("there is no feed '%s'; courant feeds lists them", word);
	}
}

enum outcome feed_resolve(struct client *c, const char *word, int64_t *ret_id)
{
	const json_t *feeds = NULL;
	unsigned same;
	if (id_from_word(word, ret_id)) {
		return OUTCOME_OK;
	}
	enum outcome outcome = feed_list(c, &feeds);
	if (outcome != OUTCOME_OK) {
		return outcome;
	}
	const json_t *feed = find_feed(feeds, word, &same);
	if (feed == NULL) {
		complain_unknown(feeds, word);
		return OUTCOME_NOT_FOUND;
	}
	if (same > 1) {
		complain("%u feeds are called '%s'; name one by its number (courant feeds)", same,
			word);
		return OUTCOME_USAGE;
	}
	*ret_id = get_number(feed, "id");
	return OUTCOME_OK;
}

enum outcome feed_resolve_existing(struct client *c, const char *word, int64_t *ret_id)
{
	struct api_path path;
	enum outcome outcome = feed_resolve(c, word, ret_id);
	if (outcome == OUTCOME_OK) {
		api_path_init(&path, "/v1/feeds/%" PRId64, *ret_id);
		outcome = call_get(c, api_path_str(&path), NULL);
		api_path_release(&path);
	}
	return outcome;
}

enum outcome category_check(struct client *c, const char *name)
{
	size_t i;
	json_t *category, *categories = NULL;
	struct suggestion best = suggest_for(name);
	enum outcome outcome = call_get(c, "/v1/categories", &categories);
	if (outcome != OUTCOME_OK) {
		return outcome;
	}
	outcome = OUTCOME_NOT_FOUND;
	json_array_foreach(categories, i, category)
	{
		suggest_consider(&best, get_text(category, "title"));
		if (strcmp(get_text(category, "title"), name) == 0) {
			outcome = OUTCOME_OK;
		}
	}
	if (outcome == OUTCOME_NOT_FOUND && best.nearest != NULL) {
		complain("there is no category '%s'; did you mean '%s'?", name, best.nearest);
	} else if (outcome == OUTCOME_NOT_FOUND) {
		complain("there is no category '%s'; courant feeds --fields category,title lists "
			 "them",
			name);
	}
	json_decref(categories);
	return outcome;
}

void feed_label(struct client *c, int64_t id, struct strbuf *out)
{
	size_t i, before = out->len;
	json_t *feed;
	json_array_foreach(c->feeds, i, feed)
	{
		const char *title = get_text(feed, "title");
		if (get_number(feed, "id") == id && title[0] != '\0') {
			text_safe_line(out, title, strlen(title));
		}
	}
	if (out->len > before) {
		strbuf_addf(out, " (%" PRId64 ")", id);
	} else {
		strbuf_addf(out, "feed %" PRId64, id);
	}
}
