/*
 * What an element of a feed means: a table from (namespace, local name, where it stands) to a
 * field, and a table of what each field is. Fields of one slot are declared in order of trust, so
 * "which title wins" is one comparison.
 */
#ifndef COURANT_FEED_ELEMENTS_H
#define COURANT_FEED_ELEMENTS_H

#include "feed/span.h"

#include <stdbool.h>
#include <stdint.h>

enum ns {
	NS_OTHER,
	NS_NONE, /* no namespace, or one that some software gave to RSS 2.0 */
	NS_RSS10,
	NS_RSS090,
	NS_ATOM10,
	NS_ATOM03,
	NS_RDF,
	NS_XHTML,
	NS_XML,
	NS_DC,
	NS_DCTERMS,
	NS_CONTENT,
	NS_MEDIA,
	NS_ITUNES,
	NS_PODCAST,
	NS_SYNDICATION,
	NS_SLASH,
	NS_WFW,
	NS_THREAD,
	NS_GEORSS,
	NS_GML,
	NS_GEO,
	NS_LICENSE,
	NS_FEEDBURNER,
	NS_ADMIN,
	NS_PSC,
	NS_SOURCE,
	NS_HISTORY,
	NS_COUNT
};

/* The namespace of a URI; of a prefix when the URI is NULL (publishers forget to declare the usual
 * ones). */
enum ns ns_find(const char *uri, const char *prefix);

enum context {
	CONTEXT_IGNORED, /* inside something courant has no use for */
	CONTEXT_ROOT,    /* below rss, rdf:RDF */
	CONTEXT_FEED,
	CONTEXT_UNKNOWN, /* inside an unknown element of a feed: entries are still found */
	CONTEXT_ENTRY,
	CONTEXT_IMAGE,
	CONTEXT_PERSON,
	CONTEXT_SOURCE,
	CONTEXT_MEDIA, /* media:group, media:content */
	CONTEXT_GEO,   /* georss:where and GML's shapes */
	CONTEXT_CHAPTERS,
	CONTEXT_SKIP, /* skipHours, skipDays, CDF's schedule */
	CONTEXT_COUNT
};

/* Where a text is kept until its entry, or the feed, ends. */
enum slot {
	SLOT_NONE,
	SLOT_TITLE,
	SLOT_DESCRIPTION, /* RSS: a summary or the whole content */
	SLOT_SUMMARY,
	SLOT_CONTENT,
	SLOT_ID,
	SLOT_LANGUAGE,
	SLOT_RIGHTS,
	SLOT_GENERATOR,
	SLOT_COMMENTS,
	SLOT_COMMENTS_COUNT,
	SLOT_IMAGE,
	SLOT_TTL,
	SLOT_UPDATE_PERIOD,
	SLOT_UPDATE_FREQUENCY,
	SLOT_DURATION,
	SLOT_SEASON,
	SLOT_EPISODE,
	SLOT_PODCAST_TYPE,
	SLOT_EXPLICIT,
	SLOT_COMPLETE,
	SLOT_BLOCK,
	SLOT_CAPTIONED,
	SLOT_NEW_FEED,
	SLOT_SOURCE_TITLE,
	SLOT_SOURCE_URL,
	SLOT_ORIGINAL_LINK,
	SLOT_PUBLISHED,
	SLOT_UPDATED,
	SLOT_DATE, /* a date that does not say of what */
	SLOT_COUNT
};

/* How an element is read. */
enum kind {
	KIND_IGNORED,
	KIND_FEED,
	KIND_ENTRY,
	KIND_BOX,  /* only its children count */
	KIND_TEXT, /* text for people; may hold markup */
	KIND_WORD, /* text for programs: ids, numbers */
	KIND_URL,  /* an address as text or in href, url, rdf:resource */
	KIND_DATE,
	KIND_PERSON, /* "mail (name)" as text, or name, email and uri as children */
	KIND_PERSON_NAME,
	KIND_PERSON_EMAIL,
	KIND_PERSON_URL,
	KIND_LINK,
	KIND_TAG,
	KIND_TAGS, /* several tags, parted by commas */
	KIND_ENCLOSURE,
	KIND_MEDIA, /* media:content, media:player */
	KIND_THUMBNAIL,
	KIND_SOURCE,
	KIND_IMAGE,
	KIND_RELATION, /* a link whose rel is the field's, its address as text or attribute */
	KIND_POINTER,  /* the same, in attributes only, with type and language */
	KIND_PODCAST_PERSON,
	KIND_CHAPTER,
	KIND_HISTORY,
	KIND_SHAPE, /* GML: what the numbers inside are */
	KIND_COORDINATES,
	KIND_SKIP_HOUR,
	KIND_SKIP_DAY,
	KIND_COUNT
};

