#include "api/resources.h"

#include "schedule/rhythm.h"

void failure_message(const struct failure *fail, struct strbuf *out)
{
	if (fail->status == STATUS_OK)
		return;
	strbuf_addstr(out, status_text(fail->status));
	if (fail->detail[0] != '\0') {
		strbuf_addstr(out, ": ");
		strbuf_addstr(out, fail->detail);
	}
}

void failure_write(struct json_writer *w, const char *key, const struct failure *fail)
{
	if (fail->status == STATUS_OK) {
		jw_null(w, key);
		return;
	}
	jw_object(w, key);
	jw_string(w, "stage", stage_name(fail->stage));
	jw_string(w, "code", status_name(fail->status));
	jw_int(w, "http_code", fail->http_code);
	jw_string(w, "message", status_text(fail->status));
	jw_string(w, "detail", fail->detail);
	jw_object_end(w);
}

const char *feed_title(const struct feed_record *feed)
{
	if (feed->config.name != NULL && feed->config.name[0] != '\0')
		return feed->config.name;
	if (feed->meta.title != NULL && feed->meta.title[0] != '\0')
		return feed->meta.title;
	return feed->config.url;
}

static void write_error_message(struct json_writer *w, const struct failure *fail)
{
	struct strbuf text = STRBUF_INIT(2 * LIMIT_DETAIL);
	failure_message(fail, &text);
	jw_string(w, "parsing_error_message", strbuf_str(&text));
	strbuf_release(&text);
}

/* Why it is next asked when it is. */
static void write_why(struct json_writer *w, const struct feed_fetch_state *state)
{
	struct strbuf text = STRBUF_INIT(LIMIT_DETAIL);
	due_reason_describe(state->due_reason, state->due_wait, &text);
	jw_string(w, "next_check_code", due_reason_name(state->due_reason));
	jw_string(w, "next_check_reason", strbuf_str(&text));
	strbuf_release(&text);
	if (state->rhythm.at > 0)
		jw_int(w, "publishes_every", (int64_t)rhythm_gap(&state->rhythm));
	else
		jw_null(w, "publishes_every");
}

static void write_fetches(struct json_writer *w, const struct feed_record *feed)
{
	const struct feed_fetch_state *state = &feed->state;
	jw_time(w, "checked_at", state->last_fetch);
	write_why(w, state);
	jw_string(w, "etag_header", state->etag);
	jw_string(w, "last_modified_header", state->last_modified);
	write_error_message(w, &state->failure);
	jw_int(w, "parsing_error_count", state->n_failures);
	jw_time(w, "last_success_at", state->last_success);
	jw_time(w, "failing_since", state->failing_since);
	failure_write(w, "error", &state->failure);
	jw_string_or_null(w, "mended", state->mended);
	jw_time(w, "gap_at", state->gap_at);
}

void feed_write(struct json_writer *w, const struct feed_record *feed)
{
	jw_object(w, NULL);
	jw_int(w, "id", feed->id);
	jw_int(w, "user_id", 1);
	jw_string(w, "title", feed_title(feed));
	jw_string(w, "feed_url", feed->config.url);
	jw_string(w, "username", feed->config.username);
	jw_string(w, "password", ""); /* Miniflux's clients look for it; it is never told */
	jw_string(w, "cookie", feed->config.cookie != NULL ? WAY_HIDDEN : "");
	jw_string(w, "proxy_url", feed->config.proxy != NULL ? WAY_HIDDEN : "");
	jw_string(w, "site_url", feed->meta.site_url);
	jw_string(w, "description", feed->meta.description);
	jw_bool(w, "disabled", feed->config.disabled);
	category_write(w, "category", feed->config.category);
	jw_bool(w, "allow_private", feed->config.allow_private);
	jw_int(w, "entries", feed->n_entries);
	jw_int(w, "unread", feed->n_unread);
	write_fetches(w, feed);
}
