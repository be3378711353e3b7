/*
 * Every limit of courant in one place, each with its reason. Nothing else in the tree invents a
 * number that bounds what a publisher, a client or a configuration may make us hold or do.
 */
#ifndef COURANT_BASE_LIMITS_H
#define COURANT_BASE_LIMITS_H

#define KIB 1024u
#define MIB (1024u * 1024u)

/* Documents. The largest honest feeds seen are podcasts with complete archives: 5 to 20 MB. */
/* Decoded bytes of one body, unless max_body says otherwise. */
#define LIMIT_BODY_DEFAULT (10 * MIB)
/* What max_body may be set to: a body is held in memory twice. */
#define LIMIT_BODY_MAX (64 * MIB)
/* Open elements; real feeds with inline XHTML stay below 40. */
#define LIMIT_XML_DEPTH 256
/* Attributes of one tag, namespace declarations among them, and declarations in force: comparing
 * each with all others stays cheap. Podcast hosts declare 40 namespaces at the root. */
#define LIMIT_ATTRIBUTES 256
#define LIMIT_NAMESPACES 256
/* Attributes that a document's own DTD declares: libxml2 puts them into every tag. */
#define LIMIT_DECLARED_ATTRIBUTES 16
/* Bytes of a document's own DTD, which libxml2 does not read in linear time: HTML's 253 entities
 * take 10 KiB. */
#define LIMIT_DTD (64 * KIB)
/* Kept depth of sanitised HTML; deeper elements lose their tags. */
#define LIMIT_HTML_DEPTH 256
/* Entries of one document; complete archives reach 10,000. */
#define LIMIT_ENTRIES 20000
/* Memory of one parsed document, 4 x the largest body. */
#define LIMIT_DOC_ARENA (256 * MIB)
/* Bytes of a title after clean-up; longer ones are cut with an ellipsis. */
#define LIMIT_TITLE (4 * KIB)
/* Bytes of names, tags, generators, rights and other short texts. */
#define LIMIT_NAME (1 * KIB)
/* Bytes of a plain-text summary. */
#define LIMIT_SUMMARY (64 * KIB)
/* Bytes of one entry's sanitised HTML. */
#define LIMIT_CONTENT (2 * MIB)
/* Bytes of a URL: RFC 9110 4.1 asks for 8000 octets at least. */
#define LIMIT_URL (8 * KIB)
/* Bytes of a guid: some publishers put a URL with a query there. */
#define LIMIT_ID (8 * KIB)
/* Authors, tags, links, attachments of one entry, each. */
#define LIMIT_PER_ENTRY 256
/* Bytes of the feed's authors, said again at every entry that has none of its own: 20,000 entries
 * by two people with an address. */
#define LIMIT_INHERITED (4 * MIB)
/* Keys by which one entry is known; guids that change with every request fill them up and stop
 * there. */
#define LIMIT_ENTRY_KEYS 32
/* Texts that a document must have in common with the one before it, and seconds that this one may
 * have been stored, to be taken for the same entries under other names: what a daily menu or a
 * weekly thread repeats is fewer, or later. */
#define LIMIT_RENAMED_MASS 3
#define LIMIT_RENAMED_AGE (12 * 3600)
/* Entries of one text that are compared with another of that text. */
#define LIMIT_RENAMED_EQUAL 16
/* Unknown entries of one document that are so many seconds older than the last time the feed was
 * read, above which they are no news: a site that moved shows years of posts again, while a few may
 * have been late. */
#define LIMIT_BACKFILL_ENTRIES 10
#define LIMIT_BACKFILL_AGE (7 * 86400)
/* Versions of a changed entry that are kept, their bytes, and those of the largest: what a feed
 * whose entries change with every poll may fill the disk with. Articles take 5 to 20 KiB. */
