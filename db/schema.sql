-- The database of courant, version 1. This file is step 1 of the migrations (db/migrate.c): it turns an empty file into version 1,
-- and it is never edited once released; what comes later stands in db/migrations/.
--
-- Conventions: times are UTC seconds, 0 for never. A text that was not said is NULL, never ''. Hashes of documents are
-- 16 bytes, NULL when unset; those of entries are half of that, as a number, 0 when unset (decision 89).
-- Which index serves which query is a table in db/entry_filter.c; tests/unit/test_statements.c reads the plan of every statement.

PRAGMA application_id = 1668248946; -- "cour"

-- A subscription, what its publisher says of it, and what the last fetch left behind.
CREATE TABLE feeds (
	id INTEGER PRIMARY KEY AUTOINCREMENT,
	url TEXT NOT NULL UNIQUE,
	name TEXT,
	category TEXT,
	interval INTEGER NOT NULL,
	allow_private INTEGER NOT NULL CHECK (allow_private IN (0, 1)),
	declared INTEGER NOT NULL CHECK (declared IN (0, 1)),
	disabled INTEGER NOT NULL CHECK (disabled IN (0, 1)),
	username TEXT, -- of a login given through the API
	password TEXT,
	cookie TEXT, -- likewise, and
	proxy TEXT, -- a URL, which may hold a password
	created INTEGER NOT NULL,
	-- the kinds of entry keys that turned out to repeat on different entries: bit enum entry_key_kind (db/trust.h)
	-- and 256 times those by which all that is known was not found again, once (db/renaming.h)
	distrusted INTEGER NOT NULL DEFAULT 0,
	-- fetch state
	etag TEXT,
	last_modified TEXT,
	validators_url TEXT,
	body_hash BLOB CHECK (length(body_hash) = 16),
	quarantine_hash BLOB CHECK (length(quarantine_hash) = 16),
	next_due INTEGER NOT NULL,
	due_reason TEXT NOT NULL DEFAULT 'new', -- the words of base/due.h
	due_wait INTEGER NOT NULL DEFAULT 0, -- seconds that the reason asked for
	-- how often it publishes: struct rhythm of base/due.h
	rhythm_entries REAL NOT NULL DEFAULT 0,
	rhythm_days REAL NOT NULL DEFAULT 0,
	rhythm_at INTEGER NOT NULL DEFAULT 0,
	rhythm_window INTEGER NOT NULL DEFAULT 0,
	retry_at INTEGER NOT NULL DEFAULT 0, -- the server asked for no request before (Retry-After)
	last_fetch INTEGER NOT NULL DEFAULT 0,
	last_success INTEGER NOT NULL DEFAULT 0,
	n_failures INTEGER NOT NULL DEFAULT 0,
	failing_since INTEGER NOT NULL DEFAULT 0,
	fail_stage TEXT, -- the words of base/status.h
	fail_status TEXT,
	fail_http_code INTEGER,
	fail_detail TEXT,
	ttl_minutes INTEGER NOT NULL DEFAULT -1,
	update_interval INTEGER NOT NULL DEFAULT -1,
	skip_hours INTEGER NOT NULL DEFAULT 0,
	skip_days INTEGER NOT NULL DEFAULT 0,
	gap_at INTEGER NOT NULL DEFAULT 0, -- when a document held nothing known, so that entries may have been missed
	mended TEXT, -- what the parser had to mend in the last document
	-- what the publisher says
	title TEXT,
	site_url TEXT,
	description TEXT,
	language TEXT,
	icon TEXT
) STRICT;
CREATE INDEX feeds_category ON feeds (category);
CREATE INDEX feeds_failing ON feeds (fail_status) WHERE fail_status IS NOT NULL;

-- Where permanent redirects led (refresh/moves.h): seen, adopted, undone. The loop numbers the moves of a feed from 0.
CREATE TABLE feed_moves (
	feed_id INTEGER NOT NULL REFERENCES feeds (id) ON DELETE CASCADE,
	number INTEGER NOT NULL,
	from_url TEXT NOT NULL, -- what was asked for
	to_url TEXT NOT NULL,
	n_seen INTEGER NOT NULL CHECK (n_seen > 0), -- fetches that were led there
	first_seen INTEGER NOT NULL,
	adopted INTEGER NOT NULL DEFAULT 0, -- since when the feed is fetched from there
	undone INTEGER NOT NULL DEFAULT 0,  -- when a person took that back
	PRIMARY KEY (feed_id, number)
) STRICT, WITHOUT ROWID;

