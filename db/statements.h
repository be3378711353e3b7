/*
 * Every fixed SQL statement of db/, by name; the pages of entries, which depend on a filter, are
 * composed in entry_filter.c. Here they are read side by side with schema.sql, and a test reads the
 * plan of each. Placeholders are bound in order (connection.h).
 */
#ifndef COURANT_DB_STATEMENTS_H
#define COURANT_DB_STATEMENTS_H

/* Read by feed_row_read() (rows.h). */
#define FEED_ROW                                                                                   \
	"SELECT f.id, url, name, category, interval, allow_private, declared, disabled,"           \
	" username, password, cookie, proxy, created,"                                             \
	" etag, last_modified, validators_url, body_hash, quarantine_hash, next_due,"              \
	" due_reason, due_wait, rhythm_entries, rhythm_days, rhythm_at, rhythm_window,"            \
	" retry_at, last_fetch, last_success, n_failures, failing_since, fail_stage, fail_status," \
	" fail_http_code, fail_detail, ttl_minutes, update_interval, skip_hours, skip_days,"       \
	" gap_at, mended, title, site_url, description, language, icon, n_entries, n_unread"       \
	" FROM feeds f JOIN feed_counters c ON c.feed_id = f.id"

/* Read by entry_row_read() (rows.h). */
#define ENTRY_ROW                                                                                  \
	"SELECT e.id, e.feed_id, COALESCE(f.name, f.title, f.url), f.url, f.site_url, f.category," \
	" e.status, e.starred, e.published, e.created, e.changed, e.backfilled, e.identity, "      \
	"e.url, e.title, e.author, e.language, c.texts"                                            \
	" FROM entries e JOIN feeds f ON f.id = e.feed_id"                                         \
	" LEFT JOIN contents c ON c.entry_id = e.id WHERE e.id = ?"

/* The last hash there can be. */
#define HASH_END "9223372036854775807"

#define EDITION_ROW \
	"SELECT id, name, label, after_id, upto_id, created, published FROM digest_editions"

/* Read by move_row_read() (rows.h). */
#define MOVE_ROW                                                                        \
	"SELECT feed_id, number, from_url, to_url, n_seen, first_seen, adopted, undone" \
	" FROM feed_moves"

