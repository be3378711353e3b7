/*
 * The steps of every route (see struct route), one file per resource, and the JSON of what several
 * resources show. *_read functions run on a reader thread, all others on the loop.
 */
#ifndef COURANT_API_RESOURCES_H
#define COURANT_API_RESOURCES_H

#include "base/json_writer.h"
#include "api/params.h"
#include "api/request.h"
#include "refresh/refresh.h"
#include "schedule/health.h"

/* entry.c */
void entry_write(struct json_writer *w, const char *key, const struct entry_record *entry,
	bool with_content);

/* category.c: a category is known by its name; its id is derived from it. */
#define CATEGORY_ALL_ID 1
int64_t category_id(const char *name);
/* What to filter by: "" (feeds without a category) for "All". */
const char *category_wanted(const char *name);
void category_write(struct json_writer *w, const char *key, const char *name);
void categories_read(struct request *rq, struct query *q);

/* feed.c */
void failure_write(struct json_writer *w, const char *key, const struct failure *fail);
void failure_message(const struct failure *fail, struct strbuf *out);
/* What it is called: by its reader, else by its publisher, else its URL. */
const char *feed_title(const struct feed_record *feed);
/* Leaves the object open for what only the loop knows. */
void feed_write(struct json_writer *w, const struct feed_record *feed);

/* entries.c */
void entries_read(struct request *rq, struct query *q);
void entries_of_feed_read(struct request *rq, struct query *q);
void entry_read(struct request *rq, struct query *q);
void entries_set_status(struct request *rq);
void entry_toggle_star(struct request *rq);
void mark_read(struct request *rq);

/* health.c */
/* What a feed's row and its entries say of its health; the rest is known on the loop only. Reader
 * thread. */
void facts_read(struct health_facts *facts, const struct feed_record *feed);
/* To be called after the feeds were read: one by one, what their entries say. False: see
 * query_error(). */
bool facts_read_pulse(struct health_facts *facts, int64_t feed_id, struct query *q);
/* What only the loop knows. Loop thread. */
void facts_complete(struct health_facts *facts, const struct refresher *r, int64_t feed_id);
/* health, health_since, health_text, advice: members of a feed. */
void health_write(struct json_writer *w, const struct health_facts *facts);

/* feeds.c */
void feeds_begin(struct request *rq);
void feeds_read(struct request *rq, struct query *q);
void feeds_end(struct request *rq);
void feed_exists_read(struct request *rq, struct query *q);
void counters_read(struct request *rq, struct query *q);
void feed_remove(struct request *rq);

/* moves.c */
/* Where permanent redirects lead a feed: an object, or null. Loop thread. */
void lead_write(
	struct json_writer *w, const char *key, const struct refresher *refresher, int64_t feed_id);
void moves_read(struct request *rq, struct query *q);
void revisions_read(struct request *rq, struct query *q);
void move_undo(struct request *rq);

/* subscribe.c */
void feed_add(struct request *rq);
void feed_add_category_read(struct request *rq, struct query *q);
void feed_add_end(struct request *rq);
void discover(struct request *rq);

/* Stands for a cookie or proxy that a feed has, which is not told; when it is sent back it stays.
 */
#define WAY_HIDDEN "***"
/* The cookie or proxy_url of the body: "" to take it away, NULL when nothing is said of it. */
const char *way_said(const struct request *rq, const char *key);
/* Whether both can be used; else the request is refused. */
bool way_is_good(struct request *rq);

/* change.c */
void feed_change(struct request *rq);
void feed_change_read(struct request *rq, struct query *q);
void feed_change_end(struct request *rq);

/* opml.c, opml_export.c */
void opml_import(struct request *rq);
void opml_export(struct request *rq);

/* refreshes.c */
void feed_refresh(struct request *rq);
void feeds_refresh(struct request *rq);

/* digests.c */
void digest_file_read(struct request *rq, struct query *q);
void digests_read(struct request *rq, struct query *q);
void digests_begin(struct request *rq);
void digest_make(struct request *rq);

/* stream.c */
void stream_begin(struct request *rq);

/* stats.c */
void stats_read(struct request *rq, struct query *q);

/* metrics.c */
void metrics(struct request *rq);

/* status.c */
void healthcheck(struct request *rq);
void version(struct request *rq);
void me(struct request *rq);
/* backup.c */
void backup_make_now(struct request *rq);

void status_begin(struct request *rq);
void status_read(struct request *rq, struct query *q);

#endif