#define LIMIT_REVISIONS 10
#define LIMIT_REVISIONS_BYTES (256 * KIB)
#define LIMIT_REVISION_BYTES (64 * KIB)
/* Bytes of an entry's long texts together: plain text becomes six times as long as HTML at most. */
#define LIMIT_PACKED (13 * MIB)
/* Of memory for packing and unpacking them that is kept from one entry to the next. */
#define LIMIT_PACKING_KEPT (256 * KIB)
/* Bytes of a dictionary, and how many a database may have: each is made of ten times as many
 * entries as the one before. In memory one takes 57 KiB to read and 170 KiB to write with. */
#define LIMIT_DICTIONARY (32 * KIB)
#define LIMIT_DICTIONARIES 8
/* Entries of which the first one is made, those that are looked at for one, and the bytes of each:
 * more of them, or more of each, make no better one. */
#define LIMIT_DICTIONARY_ENTRIES 2000
#define LIMIT_DICTIONARY_SAMPLES 1000
#define LIMIT_DICTIONARY_SAMPLE (1 * KIB)
/* How long the writer takes samples before it looks for requests again; making one of them takes
 * 10 ms. */
#define LIMIT_DICTIONARY_MS 10
/* Numbers of one entry's shape: the outline of a country has fewer. */
#define LIMIT_GEO_NUMBERS 4096
/* Warnings of one document; the rest are counted in the last one. */
#define LIMIT_WARNINGS 64
/* Findings of lint in one document: what a person might still scroll through; the rest are counted.
 */
#define LIMIT_FINDINGS 10000
/* General entities that one document may declare, bytes of the text of each: HTML has 253, and an
 * abbreviated address is no longer. */
#define LIMIT_ENTITIES 256
#define LIMIT_ENTITY_TEXT (1 * KIB)
/* Bytes that all references to them may add to one document: 700,000 declared &nbsp;. */
#define LIMIT_ENTITY_USE (4 * MIB)

/* Feeds that one page may announce; a forum has one a board, and nobody chooses among more. */
#define LIMIT_PAGE_FEEDS 100
/* Feeds of one OPML file: what courant is made for. */
#define LIMIT_LISTED 100000
/* Outlines inside one another: folders in folders, ten times over. */
#define LIMIT_OPML_DEPTH 100
/* One OPML file: 100,000 feeds take about 25 MiB. */
#define LIMIT_OPML (32 * MIB)
/* Memory of what was read in it: names and addresses are copied once. */
#define LIMIT_LISTING_ARENA (96 * MIB)

/* Sizes, durations and periods that a document claims, in its own unit: what a double, and so JSON,
 * holds exactly. */
#define LIMIT_NUMBER ((int64_t)1 << 53)

/* ---- HTTP. ---- */
/* All header bytes of one response. */
#define LIMIT_HEADERS (256 * KIB)
/* An ETag or Last-Modified longer than that is not kept. */
#define LIMIT_VALIDATOR (4 * KIB)
/* Hops of one fetch (etiquette: 302, 303, 307). */
#define LIMIT_REDIRECTS 5
/* Bytes of a Content-Type that the parser is told: a type and its parameters take 100. */
#define LIMIT_CONTENT_TYPE (1 * KIB)
/* One header field that a feed sets, and a password: what servers take as a rule. */
#define LIMIT_HEADER_FIELD (8 * KIB)
/* A file with a password, a token or header fields. */
#define LIMIT_SECRET (64 * KIB)
/* Hosts known to want https only, and the longest that this is believed, in seconds: two years, as
 * browsers' lists ask for. */
#define LIMIT_HSTS_HOSTS 10000
#define LIMIT_HSTS_AGE (730 * 86400)
/* Seconds by which that may have grown without being written down. */
#define LIMIT_HSTS_SLACK 86400
/* Time to connect, TLS included. */
#define LIMIT_CONNECT_MS 20000
/* Bytes of a redirect's or an error's body that are read away to keep the connection. */
#define LIMIT_DISCARD (64 * KIB)
/* Seconds that an address is remembered: a redirect to the same host, and a burst of 10,000 hosts,
 * in which libcurl's 60 s take half of the loop's time. */
#define LIMIT_DNS_CACHE_S 2
/* Names being resolved at a time: each is a thread inside libcurl. */
#define LIMIT_RESOLVES 32
/* A transfer is quiet that has not brought so many bytes so long after its start, or so many more
 * for so long: it uses neither the line nor the processor, so another may begin beside it. At such
 * a rate a feed of 60 KB does not come within the time-out of 60 s. */