#define STATEMENT_LIST(X)                                                                          \
	/* transactions */                                                                         \
	X(BEGIN_WRITE, "BEGIN IMMEDIATE")                                                          \
	X(BEGIN_READ, "BEGIN")                                                                     \
	X(COMMIT, "COMMIT")                                                                        \
	X(ROLLBACK, "ROLLBACK")                                                                    \
	X(SAVEPOINT, "SAVEPOINT request")                                                          \
	X(RELEASE, "RELEASE request")                                                              \
	X(ROLLBACK_TO, "ROLLBACK TO request")                                                      \
	/* feeds */                                                                                \
	X(FEEDS_BY_ID, FEED_ROW " ORDER BY f.id")                                                  \
	X(FEEDS_BY_NAME, FEED_ROW " ORDER BY COALESCE(name, title, url) COLLATE NOCASE, f.id")     \
	X(FEED_BY_ID, FEED_ROW " WHERE f.id = ?")                                                  \
	X(FEED_BY_URL, "SELECT id FROM feeds WHERE url = ?")                                       \
	X(FEED_INSERT,                                                                             \
		"INSERT INTO feeds (name, category, interval, allow_private, declared, disabled,"  \
		" username, password, cookie, proxy, url, next_due, created)"                      \
		" VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)")                                 \
	X(FEED_IMPORTED, "UPDATE feeds SET title = ?, site_url = ? WHERE id = ?")                  \
	X(FEED_CONFIG, "UPDATE feeds SET name = ?, category = ?, interval = ?, allow_private = ?," \
		       " declared = ?, disabled = ?, username = ?, password = ?, cookie = ?,"      \
		       " proxy = ? WHERE id = ?")                                                  \
	X(FEED_STATE,                                                                              \
		"UPDATE feeds SET etag = ?, last_modified = ?, validators_url = ?, body_hash = ?," \
		" quarantine_hash = ?, next_due = ?, due_reason = ?, due_wait = ?,"                \
		" rhythm_entries = ?, rhythm_days = ?, rhythm_at = ?, rhythm_window = ?,"          \
		" retry_at = ?, last_fetch = ?, last_success = ?,"                                 \
		" n_failures = ?, failing_since = ?, fail_stage = ?, fail_status = ?,"             \
		" fail_http_code = ?, fail_detail = ?, ttl_minutes = ?, update_interval = ?,"      \
		" skip_hours = ?, skip_days = ?, gap_at = ?, mended = ? WHERE id = ?")             \
	X(FEED_META, "UPDATE feeds SET title = ?, site_url = ?, description = ?, language = ?,"    \
		     " icon = ?, distrusted = ? WHERE id = ?")                                     \
	X(FEED_BEFORE,                                                                             \
		"SELECT distrusted, last_success, n_entries, COALESCE(p.document, 0) FROM feeds f" \
		" JOIN feed_counters c ON c.feed_id = f.id LEFT JOIN presences p ON p.feed_id = "  \
		"f.id WHERE f.id = ?")                                                             \
	X(FEED_DELETE, "DELETE FROM feeds WHERE id = ?")                                           \
	X(REMOVAL_BEGIN, "INSERT INTO removals (feed_id) VALUES (?)")                              \
	X(REMOVAL_ANY, "SELECT feed_id FROM removals LIMIT 1")                                     \
	X(REMOVAL_ENTRY,                                                                           \
		"SELECT id FROM entries INDEXED BY entries_feed WHERE feed_id = ? LIMIT 1")        \
	X(REMOVAL_KEYS, "DELETE FROM entry_keys WHERE feed_id = ?1 AND hash IN"                    \
			" (SELECT hash FROM entry_keys WHERE feed_id = ?1 LIMIT 256)")             \
	X(REMOVAL_TOMBSTONES, "DELETE FROM tombstones WHERE entry_id IN"                           \
			      " (SELECT entry_id FROM tombstones WHERE feed_id = ? LIMIT 256)")    \
	X(REMOVAL_DONE, "DELETE FROM removals WHERE feed_id = ?")                                  \
	X(FEED_URL, "UPDATE feeds SET url = ? WHERE id = ?")                                       \
	X(MOVE_PUT,                                                                                \
		"INSERT OR REPLACE INTO feed_moves (feed_id, number, from_url, to_url, n_seen,"    \
		" first_seen, adopted, undone) VALUES (?, ?, ?, ?, ?, ?, ?, ?)")                   \
	X(MOVE_DELETE, "DELETE FROM feed_moves WHERE feed_id = ? AND number = ?")                  \
	X(MOVES, MOVE_ROW " ORDER BY feed_id, number")                                             \
	X(MOVES_OF_FEED, MOVE_ROW " WHERE feed_id = ? ORDER BY number")                            \
	/* hubs */                                                                                 \
	X(WEBSUB_ALL,                                                                              \
		"SELECT feed_id, hub, topic, state, callback, secret, lease_until, next_try,"      \
		" n_failures, detail FROM websub ORDER BY feed_id")                                \
	X(WEBSUB_SET,                                                                              \
		"INSERT OR REPLACE INTO websub (feed_id, hub, topic, state, callback, secret,"     \
		" lease_until, next_try, n_failures, detail) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, "  \
		"?)")                                                                              \
	X(WEBSUB_DELETE, "DELETE FROM websub WHERE feed_id = ?")                                   \
	/* hosts */                                                                                \
	X(RESTS, "SELECT host, since, until, pause_ms FROM host_rests WHERE host > ''"             \
		 " ORDER BY host")                                                                 \
	X(REST_SET, "INSERT OR REPLACE INTO host_rests (host, since, until, pause_ms)"             \
		    " VALUES (?, ?, ?, ?)")                                                        \
	X(RESTS_OVER, "DELETE FROM host_rests WHERE until <= ?")                                   \
	X(RESTS_TRIM, "DELETE FROM host_rests WHERE until < (SELECT until FROM host_rests"         \
		      " ORDER BY until DESC LIMIT 1 OFFSET ?)")                                    \
	X(HTTPS_HOSTS, "SELECT host, expires, subdomains FROM https_hosts ORDER BY expires")       \
	X(HTTPS_HOST_PUT,                                                                          \
		"INSERT OR REPLACE INTO https_hosts (host, expires, subdomains) VALUES (?, ?, ?)") \
	X(HTTPS_HOST_DELETE, "DELETE FROM https_hosts WHERE host = ?")                             \
	X(HTTPS_HOSTS_TRIM,                                                                        \
		"DELETE FROM https_hosts WHERE expires < (SELECT expires FROM https_hosts"         \
		" ORDER BY expires DESC LIMIT 1 OFFSET ?)")                                        \
	/* counters */                                                                             \
	X(COUNTERS_INSERT, "INSERT INTO feed_counters (feed_id) VALUES (?)")                       \
	X(COUNTERS_ADD,                                                                            \
		"UPDATE feed_counters SET n_entries = n_entries + ?, n_unread = n_unread + ?,"     \
		" n_starred = n_starred + ? WHERE feed_id = ?")                                    \
	X(COUNTERS_OF_FEED,                                                                        \
		"SELECT n_entries, n_unread, n_starred FROM feed_counters WHERE feed_id = ?")      \
	X(COUNTERS_OF_CATEGORY, "SELECT COALESCE(SUM(n_entries), 0), COALESCE(SUM(n_unread), 0),"  \
				" COALESCE(SUM(n_starred), 0) FROM feeds f JOIN feed_counters c"   \
				" ON c.feed_id = f.id WHERE f.category IS ?")                      \
	X(COUNTERS_UNREAD_NEXT, "SELECT feed_id FROM feed_counters WHERE n_unread > 0"             \
				" AND feed_id > ? ORDER BY feed_id LIMIT 1")                       \
	X(COUNTERS, "SELECT feed_id, n_entries, n_unread FROM feed_counters ORDER BY feed_id")     \
	X(TOTALS_ADD, "UPDATE totals SET n_entries = n_entries + ?, n_unread = n_unread + ?,"      \
		      " n_starred = n_starred + ? WHERE id = 1")                                   \
	X(TOTALS, "SELECT n_entries, n_unread, n_starred FROM totals WHERE id = 1")                \
	X(TOTAL_FEEDS,                                                                             \
		"SELECT (SELECT COUNT(*) FROM feed_counters),"                                     \
		" (SELECT COUNT(*) FROM feeds WHERE fail_status IS NOT NULL AND NOT disabled)")    \
	X(TALLY_ADD, "INSERT INTO tallies (hour, what, word, n) VALUES (?, ?, ?, ?)"               \
		     " ON CONFLICT (hour, what, word) DO UPDATE SET n = n + excluded.n")           \
	X(TALLIES, "SELECT hour, what, word, n FROM tallies WHERE hour >= ? ORDER BY hour")        \
	X(FEEDS_LARGEST,                                                                           \
		"SELECT f.id, COALESCE(name, title, url), n_entries, n_unread FROM"                \
		" (SELECT feed_id, n_entries, n_unread FROM feed_counters"                         \
		" ORDER BY n_entries DESC, feed_id LIMIT ?) c JOIN feeds f ON f.id = c.feed_id"    \
		" ORDER BY n_entries DESC, f.id")                                                  \
	X(FEED_DATES, "SELECT published FROM entries INDEXED BY entries_feed WHERE feed_id = ?"    \
		      " AND published >= ? AND status IN (0, 1)")                                  \
	X(CLOCK, "SELECT seen, since FROM clock_watch WHERE id = 1")                               \
	X(CLOCK_SET, "UPDATE clock_watch SET seen = ?, since = ? WHERE id = 1")                    \
	X(ROOM_PROBE, "UPDATE totals SET n_entries = n_entries WHERE id = 1")                      \
	X(PAGE_COUNT, "PRAGMA page_count")                                                         \
	X(PAGES_FREE, "PRAGMA freelist_count")                                                     \
	X(PAGES_GIVE_BACK, "PRAGMA incremental_vacuum(8)")                                         \
	X(PAGE_SIZE, "PRAGMA page_size")                                                           \
	/* entries */                                                                              \
	X(KEY_FIND, "SELECT k.entry_id, e.id IS NULL, e.content_hash, e.keys_hash, e.n_keys,"      \
		    " e.gone"                                                                      \
		    " FROM entry_keys k LEFT JOIN entries e ON e.id = k.entry_id"                  \
		    " WHERE k.feed_id = ? AND k.hash = ?")                                         \
	X(ENTRY_NAMES, "SELECT content_hash, keys_hash, n_keys, published, created, url, title"    \
		       " FROM entries WHERE id = ?")                                               \
	X(ENTRY_TEXTS, "SELECT e.title, c.texts FROM entries e"                                    \
		       " LEFT JOIN contents c ON c.entry_id = e.id WHERE e.id = ?")                \
	X(KEY_INSERT, "INSERT OR IGNORE INTO entry_keys (feed_id, hash, entry_id)"                 \
		      " VALUES (?, ?, ?)")                                                         \
	X(KEY_TAKE, "INSERT OR REPLACE INTO entry_keys (feed_id, hash, entry_id)"                  \
		    " VALUES (?, ?, ?)")                                                           \
	X(ENTRY_INSERT, "INSERT INTO entries (content_hash, url, title, author, language,"         \
			" published, changed, created, feed_id, identity, keys_hash, n_keys,"      \
			" backfilled) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)")             \
	X(ENTRY_UPDATE,                                                                            \
		"UPDATE entries SET content_hash = ?, url = ?,"                                    \
		" title = ?, author = ?, language = ?, published = COALESCE(?, published),"        \
		" changed = ? WHERE id = ?")                                                       \
	X(ENTRY_KEYS, "UPDATE entries SET keys_hash = ?, n_keys = ? WHERE id = ?")                 \
	X(CONTENT_INSERT, "INSERT INTO contents (texts, entry_id) VALUES (?, ?)")                  \
	X(CONTENT_UPDATE, "UPDATE contents SET texts = ? WHERE entry_id = ?")                      \
	X(TAG_INSERT, "INSERT INTO entry_tags (entry_id, position, tag) VALUES (?, ?, ?)")         \
	X(TAGS_DELETE, "DELETE FROM entry_tags WHERE entry_id = ?")                                \
	X(ENCLOSURE_INSERT, "INSERT INTO enclosures (entry_id, position, url, mime_type, size)"    \
			    " VALUES (?, ?, ?, ?, ?)")                                             \
	X(ENCLOSURES_DELETE, "DELETE FROM enclosures WHERE entry_id = ?")                          \
	X(ENTRIES_PUBLISHED, "SELECT published FROM entries INDEXED BY entries_feed"               \
			     " WHERE feed_id = ? ORDER BY published DESC LIMIT ?")                 \
	/* of a feed that is there: the counters of another are gone */                            \
	X(ENTRY_FLAGS, "SELECT e.feed_id, status, starred FROM entries e"                          \
		       " JOIN feed_counters c ON c.feed_id = e.feed_id WHERE e.id = ?")            \
	X(ENTRY_SET_STATUS, "UPDATE entries SET status = ?, changed = ? WHERE id = ?")             \
	X(ENTRY_SET_STARRED, "UPDATE entries SET starred = ?, changed = ? WHERE id = ?")           \
	X(ENTRIES_UNREAD, "SELECT published, id FROM entries INDEXED BY entries_feed"              \
			  " WHERE feed_id = (SELECT feed_id FROM feed_counters WHERE feed_id = ?)" \
			  " AND (published, id) > (?, ?) AND status = 0 AND id <= ?"               \
			  " ORDER BY published, id LIMIT ?")                                       \
	/* revisions */                                                                            \
	X(ENTRY_VERSION, "SELECT e.url, e.title, e.author, c.texts FROM entries e"                 \
			 " JOIN contents c ON c.entry_id = e.id WHERE e.id = ?")                   \
	X(REVISIONS, "SELECT number, replaced, etag, updated, n_alike, whole, url, title, author," \
		     " texts FROM revisions WHERE entry_id = ? ORDER BY number")                   \
	X(REVISION_INSERT, "INSERT INTO revisions (entry_id, number, replaced, etag, updated, "    \
			   "size, whole, url,"                                                     \
			   " title, author, texts)"                                                \
			   " VALUES (?1, 1 + (SELECT COALESCE(MAX(number), 0) FROM revisions "     \
			   "WHERE entry_id = ?1),"                                                 \
			   " ?, ?, ?, ?, ?, ?, ?, ?, ?)")                                          \
	X(REVISION_ALIKE, "UPDATE revisions SET n_alike = n_alike + 1"                             \
			  " WHERE entry_id = ? AND number = ?")                                    \
	X(REVISIONS_SIZE,                                                                          \
		"SELECT COUNT(*), COALESCE(SUM(size), 0) FROM revisions WHERE entry_id = ?")       \
	X(REVISION_DROP, "DELETE FROM revisions WHERE entry_id = ?1 AND number = (SELECT number"   \
			 " FROM revisions WHERE entry_id = ?1 ORDER BY number LIMIT 1 OFFSET 1)")  \
	/* retention */                                                                            \
	X(PRESENCE, "SELECT ids, document FROM presences WHERE feed_id = ?")                       \
	X(PRESENCE_SET, "INSERT INTO presences (feed_id, ids, document) VALUES (?, ?, ?)"          \
			" ON CONFLICT (feed_id) DO UPDATE SET ids = excluded.ids, document = "     \
			"excluded.document")                                                       \
	X(PRESENCE_FORGET, "UPDATE presences SET document = 0 WHERE feed_id = ?")                  \
	X(ENTRY_GONE, "UPDATE entries SET gone = ? WHERE id = ?")                                  \
	X(ENTRIES_RETAIN,                                                                          \
		"SELECT id, gone FROM entries INDEXED BY entries_retain"                           \
		" WHERE feed_id = ? AND status = ? AND changed <= ? AND gone <= ? AND id <= ?"     \
		" AND gone > 0 AND starred = 0 ORDER BY changed LIMIT ?")                          \
	X(ENTRY_DELETE, "DELETE FROM entries WHERE id = ?")                                        \
	X(TOMBSTONE_INSERT, "INSERT INTO tombstones (entry_id, feed_id, seen) VALUES (?, ?, ?)")   \
	X(TOMBSTONE_SEEN, "UPDATE tombstones SET seen = ? WHERE entry_id = ? AND seen < ?")        \
	X(TOMBSTONES_OLD, "SELECT 1 FROM tombstones WHERE feed_id = ? AND seen < ? LIMIT 1")       \
	X(FORGETTING, "SELECT place = " HASH_END " FROM forgetting WHERE feed_id = ?")             \
	X(FORGETTING_BEGIN,                                                                        \
		"INSERT INTO forgetting (feed_id, seen_before, place, upto)"                       \
		" SELECT ?1, ?2, hash, hash FROM (SELECT hash FROM entry_keys WHERE feed_id = ?1"  \
		" UNION ALL SELECT " HASH_END " LIMIT 1)")                                         \
	X(FORGETTING_NEXT,                                                                         \
		"UPDATE forgetting SET upto = COALESCE((SELECT k.hash FROM entry_keys k"           \
		" WHERE k.feed_id = ?1 AND k.hash >= place ORDER BY k.hash LIMIT 1 OFFSET "        \
		"512), " HASH_END ") WHERE feed_id = ?1")                                          \
	X(FORGETTING_KEYS,                                                                         \
		"DELETE FROM entry_keys WHERE feed_id = ?1"                                        \
		" AND hash >= (SELECT place FROM forgetting WHERE feed_id = ?1)"                   \
		" AND hash < (SELECT upto FROM forgetting WHERE feed_id = ?1)"                     \
		" AND EXISTS (SELECT 1 FROM tombstones t WHERE t.entry_id = entry_keys.entry_id"   \
		" AND t.seen < (SELECT seen_before FROM forgetting WHERE feed_id = ?1))")          \
	X(FORGETTING_MOVE, "UPDATE forgetting SET place = upto WHERE feed_id = ?")                 \
	X(FORGETTING_TOMBSTONES,                                                                   \
		"DELETE FROM tombstones WHERE entry_id IN (SELECT entry_id FROM tombstones"        \
		" WHERE feed_id = ?1 AND seen < (SELECT seen_before FROM forgetting"               \
		" WHERE feed_id = ?1) LIMIT 256)")                                                 \
	X(FORGETTING_DONE, "DELETE FROM forgetting WHERE feed_id = ?")                             \
	X(LAST_ENTRY_ID, "SELECT seq FROM sqlite_sequence WHERE name = 'entries'")                 \
	X(ENTRY, ENTRY_ROW)                                                                        \
	X(TAGS, "SELECT tag FROM entry_tags WHERE entry_id = ? ORDER BY position")                 \
	X(ENCLOSURES, "SELECT position, url, mime_type, size FROM enclosures"                      \
		      " WHERE entry_id = ? ORDER BY position")                                     \
	/* dictionaries */                                                                         \
	X(DICTIONARY_FEED, "SELECT feed_id FROM feed_counters WHERE feed_id > ? ORDER BY feed_id " \
			   "LIMIT 1 OFFSET ?")                                                     \
	X(DICTIONARY_TEXTS,                                                                        \
		"SELECT c.texts FROM entries e INDEXED BY entries_feed JOIN contents c ON "        \
		"c.entry_id = e.id WHERE feed_id = ? ORDER BY published DESC LIMIT ?")             \
	X(DICTIONARY_INSERT, "INSERT INTO dictionaries (id, bytes, n_entries) VALUES (?, ?, ?)")   \
	X(DICTIONARY, "SELECT bytes FROM dictionaries WHERE id = ?")                               \
	X(DICTIONARY_NEWEST,                                                                       \
		"SELECT id, bytes, n_entries FROM dictionaries ORDER BY id DESC LIMIT 1")          \
	/* search */                                                                               \
	X(SEARCH_UPTO, "SELECT upto_id FROM search_state WHERE id = 1")                            \
	X(SEARCH_SET_UPTO, "UPDATE search_state SET upto_id = ? WHERE id = 1")                     \
	X(SEARCH_TEXT, "SELECT id, text, title, author, feed FROM search_source WHERE id = ?")     \
	X(SEARCH_TEXTS, "SELECT id, text, title, author, feed FROM search_source WHERE id > ?"     \
			" ORDER BY id")                                                            \
	/* Of values, not of a SELECT: FTS5 writes out what it has gathered before a statement     \
	 * that may insert several rows, and a segment an entry takes twice the time. */           \
	X(SEARCH_ADD,                                                                              \
		"INSERT INTO search (rowid, text, title, author, feed) VALUES (?, ?, ?, ?, ?)")    \
	X(SEARCH_REMOVE, "INSERT INTO search (search, rowid, text, title, author, feed)"           \
			 " VALUES ('delete', ?, ?, ?, ?, ?)")                                      \
	X(SEARCH_MERGE, "INSERT INTO search (search, rank) VALUES ('merge', ?)")                   \
	X(SEARCH_SEGMENTS, "SELECT block FROM search_data WHERE id = 10")                          \
	X(SEARCH_EMPTY, "INSERT INTO search (search) VALUES ('delete-all')")                       \
	X(SEARCH_SNIPPET, "SELECT snippet(search, 0, char(2), char(3), '…', 24) FROM search"     \
			  " WHERE search MATCH ?1 AND rowid <= ?2 AND rowid >= ?2"                 \
			  " ORDER BY rowid DESC")                                                  \
	X(SEARCH_COMMON,                                                                           \
		"SELECT COUNT(*) FROM (SELECT 1 FROM search WHERE search MATCH ? LIMIT ?)")        \
	X(SEARCH_RANGE, "SELECT COUNT(*), MIN(id), MAX(id) FROM (SELECT id FROM entries"           \
			" INDEXED BY entries_published WHERE published > ? AND published < ?"      \
			" LIMIT ?)")                                                               \
	X(SEARCH_UNREAD_FIRST, "SELECT id FROM entries INDEXED BY entries_unread"                  \
			       " WHERE status = 0 ORDER BY id LIMIT 1")                            \
	X(SEARCH_FEEDS_NAMED,                                                                      \
		"SELECT id FROM feeds WHERE CASE WHEN EXISTS (SELECT 1 FROM feeds WHERE id = ?1)"  \
		" THEN id = ?1 ELSE instr(lower(COALESCE(name, title, '') || ' ' || url),"         \
		" lower(?2)) > 0 END ORDER BY id")                                                 \
	X(SEARCH_FEEDS_OF_CATEGORY, "SELECT id FROM feeds WHERE category = ?"                      \
				    " ORDER BY id")                                                \
	/* digest editions */                                                                      \
	X(EDITION_UNPUBLISHED,                                                                     \
		EDITION_ROW " WHERE name = ? AND published = 0 ORDER BY id LIMIT 1")               \
	X(EDITION_LAST, EDITION_ROW " WHERE name = ? ORDER BY id DESC LIMIT 1")                    \
	X(EDITION_COVERED, "SELECT upto_id FROM digest_editions"                                   \
			   " WHERE name = ? AND published = 1 ORDER BY id DESC LIMIT 1")           \
	X(EDITION_LABEL, "SELECT id FROM digest_editions WHERE name = ? AND label = ?")            \
	X(EDITION_INSERT, "INSERT INTO digest_editions (name, label, after_id, upto_id, created)"  \
			  " VALUES (?, ?, ?, ?, ?)")                                               \
	X(EDITION_FOUND,                                                                           \
		"INSERT INTO digest_editions (name, label, after_id, upto_id, created, published)" \
		" SELECT ?1, ?2, MIN(?3, COALESCE(MAX(upto_id), 0)), ?3, ?4, 1"                    \
		" FROM digest_editions WHERE name = ?1"                                            \
		" HAVING COALESCE(MAX(label), '') < ?2")                                           \
	X(EDITION_PUBLISHED, "UPDATE digest_editions SET published = 1 WHERE id = ?")              \
	X(EDITIONS, EDITION_ROW " WHERE id > 0 AND published >= ? ORDER BY id DESC LIMIT ?")       \
	X(EDITIONS_OF, EDITION_ROW " WHERE name = ? AND published >= ? ORDER BY id DESC LIMIT ?")

enum statement {
#define X(id, sql) STATEMENT_##id,
	STATEMENT_LIST(X)
#undef X
		STATEMENT_COUNT
};

/* The SQL of a statement, static. */
const char *statement_sql(enum statement which);
/* Its name in the list, for messages and tests. */
const char *statement_name(enum statement which);

#endif