-- The hub that a feed names, and our subscription to it (daemon/websub/).
CREATE TABLE websub (
	feed_id INTEGER PRIMARY KEY REFERENCES feeds (id) ON DELETE CASCADE,
	hub TEXT NOT NULL,
	topic TEXT NOT NULL, -- the feed's own URL, as the publisher gives it
	state TEXT NOT NULL, -- a word of websub/websub.h
	callback TEXT,       -- where the hub sends to, with a part that nobody can guess; NULL: never subscribed
	secret TEXT,         -- signs what the hub sends
	lease_until INTEGER NOT NULL DEFAULT 0,
	next_try INTEGER NOT NULL DEFAULT 0,
	n_failures INTEGER NOT NULL DEFAULT 0,
	detail TEXT          -- what went wrong last
) STRICT;

-- The hosts ("example.org:443") that asked for a rest (429), from when until when, and the pause between two requests that was learned
-- from it (fetch/rests.h). Rows go with the next one when nothing of the pause is left.
CREATE TABLE host_rests (
	host TEXT PRIMARY KEY,
	since INTEGER NOT NULL,
	until INTEGER NOT NULL,
	pause_ms INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX host_rests_until ON host_rests (until);

-- Hosts that want to be asked by https only (fetch/hsts.h), and until when.
CREATE TABLE https_hosts (
	host TEXT PRIMARY KEY,
	expires INTEGER NOT NULL,
	subdomains INTEGER NOT NULL CHECK (subdomains IN (0, 1))
) STRICT, WITHOUT ROWID;
CREATE INDEX https_hosts_expires ON https_hosts (expires);

-- Maintained, not counted; in tables of their own because every refresh rewrites a feed's row and every page of headlines reads a
-- count. Entries that are removed count nowhere.
CREATE TABLE feed_counters (
	feed_id INTEGER PRIMARY KEY REFERENCES feeds (id) ON DELETE CASCADE,
	n_entries INTEGER NOT NULL DEFAULT 0 CHECK (n_entries >= 0),
	n_unread INTEGER NOT NULL DEFAULT 0 CHECK (n_unread >= 0),
	n_starred INTEGER NOT NULL DEFAULT 0 CHECK (n_starred >= 0)
) STRICT;
CREATE INDEX feed_counters_unread ON feed_counters (feed_id) WHERE n_unread > 0;
CREATE TABLE totals (
	id INTEGER PRIMARY KEY CHECK (id = 1),
	n_entries INTEGER NOT NULL CHECK (n_entries >= 0),
	n_unread INTEGER NOT NULL CHECK (n_unread >= 0),
	n_starred INTEGER NOT NULL CHECK (n_starred >= 0)
) STRICT;
INSERT INTO totals VALUES (1, 0, 0, 0);

-- The clock, as of the last hour with a refresh, and since when it has not jumped (db/steady.h).
CREATE TABLE clock_watch (
	id INTEGER PRIMARY KEY CHECK (id = 1),
	seen INTEGER NOT NULL,
	since INTEGER NOT NULL
) STRICT;
INSERT INTO clock_watch VALUES (1, 0, 0);

-- What happened in each hour (UTC, hours since 1970), counted as it happens (db/tally.h); 400 days of it (LIMIT_TALLY_DAYS).
CREATE TABLE tallies (
	hour INTEGER NOT NULL,
	what TEXT NOT NULL, -- entries, fetches
	word TEXT NOT NULL, -- how: see db/tally.h
	n INTEGER NOT NULL CHECK (n > 0),
	PRIMARY KEY (hour, what, word)
) STRICT, WITHOUT ROWID;
-- Runs for the first of its kind in an hour only: what adds to a row updates it.
CREATE TRIGGER tallies_trim AFTER INSERT ON tallies BEGIN
	DELETE FROM tallies WHERE hour < NEW.hour - 400 * 24;
END;

-- AUTOINCREMENT: an id is the cursor of followers and digests, so that of a deleted entry never comes back.
CREATE TABLE entries (
	id INTEGER PRIMARY KEY AUTOINCREMENT,
	feed_id INTEGER NOT NULL, -- references none: the entries of a feed that was removed go in steps
	status INTEGER NOT NULL DEFAULT 0 CHECK (status IN (0, 1, 2)), -- unread, read, removed
	starred INTEGER NOT NULL DEFAULT 0 CHECK (starred IN (0, 1)),
	published INTEGER NOT NULL,
	created INTEGER NOT NULL,
	changed INTEGER NOT NULL,
	identity INTEGER NOT NULL,  -- the most trusted key it had when it was first stored
	content_hash INTEGER NOT NULL,
	keys_hash INTEGER NOT NULL, -- of all the keys the last document gave: equal means that none has to be added
	n_keys INTEGER NOT NULL,
	backfilled INTEGER NOT NULL DEFAULT 0 CHECK (backfilled IN (0, 1)), -- one of many old ones that came at once: no news
	gone INTEGER NOT NULL DEFAULT 0, -- since when it stands in its feed's document no longer; 0: it does
	url TEXT,
	title TEXT,
	author TEXT,
	language TEXT
) STRICT;
CREATE INDEX entries_published ON entries (published);
CREATE INDEX entries_status ON entries (status, published);
CREATE INDEX entries_unread ON entries (status) WHERE status = 0;
CREATE INDEX entries_feed ON entries (feed_id, published, id, status);
CREATE INDEX entries_starred ON entries (published) WHERE starred = 1;
-- What retention may take (db/retention.h), the longest untouched first.
CREATE INDEX entries_retain ON entries (feed_id, status, changed, gone) WHERE gone > 0 AND starred = 0;

-- Feeds that were removed and have entries, keys or tombstones left (db/removal.h): nobody reads them any more.
CREATE TABLE removals (
	feed_id INTEGER PRIMARY KEY
) STRICT;

-- The entries that a feed's document shows: ascending ids (db/presence.c).
CREATE TABLE presences (
	feed_id INTEGER PRIMARY KEY REFERENCES feeds (id) ON DELETE CASCADE,
	ids BLOB NOT NULL,
	document INTEGER NOT NULL -- its mark: one with the same brings nothing (decision 99); 0: none
) STRICT;

-- The long texts, apart from the entries, so that what looks for entries does not read through them.
CREATE TABLE contents (
	entry_id INTEGER PRIMARY KEY REFERENCES entries (id) ON DELETE CASCADE,
	texts BLOB -- guid, comments URL, summary, content, packed (db/packing.h); NULL: none
) STRICT;

-- What texts may be packed with; the newest is. None is ever changed, and none is removed while texts need it.
CREATE TABLE dictionaries (
	id INTEGER PRIMARY KEY CHECK (id BETWEEN 2 AND 9), -- LIMIT_DICTIONARIES of them
	bytes BLOB NOT NULL,
	n_entries INTEGER NOT NULL -- that there were when it was made (db/dictionary.h)
) STRICT;

-- What changed entries said before, the first version and the last ones (db/revisions.h).
CREATE TABLE revisions (
	entry_id INTEGER NOT NULL REFERENCES entries (id) ON DELETE CASCADE,
	number INTEGER NOT NULL, -- from 1, the oldest; those that were dropped leave a hole
	replaced INTEGER NOT NULL, -- when the next version was fetched
	etag TEXT, -- of the document that brought that one, and what the publisher says of when it was updated
	updated INTEGER NOT NULL,
	n_alike INTEGER NOT NULL DEFAULT 0, -- later versions that differed from this one in digits only, and were not kept
	size INTEGER NOT NULL, -- bytes of its texts
	whole INTEGER NOT NULL CHECK (whole IN (0, 1)), -- 0: summary and content were too long to be kept
	url TEXT,
	title TEXT,
	author TEXT,
	texts BLOB, -- summary, content, packed
	PRIMARY KEY (entry_id, number)
) STRICT, WITHOUT ROWID;

-- What is searched (db/search_text.h). The index keeps no text: it reads an entry's again through the view, when it takes the entry
-- out and when it shows a snippet. `feed` holds one word, the feed's id.
CREATE VIEW search_source (id, text, title, author, feed) AS
	SELECT e.id, search_text(c.texts), e.title, e.author, e.feed_id
	FROM entries e JOIN contents c ON c.entry_id = e.id;
CREATE VIRTUAL TABLE search USING fts5 (
	text, title, author, feed, -- the longest first: places in the first column take two bytes less an entry and word
	content = 'search_source', content_rowid = 'id', columnsize = 0, tokenize = 'courant'
);
-- Segments are merged by the writer, two of a level or more (db/search_index.h), never by FTS5 while it writes words out, which took
-- 40 ms: not after so many pages, and not at so many segments of a level (2,000 are the most it can have).
INSERT INTO search (search, rank) VALUES ('usermerge', 2), ('automerge', 0), ('crisismerge', 1000);
-- Entries are indexed in the order of their ids, behind the commits that bring them: up to this one so far.
CREATE TABLE search_state (
	id INTEGER PRIMARY KEY CHECK (id = 1),
	upto_id INTEGER NOT NULL
) STRICT;
INSERT INTO search_state VALUES (1, 0);

-- Identity: all the keys by which an entry was ever known, and so its aliases; the kind of a key is hashed into it. No reference
-- to entries on purpose: a key outlives its entry, as the tombstone that keeps it from coming back as new. None to feeds either: it
-- would be looked up for every key, and removing a feed says which keys go.
CREATE TABLE entry_keys (
	feed_id INTEGER NOT NULL,
	hash INTEGER NOT NULL,
	entry_id INTEGER NOT NULL,
	PRIMARY KEY (feed_id, hash)
) STRICT, WITHOUT ROWID;

-- The entries that retention took: for how long their keys stay.
CREATE TABLE tombstones (
	entry_id INTEGER PRIMARY KEY,
	feed_id INTEGER NOT NULL,
	seen INTEGER NOT NULL -- when the feed's document last had it, give or take a day
) STRICT;
CREATE INDEX tombstones_feed ON tombstones (feed_id, seen);

-- Feeds with tombstones that are being forgotten: their keys, of which a large feed has very many, are walked over in steps
-- (db/tombstones.c).
CREATE TABLE forgetting (
	feed_id INTEGER PRIMARY KEY REFERENCES feeds (id) ON DELETE CASCADE,
	seen_before INTEGER NOT NULL, -- tombstones that were last seen before this go
	place INTEGER NOT NULL, -- keys below this hash have been walked over, and those below `upto` come next
	upto INTEGER NOT NULL
) STRICT;

CREATE TABLE entry_tags (
	entry_id INTEGER NOT NULL REFERENCES entries (id) ON DELETE CASCADE,
	position INTEGER NOT NULL,
	tag TEXT NOT NULL,
	PRIMARY KEY (entry_id, position)
) STRICT, WITHOUT ROWID;

CREATE TABLE enclosures (
	entry_id INTEGER NOT NULL REFERENCES entries (id) ON DELETE CASCADE,
	position INTEGER NOT NULL,
	url TEXT NOT NULL,
	mime_type TEXT,
	size INTEGER NOT NULL, -- bytes, 0 unknown
	PRIMARY KEY (entry_id, position)
) STRICT, WITHOUT ROWID;

-- Each covers the entries with after_id < id <= upto_id; the editions of one digest join without a gap.
CREATE TABLE digest_editions (
	id INTEGER PRIMARY KEY AUTOINCREMENT,
	name TEXT NOT NULL,
	label TEXT NOT NULL,
	after_id INTEGER NOT NULL,
	upto_id INTEGER NOT NULL CHECK (upto_id >= after_id),
	created INTEGER NOT NULL,
	published INTEGER NOT NULL DEFAULT 0 CHECK (published IN (0, 1)),
	UNIQUE (name, label)
) STRICT;
CREATE INDEX digest_editions_name ON digest_editions (name);