#define LIMIT_QUIET_BYTES KIB
#define LIMIT_SILENT_MS 200
#define LIMIT_QUIET_MS 1000
/* Quiet transfers at a time, beside poll.concurrency: a descriptor and some 20 KiB each; 5 % of
 * 10,000 feeds. */
#define LIMIT_QUIET 512
/* Descriptors that the daemon asks for at its start (the usual soft limit is 1024): the quiet, 256
 * slots, kept connections, clients, and room. */
#define LIMIT_DESCRIPTORS 2048
/* Bytes of all bodies on their way, above which no new transfer begins: 16 of the largest. */
#define LIMIT_FETCHING_BYTES (160 * MIB)
/* Open connections kept for the next request, all hosts together: about 50 KiB each with TLS. */
#define LIMIT_IDLE_CONNECTIONS 64
/* With no transfer for so long, connections and handles are let go: servers drop them about then.
 */
#define LIMIT_KEEPALIVE_MS 60000
/* Fetches, and seconds from the first to the last, that must see the same permanent redirect before
 * the feed is fetched from there (etiquette: 301, 308): a hotel's or a broken proxy's is gone by
 * then. */
#define LIMIT_MOVE_SEEN 3
#define LIMIT_MOVE_AGE (48 * 3600)
/* Seconds for which a move that a person took back is not made again. */
#define LIMIT_MOVE_REFUSED (90 * 86400)
/* Moves of one feed that are kept; one that moves on for ever stays where it is then. */
#define LIMIT_MOVES 64
/* Seconds that a host rests at least after a 429 that does not say how long; up to twice of it, by
 * chance (etiquette: 1 to 2 h). */
#define LIMIT_HOST_REST 3600
/* Hosts whose rests are remembered: redirects of a hostile feed can name many. */
#define LIMIT_HOST_RESTS 1024
/* Milliseconds between two starts that a host's 429s are at most taken to ask for: five minutes
 * bring a hundred feeds through in a day. And what is doubled at first, where less is configured.
 */
#define LIMIT_HOST_PAUSE 300000
#define LIMIT_HOST_PAUSE_LEAST 1000
/* Seconds without a 429 after which half of that is enough, and after which nothing of it is left:
 * a host with a limit for good is to answer 429 once a week, not once a day. */
#define LIMIT_HOST_PAUSE_HALVES (7 * 86400)
#define LIMIT_HOST_PAUSE_KEPT (8 * LIMIT_HOST_PAUSE_HALVES)

/* Feeds that begin in one second when many fall due together, and seconds in which all must get
 * through, however many they are: 100,000 begin 166 a second then. */
#define LIMIT_SPREAD_RATE 10
#define LIMIT_SPREAD_S 600
/* Seconds by which a feed may come late for its turn: more is no busy loop but a suspend, or an
 * offline time, and those who missed theirs would begin together. */
#define LIMIT_SPREAD_LATE 10
/* Earlier pages of a feed (RFC 5005) that are read for one gap. */
#define LIMIT_GAP_PAGES 10
/* Hosts in a row that cannot be reached, and nobody between, before it is taken for our fault. */
#define LIMIT_OFFLINE_HOSTS 5
/* Seconds from one probe to the next while offline: the first and the longest wait. */
#define LIMIT_OFFLINE_PROBE 30
#define LIMIT_OFFLINE_PROBE_MOST 300

/* ---- exec: feeds. ---- */
/* Words of one command: what needs more is a script. */
#define LIMIT_EXEC_WORDS 64
/* Private memory that one of its processes may write to (RLIMIT_DATA), and the largest file it may
 * write. */
#define LIMIT_EXEC_MEMORY (1024 * MIB)
#define LIMIT_EXEC_FILE (256 * MIB)
/* Descriptors of one of its processes. */
#define LIMIT_EXEC_FILES 256

