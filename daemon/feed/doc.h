/*
 * What one document says, as plain data: the parser makes it, the wire carries it, the database
 * stores it. No XML or HTML library shows here. Every string is NUL-terminated valid UTF-8 in the
 * document's arena; NULL is "not said". Short texts (titles, names, tags) are plain, single-line
 * and safe (base/text.h); content_html is sanitised.
 *
 * `struct feed_doc` and all it points to live in `arena`: feed_doc_free() is the one free.
 */
#ifndef COURANT_FEED_DOC_H
#define COURANT_FEED_DOC_H

#include "base/arena.h"
#include "base/hash.h"

#include <limits.h>
#include <stdbool.h>
#include <stdint.h>

#define FEED_NO_DATE INT64_MIN /* a date that was not given, or was impossible */
#define FEED_UNKNOWN (-1)      /* a number that was not given */

enum feed_format {
	FEED_FORMAT_UNKNOWN,
	FEED_FORMAT_RSS090,
	FEED_FORMAT_RSS091,
	FEED_FORMAT_RSS092,
	FEED_FORMAT_RSS10,
	FEED_FORMAT_RSS20,
	FEED_FORMAT_ATOM03,
	FEED_FORMAT_ATOM10,
	FEED_FORMAT_JSON10,
	FEED_FORMAT_JSON11,
	FEED_FORMAT_CDF,
	FEED_FORMAT_COUNT
};
/* "rss2.0", "atom1.0", "json1.1", ...: static, never NULL. */
const char *feed_format_name(enum feed_format format);

struct feed_person {
	const char *name, *email, *url;
};

struct feed_link {
	const char *rel; /* never NULL: "alternate" when not said (RFC 4287 4.2.7.2) */
	const char *href;
	const char *type, *title, *hreflang;
};

struct feed_tag {
	const char *term, *scheme, *label;
};

struct feed_attachment {
	const char *url; /* never NULL */
	const char *mime_type, *title;
	int64_t size_in_bytes;       /* FEED_UNKNOWN */
	int64_t duration_in_seconds; /* FEED_UNKNOWN */
};

struct feed_source { /* where the entry was first published (RSS source, Atom source) */
	const char *title, *url;
};

struct feed_chapter { /* of a recording (Podlove Simple Chapters) */
	int64_t start_seconds;
	const char *title, *url, *image;
};

/* What a podcast, or an episode, says of itself to players (itunes, podcast). */
struct feed_podcast {
	const char *type; /* episodic, serial; of an episode full, trailer, bonus: as published */
	const char *new_feed_url;
	int64_t season, episode;    /* FEED_UNKNOWN */
	int8_t explicit_language;   /* 1: for adults, 0: for everybody, FEED_UNKNOWN */
	bool complete, not_indexed; /* nothing more will come; asks directories to leave it out */
	bool closed_captioned;
};

struct feed_geo {              /* as in GeoJSON (RFC 7946); not sent to the daemon */
	const char *type;      /* "Point", "LineString", "Polygon", "Box"; NULL: no place */
	const double *numbers; /* longitude, latitude and, with 3 dimensions, height, of one point
				  after the other */
	size_t n_numbers;
	unsigned dimensions; /* 2 or 3 */
};

/* What two entries are compared by, most trusted first (DESIGN 6). The order of the enum is the
 * order of trust. */
enum entry_key_kind {
	ENTRY_KEY_GUID,          /* guid or id, verbatim */
	ENTRY_KEY_GUID_NOSCHEME, /* the same without http(s): publishers move to https */
	ENTRY_KEY_LINK,          /* canonical link */
	ENTRY_KEY_LINK_TITLE,    /* canonical link and title */
	ENTRY_KEY_TITLE_CONTENT, /* title and content: for entries with neither guid nor link */
	ENTRY_KEY_COUNT
};
#define ENTRY_IDENTITY_VERSION 1 /* raise it when a key of an unchanged entry would change */

struct feed_entry {
	const char *guid; /* verbatim, any characters but controls; NULL when empty */
	bool guid_is_permalink;
	const char *url, *external_url, *comments_url, *image;
	const char *title, *summary, *content_html, *content_text;
	const char *language, *rights;
	int64_t published, updated; /* UTC seconds, FEED_NO_DATE */
	struct feed_source source;
	int64_t comments_count; /* FEED_UNKNOWN */
	struct feed_geo geo;
	struct feed_chapter *chapters; /* not sent to the daemon */
	size_t n_chapters;
	const struct feed_podcast *podcast; /* NULL; not sent to the daemon */
	struct feed_person *authors, *contributors;
	struct feed_tag *tags;
	struct feed_link *links;
	struct feed_attachment *attachments;
	size_t n_authors, n_contributors, n_tags, n_links, n_attachments;
	struct hash keys[ENTRY_KEY_COUNT]; /* unset: not to be had, or not to be trusted in this
					      document */
	struct hash content_hash; /* of everything a reader would notice; dates are left out */
};

struct feed_doc {
	struct arena arena;
	enum feed_format format;
	const char *encoding; /* as decoded, upper case as IANA has it ("UTF-8", "windows-1252") */
	bool partial; /* set by who asked: what is not in it says nothing (a hub sends news only) */
	bool well_formed; /* false: read by the recovering pass; validators are not to be kept */
	const char **warnings;
	const char *title, *home_page_url, *feed_url, *description, *icon, *language, *rights,
		*generator;
	const char *id;
	int64_t published, updated;
	int64_t ttl_minutes, update_interval_seconds; /* FEED_UNKNOWN */
	uint32_t skip_hours;                          /* bit h: GMT hour h (24 counts as 0) */
	uint8_t skip_days;                            /* bit d: 0 Sunday ... 6 Saturday */
	/* RFC 5005: what is not in the document is gone from the feed; the document will never
	 * change. */
	bool history_complete, history_archive;
	const struct feed_podcast *podcast; /* NULL; not sent to the daemon */
	struct feed_person *authors, *contributors;
	struct feed_tag *tags;
	struct feed_link *links;
	const char **hubs;
	struct feed_entry *entries; /* in the document's order */
	size_t n_warnings, n_authors, n_contributors, n_tags, n_links, n_hubs, n_entries;
};

/* An empty document on the heap with its arena; free with feed_doc_free(). */
struct feed_doc *feed_doc_new(void);
void feed_doc_free(struct feed_doc *doc);

#endif