/* X(id, slot, kind): of two fields of one slot the later one is trusted more; of a field that is
 * said twice the last counts. */
#define FIELD_LIST(X)                                     \
	X(NONE, NONE, IGNORED)                            \
	X(IGNORED, NONE, IGNORED)                         \
	X(FEED, NONE, FEED)                               \
	X(ENTRY, NONE, ENTRY)                             \
	X(MEDIA_GROUP, NONE, BOX)                         \
	X(SKIP, NONE, BOX)                                \
	X(SOURCE, NONE, SOURCE)                           \
	X(IMAGE_BOX, IMAGE, IMAGE)                        \
	X(TITLE_MEDIA, TITLE, TEXT)                       \
	X(TITLE_ITUNES, TITLE, TEXT)                      \
	X(TITLE_DC, TITLE, TEXT)                          \
	X(TITLE, TITLE, TEXT)                             \
	X(DESCRIPTION_ITUNES_SUBTITLE, DESCRIPTION, TEXT) \
	X(DESCRIPTION_ITUNES, DESCRIPTION, TEXT)          \
	X(DESCRIPTION_MEDIA, DESCRIPTION, TEXT)           \
	X(DESCRIPTION_DC, DESCRIPTION, TEXT)              \
	X(DESCRIPTION, DESCRIPTION, TEXT)                 \
	X(SUMMARY_ITUNES_SUBTITLE, SUMMARY, TEXT)         \
	X(SUMMARY_ITUNES, SUMMARY, TEXT)                  \
	X(SUMMARY_MEDIA, SUMMARY, TEXT)                   \
	X(SUMMARY_SUBTITLE, SUMMARY, TEXT)                \
	X(SUMMARY, SUMMARY, TEXT)                         \
	X(CONTENT_ITEM, CONTENT, TEXT)                    \
	X(CONTENT_BODY, CONTENT, TEXT)                    \
	X(CONTENT, CONTENT, TEXT)                         \
	X(CONTENT_ENCODED, CONTENT, TEXT)                 \
	X(ID_DC, ID, WORD)                                \
	X(ID_ABOUT, ID, WORD)                             \
	X(ID, ID, WORD)                                   \
	X(LANGUAGE_DC, LANGUAGE, WORD)                    \
	X(LANGUAGE, LANGUAGE, WORD)                       \
	X(RIGHTS_MEDIA, RIGHTS, TEXT)                     \
	X(RIGHTS_DC, RIGHTS, TEXT)                        \
	X(RIGHTS, RIGHTS, TEXT)                           \
	X(GENERATOR_ADMIN, GENERATOR, WORD)               \
	X(GENERATOR, GENERATOR, TEXT)                     \
	X(COMMENTS, COMMENTS, URL)                        \
	X(COMMENTS_COUNT, COMMENTS_COUNT, WORD)           \
	X(THUMBNAIL, IMAGE, THUMBNAIL)                    \
	X(IMAGE_ITUNES, IMAGE, IMAGE)                     \
	X(IMAGE_LOGO, IMAGE, URL)                         \
	X(IMAGE_URL, IMAGE, URL)                          \
	X(IMAGE_ICON, IMAGE, URL)                         \
	X(TTL, TTL, WORD)                                 \
	X(UPDATE_PERIOD, UPDATE_PERIOD, WORD)             \
	X(UPDATE_FREQUENCY, UPDATE_FREQUENCY, WORD)       \
	X(DURATION, DURATION, WORD)                       \
	X(SEASON_PODCAST, SEASON, WORD)                   \
	X(SEASON, SEASON, WORD)                           \
	X(EPISODE_PODCAST, EPISODE, WORD)                 \
	X(EPISODE, EPISODE, WORD)                         \
	X(PODCAST_TYPE, PODCAST_TYPE, WORD)               \
	X(EXPLICIT, EXPLICIT, WORD)                       \
	X(COMPLETE, COMPLETE, WORD)                       \
	X(BLOCK, BLOCK, WORD)                             \
	X(CAPTIONED, CAPTIONED, WORD)                     \
	X(NEW_FEED, NEW_FEED, URL)                        \
	X(SOURCE_TITLE, SOURCE_TITLE, TEXT)               \
	X(SOURCE_LINK, NONE, LINK)                        \
	X(ORIGINAL_LINK, ORIGINAL_LINK, WORD)             \
	X(CREATED, PUBLISHED, DATE)                       \
	X(ISSUED_DC, PUBLISHED, DATE)                     \
	X(PUBLISHED, PUBLISHED, DATE)                     \
	X(BUILT, UPDATED, DATE)                           \
	X(MODIFIED_DC, UPDATED, DATE)                     \
	X(UPDATED, UPDATED, DATE)                         \
	X(DATE, DATE, DATE)                               \
	X(AUTHOR_OWNER, NONE, PERSON)                     \
	X(AUTHOR_ITUNES, NONE, PERSON)                    \
	X(AUTHOR_MEDIA, NONE, PERSON)                     \
	X(AUTHOR_DC, NONE, PERSON)                        \
	X(AUTHOR, NONE, PERSON)                           \
	X(CONTRIBUTOR, NONE, PERSON)                      \
	X(PERSON_NAME, NONE, PERSON_NAME)                 \
	X(PERSON_EMAIL, NONE, PERSON_EMAIL)               \
	X(PERSON_URL, NONE, PERSON_URL)                   \
	X(LINK, NONE, LINK)                               \
	X(TAG, NONE, TAG)                                 \
	X(TAGS, NONE, TAGS)                               \
	X(ENCLOSURE, NONE, ENCLOSURE)                     \
	X(MEDIA_CONTENT, NONE, MEDIA)                     \
	X(LICENSE, NONE, RELATION)                        \
	X(COMMENTS_FEED, NONE, RELATION)                  \
	X(IN_REPLY_TO, NONE, POINTER)                     \
	X(TRANSCRIPT, NONE, POINTER)                      \
	X(CHAPTERS_FILE, NONE, POINTER)                   \
	X(PODCAST_PERSON, NONE, PODCAST_PERSON)           \
	X(CHAPTERS, NONE, BOX)                            \
	X(CHAPTER, NONE, CHAPTER)                         \
	X(HISTORY_COMPLETE, NONE, HISTORY)                \
	X(HISTORY_ARCHIVE, NONE, HISTORY)                 \
	X(GEO, NONE, BOX)                                 \
	X(GML_POINT, NONE, SHAPE)                         \
	X(GML_LINE, NONE, SHAPE)                          \
	X(GML_POLYGON, NONE, SHAPE)                       \
	X(GML_BOX, NONE, SHAPE)                           \
	X(GML_NUMBERS, NONE, COORDINATES)                 \
	X(GEO_POINT, NONE, COORDINATES)                   \
	X(GEO_LINE, NONE, COORDINATES)                    \
	X(GEO_POLYGON, NONE, COORDINATES)                 \
	X(GEO_BOX, NONE, COORDINATES)                     \
	X(GEO_LATITUDE, NONE, COORDINATES)                \
	X(GEO_LONGITUDE, NONE, COORDINATES)               \
	X(SKIP_HOUR, NONE, SKIP_HOUR)                     \
	X(SKIP_DAY, NONE, SKIP_DAY)

enum field {
#define X(id, slot, kind) FIELD_##id,
	FIELD_LIST(X)
#undef X
		FIELD_COUNT
};

struct field_info {
	enum slot slot;
	enum kind kind;
};
extern const struct field_info field_info[FIELD_COUNT];

/* The field of an element, local name in any case; FIELD_NONE when it means nothing there. */
enum field element_find(enum ns ns, const char *local, enum context in);

#endif