/* ---- WebSub. ---- */
/* Seconds between two fetches of a feed whose hub tells what is new: a day without news is what a
 * hub that fails without a word may cost. */
#define LIMIT_WEBSUB_POLL 86400
/* Seconds of the lease that is asked for, and the longest that is believed. */
#define LIMIT_WEBSUB_LEASE (10 * 86400)
#define LIMIT_WEBSUB_LEASE_MAX (30 * 86400)
/* Seconds that a hub has to verify what was asked of it. */
#define LIMIT_WEBSUB_VERIFY 3600
/* First and longest wait, in seconds, after a hub failed; and after it refused. */
#define LIMIT_WEBSUB_RETRY 3600
#define LIMIT_WEBSUB_RETRY_MAX 86400
#define LIMIT_WEBSUB_DENIED (7 * 86400)
/* Connections that hubs may have open at a time: each may hold a body of poll.max_body, once it
 * named a subscription. */
#define LIMIT_WEBSUB_CONNECTIONS 64
/* Seconds that one of them may be silent, and may last. */
#define LIMIT_WEBSUB_IDLE_S 20
#define LIMIT_WEBSUB_REQUEST_S 120
/* Bytes of a hub.challenge: hubs send 30 to 100. */
#define LIMIT_WEBSUB_CHALLENGE (4 * KIB)

/* ---- Worker processes. ---- */
/* One frame: the largest body, or the largest document. */
#define LIMIT_FRAME (320 * MIB)
/* Wall time of one parse; 64 MiB takes about 2 s. */
#define LIMIT_PARSE_MS 20000
/* RLIMIT_CPU step of a worker for one job. */
#define LIMIT_PARSE_CPU_S 30
/* RLIMIT_AS of a worker: body + arena + libraries. */
#define LIMIT_WORKER_MEMORY (768 * MIB)
#define LIMIT_WORKERS 64
/* Wall time from a worker's start to its closed sandbox; 20 ms on an idle machine. */
#define LIMIT_WORKER_START_MS 10000
/* A worker without work for that long is dismissed: an idle daemon holds no parser. */
#define LIMIT_WORKER_IDLE_S 60
/* Documents that one worker reads before a new one takes its place: what a parser that was taken
 * over, or that leaks, gets hold of. A new one costs 20 ms. */
#define LIMIT_WORKER_JOBS 1000
/* Processes that one document may cost before it is given up. */
#define LIMIT_PARSE_ATTEMPTS 2
/* Workers that fail to start in a row before jobs are answered instead of trying on at once. */
#define LIMIT_WORKER_STARTS 3
/* Longest wait between two tries to start a worker then, in seconds. */
#define LIMIT_WORKER_BACKOFF_S 60

/* Bytes of bodies at the parsers and the store, or waiting for them, above which no new transfer
 * begins; half of it when they are many, since one that is large or slow to read must not keep
 * everybody waiting, and so many more are no use. */
#define LIMIT_HELD_BYTES (16 * MIB)
#define LIMIT_HELD_DOCS 32

/* ---- The service. ---- */
/* SIGTERM to exit. */
#define LIMIT_STOP_MS 5000
/* Longest time for which upkeep (retention, removal, marking, shrinking, indexing, checkpoints)
 * keeps the writer from looking at its next request: `make bench-writer` measures it. The steps
 * below are shares of it. */
#define LIMIT_HOLD_MS 50
/* Longest wait of a committed document for company; the last of the group and the commit come on
 * top. */
#define LIMIT_GROUP_COMMIT_MS 20
#define LIMIT_GROUP_COMMIT_DOCS 64
#define LIMIT_LOG_LINE (4 * KIB)
/* How long the writer indexes for the search before it looks for requests again (FTS5 writes the
 * words out after that, which takes half as long again), and after which time of requests without
 * a pause it does so all the same: a thirtieth of the time is the index's, so that storing is
 * hardly slower. The group of requests before such a turn is a short one. */
#define LIMIT_SEARCH_STEP_MS 12
#define LIMIT_BEHIND_MS 500
#define LIMIT_GROUP_SHORT_MS 10
/* How long the writer merges segments of the search index before it looks for requests again, and
 * pages after which it looks at the clock. FTS5 parts no word: the commonest takes 100 ms at a
 * million entries (decision 90). */
#define LIMIT_SEARCH_MERGE_MS 10
#define LIMIT_SEARCH_MERGE_PAGES 16
/* Segments above which they are merged under any load, too: a step reads from all of a level, and
 * a search from all there are. */
#define LIMIT_SEARCH_SEGMENTS 24
/* Groups of requests, or steps of indexing, after which the writer looks whether there is something
 * to merge once it has nothing else to do: each wrote one segment at most, and merging these few at
 * once costs a commit or two. */
#define LIMIT_SEARCH_UNMERGED 8
/* Bytes of an entry's text that are searched: a book's chapter, and indexed in 18 ms, the writer
 * being held for all of it; the 2 MiB that a text may have take 185. */
#define LIMIT_SEARCH_TEXT (128 * KIB)
/* A search looks at the newest entries that match: to sort or count all that have "the" takes
 * seconds. */
#define LIMIT_SEARCH_MATCHES 2000
/* How long a search may take: where many entries have the words and few of them fit the rest, it
 * would look at all of them, and a reader thread serves others, too. */
#define LIMIT_SEARCH_MS 2000
/* Matches from which on it pays to know between which ids the others are: each that is looked up
 * reads a page of entries (5 us), while counting so many takes 0.3 ms. And the entries of a range
 * of dates whose ids are looked at for that: 20 ms, in place of up to 280 at a million entries. */
#define LIMIT_SEARCH_COMMON 4000
#define LIMIT_SEARCH_RANGE 200000
/* A query; the feeds of a filter of it that the index is asked for, above which each match is held
 * against the set of them (111 in the expression take 48 ms, 1,000 in a set 8); and the feeds of
 * such a set. */
#define LIMIT_SEARCH_QUERY 1024
#define LIMIT_SEARCH_FEEDS 16
#define LIMIT_SEARCH_SET 100000
/* Days for which the tallies of statistics are kept, as in db/schema.sql: a year, and a month to
 * compare it with. */
#define LIMIT_TALLY_DAYS 400
/* An entry that was published so many seconds before it came is of an archive, no news. */
#define LIMIT_TALLY_LATE (7 * 86400)
/* Feeds that statistics name. */
#define LIMIT_STATS_FEEDS 10
/* Entries beyond what came in, and milliseconds, that retention may take in one refresh: the
 * refreshes behind it in the queue wait for it. Writing the words of these entries to the search
 * index takes about half as long again. */
#define LIMIT_RETAIN_STEP 200
#define LIMIT_RETAIN_MS 5
/* Milliseconds that forgetting tombstones may take in one refresh, and a step of giving pages back.
 */
#define LIMIT_FORGET_MS 8
#define LIMIT_SHRINK_MS 5
/* Milliseconds that a step of removing a feed, which writes to the search index as retention does,
 * or of marking entries as read, may take; entries that one of the latter reads ahead. */
#define LIMIT_REMOVAL_MS 5
#define LIMIT_MARK_MS 12
#define LIMIT_MARK_STEP 256
/* Seconds between two refreshes, stops of the daemon included, after which the clock, which may be
 * wrong, takes nothing for its age until it has gone on for so many seconds: time to set it. */
#define LIMIT_STEADY_JUMP (30 * 86400)
#define LIMIT_STEADY 86400
/* Seconds that an entry outlives its place in the document: an empty one may be an accident. */
#define LIMIT_RETAIN_GRACE 86400
/* Entries of a feed that tell its rhythm when it has fallen silent. */
#define LIMIT_PULSE 50
/* Seconds after which a purged entry that no document shows is forgotten: the rest of the year in
 * which publishers dig up old entries when they move. */
#define LIMIT_TOMBSTONE (180 * 86400)
/* Free pages (of 4 KiB) of the database that stay for what comes next. */
#define LIMIT_FREE_PAGES 1024
/* KiB of pages that the writer keeps while it works: a group of commits touches 2,700 pages of a
 * million entries, and what does not fit is written twice. */
#define LIMIT_WRITER_CACHE 16384
/* Without work for so long, a connection gives back its memory: a burst leaves its marks all over
 * the heap, and the pauses of a burst are shorter. */
#define LIMIT_REST_MS 3000
/* Bytes from which on a block is mapped by itself and goes back to the kernel at once: above the
 * documents of most feeds, whose memory is better used again. */
#define LIMIT_HEAP_BLOCK (512 * (int)KIB)
/* A page of the database: SQLite's default. */
#define LIMIT_PAGE_SIZE 4096
/* Pages of the log from which on it is copied into the database; and bytes beyond which somebody
 * holds it, which is told. */
#define LIMIT_LOG_PAGES 1000
#define LIMIT_LOG_HELD (64 * MIB)
/* Pages of it that the writer copies itself to let the log begin anew: 3 ms of the processor. */
#define LIMIT_LOG_REST 500
/* Pages that a copy of the database takes in one step, and steps after which they are synced: 64
 * MiB at once would keep commits waiting for the disk. */
#define LIMIT_BACKUP_PAGES 256
#define LIMIT_BACKUP_STEPS 8
/* Bytes to which the log, which no checkpoint can cut meanwhile, may grow until a copy is given up:
 * at 5 MiB written a second, a copy may take almost a minute. */
#define LIMIT_BACKUP_LOG (256 * MIB)
/* Bytes that a copy leaves free beside itself. */
#define LIMIT_BACKUP_ROOM (64 * MIB)
/* Copies that are kept at most. */
#define LIMIT_BACKUPS 1000
/* Seconds until a copy that failed (a full disk) is tried again, and after the start until one that
 * was missed is made. */
#define LIMIT_BACKUP_RETRY 3600
#define LIMIT_BACKUP_LATE 300
/* Ids that are left out after a restore: more than entries can have come since the copy. */
#define LIMIT_RESTORE_IDS 10000000
/* Seconds between two looks at the planner's statistics. */
#define LIMIT_OPTIMIZE_S (6 * 3600)
/* Seconds from one try of a full disk to the next: the first and the longest wait. */
#define LIMIT_FULL_PROBE 10
#define LIMIT_FULL_PROBE_MOST 300
/* Detail text of a failure, terminator included. */
#define LIMIT_DETAIL 256
/* Body of an API request. */
#define LIMIT_API_BODY (1 * MIB)
#define LIMIT_API_CONNECTIONS 256
/* Entries of one API answer: limit= is clamped to it, and says so. */
#define LIMIT_API_ENTRIES 10000
/* Entries of an answer that is quick: more wait among those that take long (db/query.h). */
#define LIMIT_QUICK_ENTRIES 1000
/* Bytes of one API answer: it is held in memory until the client has read it. */
#define LIMIT_API_ANSWER (64 * MIB)
/* Followers at a time: they must leave connections for everybody else. */
#define LIMIT_API_FOLLOWERS 128
/* Entries, and bytes, that are held for one follower at a time, however slow it reads. */
#define LIMIT_API_BATCH 64
#define LIMIT_API_BATCH_BYTES (256 * KIB)
/* Ids that one read for a follower looks through: bounds its time on a large database. */
#define LIMIT_API_BATCH_IDS 4096
/* Memory of one connection: its request's headers and the answer's. */
#define LIMIT_API_CONNECTION_MEMORY (32 * KIB)
/* Seconds that a connection may neither send nor read before it is closed. */
#define LIMIT_API_IDLE_S 60
/* Seconds between two comments on a stream that has nothing else to say. */
#define LIMIT_API_HEARTBEAT_S 30

/* Microseconds of a turn on the processor of threads that somebody waits for: the least that Linux
 * takes, and about what a question needs. */
#define LIMIT_TURN_US 100

/* ---- The configuration. ---- */
/* One file: 100,000 feeds take about 12 MiB. */
#define LIMIT_CONF_FILE (32 * MIB)
/* Files inside files: feeds.conf, a file per topic, and room. */
#define LIMIT_CONF_DEPTH 8
/* All files of one configuration. */
#define LIMIT_CONF_FILES 1000
/* Messages told at once; the rest are counted. */
#define LIMIT_CONF_MESSAGES 100
/* What poll.concurrency may be: above it a home router's connection table suffers, not we. */
#define LIMIT_CONCURRENCY 256
/* What poll.per_host may be: RFC 9112 9.4 asks clients to be few. */
#define LIMIT_PER_HOST 6
/* What a host section may set for hosts that are all on this machine: nobody else is disturbed. */
#define LIMIT_PER_HOST_LOOPBACK LIMIT_CONCURRENCY
/* Names in one host section. */
#define LIMIT_HOST_NAMES 256
/* Stories with a summary in one edition; the others are listed below them. */
#define LIMIT_DIGEST_STORIES 10000
/* All text of one edition; the titles of 200,000 entries. */
#define LIMIT_DIGEST_TEXT (64 * MIB)
/* One file of an edition: markup and escapes make at most six bytes of one. */
#define LIMIT_DIGEST_FILE (512 * MIB)
/* Bytes of a title and a link there: a few lines, and what programs can still open. */
#define LIMIT_DIGEST_TITLE 512
#define LIMIT_DIGEST_URL (4 * KIB)
/* Columns of a summary, a paragraph, and of the title that an untitled entry gets. */
#define LIMIT_DIGEST_SUMMARY 420
#define LIMIT_DIGEST_MAKESHIFT 100
/* Bytes of a content that are looked at for them. */
#define LIMIT_DIGEST_CONTENT (8 * KIB)
/* Entries of an edition read in one statement: some milliseconds. */
#define LIMIT_DIGEST_PAGE 1000
/* Seconds until an edition that failed (a full disk) is tried again. */
#define LIMIT_DIGEST_RETRY 600
/* Seconds that a daily digest is ahead at most, daylight saving included: one that is further was
 * left there when the clock was set back. */
#define LIMIT_DIGEST_AHEAD (26 * 3600)

/* ---- The client. ---- */
/* One answer of the daemon: LIMIT_API_ENTRIES entries of 25 KiB, ten times what is usual. */
#define LIMIT_CLIENT_RESPONSE (256 * MIB)
/* What is collected before it is printed: an answer, written as indented JSON. */
#define LIMIT_CLIENT_OUTPUT (768 * MIB)
/* To connect, and until a whole answer is there (the daemon stops a slow query earlier). */
#define LIMIT_CLIENT_CONNECT_MS 5000
#define LIMIT_CLIENT_ANSWER_MS 60000
/* A stream without a byte for three keep-alive comments is dead. */
#define LIMIT_CLIENT_SILENCE_S 95
/* Longest pause between two attempts to take up a stream again. */
#define LIMIT_CLIENT_RETRY_MS 15000
/* One event of a stream: an entry of which every byte became a JSON escape of six. */
#define LIMIT_CLIENT_EVENT (16 * MIB)
/* A digest file: 80 stories with their summaries stay far below. */
#define LIMIT_CLIENT_DIGEST (64 * MIB)
/* Nested lists and quotations of an entry that are still indented in the terminal. */
#define LIMIT_TEXT_LEVELS 12
/* Columns of an entry's table that are still aligned in the terminal: each takes four of its. */
#define LIMIT_TEXT_COLUMNS 32
/* Words that two versions of an entry may differ in until they count as two texts: comparing them
 * takes the square of it in numbers, 16 MB. */
#define LIMIT_DIFF_WORDS 2000
/* Entries or feeds named on one command line. */
#define LIMIT_CLIENT_ARGS 10000

/* ---- Time, in seconds. ---- */
/* 15 min: what other people's servers are spared (etiquette P3). */
#define LIMIT_INTERVAL_FLOOR 900
/* Most a server's own wish may postpone a fetch (etiquette P1). */
#define LIMIT_SERVER_FLOOR (7 * 86400)
/* One refresh by hand in 10 min a feed (etiquette C7). */
#define LIMIT_MANUAL_REFRESH 600

#endif
