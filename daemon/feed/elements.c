#include "feed/elements.h"

const struct field_info field_info[FIELD_COUNT] = {
#define X(id, slot, kind) [FIELD_##id] = { SLOT_##slot, KIND_##kind },
	FIELD_LIST(X)
#undef X
};

/* Sets of namespaces and contexts. */
#define NS(name) (1u << NS_##name)
#define RSS (NS(NONE) | NS(RSS10) | NS(RSS090))
#define ATOM (NS(ATOM10) | NS(ATOM03))
#define CORE (RSS | ATOM)
#define DCS (NS(DC) | NS(DCTERMS))
#define IN(name) (1u << CONTEXT_##name)
#define BOTH (IN(FEED) | IN(ENTRY))
#define FOUND_IN (IN(ROOT) | IN(FEED) | IN(UNKNOWN))
/* Entries inside others (conflicts of Simple Sharing Extensions) are entries, too. */
#define INSIDE (IN(ENTRY) | IN(SOURCE) | IN(IGNORED))
#define PLACES (IN(ENTRY) | IN(GEO))
#define MEDIAS (IN(ENTRY) | IN(MEDIA))

struct element {
	const char *local; /* lower case */
	uint32_t namespaces, contexts;
	enum field field;
};

/* Sorted by name; of one name the first row that fits counts. */
static const struct element elements[] = {
	{ "abstract", CORE, BOTH, FIELD_DESCRIPTION },
	{ "abstract", DCS, IN(ENTRY), FIELD_SUMMARY_SUBTITLE },
	{ "archive", NS(HISTORY), IN(FEED), FIELD_HISTORY_ARCHIVE },
	{ "author", CORE, BOTH, FIELD_AUTHOR },
	{ "author", NS(ITUNES) | NS(MEDIA) | DCS, BOTH, FIELD_AUTHOR_ITUNES },
	{ "author", CORE, IN(SOURCE), FIELD_IGNORED },
	{ "block", NS(ITUNES), BOTH, FIELD_BLOCK },
	{ "body", NS(XHTML) | RSS, IN(ENTRY), FIELD_CONTENT_BODY },
	{ "box", NS(GEORSS), PLACES, FIELD_GEO_BOX },
	{ "category", CORE | NS(MEDIA), BOTH | IN(MEDIA), FIELD_TAG },
	{ "category", NS(ITUNES), BOTH, FIELD_TAG },
	{ "channel", CORE, IN(ROOT) | IN(UNKNOWN), FIELD_FEED },
	{ "chapter", NS(PSC), IN(CHAPTERS), FIELD_CHAPTER },
	{ "chapters", NS(PSC), IN(ENTRY), FIELD_CHAPTERS },
	{ "chapters", NS(PODCAST), IN(ENTRY), FIELD_CHAPTERS_FILE },
	{ "commentrss", NS(WFW), IN(ENTRY), FIELD_COMMENTS_FEED },
	{ "comments", CORE, BOTH, FIELD_COMMENTS },
	{ "comments", NS(SLASH), IN(ENTRY), FIELD_COMMENTS_COUNT },
	{ "complete", NS(HISTORY), IN(FEED), FIELD_HISTORY_COMPLETE },
	{ "complete", NS(ITUNES), IN(FEED), FIELD_COMPLETE },
	{ "content", CORE, IN(ENTRY), FIELD_CONTENT },
	{ "content", NS(MEDIA), MEDIAS, FIELD_MEDIA_CONTENT },
	{ "contributor", CORE | DCS, BOTH, FIELD_CONTRIBUTOR },
	{ "coordinates", NS(GML), PLACES, FIELD_GML_NUMBERS },
	{ "copyright", CORE, BOTH, FIELD_RIGHTS },
	{ "copyright", NS(MEDIA), BOTH | IN(MEDIA), FIELD_RIGHTS_MEDIA },
	{ "created", CORE | DCS, BOTH, FIELD_CREATED },
	{ "creativecommons", NS(LICENSE), BOTH, FIELD_LICENSE },
	{ "creator", DCS, BOTH, FIELD_AUTHOR_DC },
	{ "credit", NS(MEDIA), IN(FEED) | MEDIAS, FIELD_AUTHOR_MEDIA },
	{ "date", DCS, BOTH, FIELD_DATE },
	{ "date", CORE, BOTH, FIELD_DATE },
	{ "day", RSS, IN(SKIP), FIELD_SKIP_DAY },
	{ "description", CORE, BOTH, FIELD_DESCRIPTION },
	{ "description", DCS, BOTH, FIELD_DESCRIPTION_DC },
	{ "description", NS(ITUNES), BOTH, FIELD_SUMMARY_ITUNES },
	{ "description", NS(MEDIA), IN(FEED), FIELD_DESCRIPTION_MEDIA },
	{ "description", NS(MEDIA), MEDIAS, FIELD_SUMMARY_MEDIA },
	{ "duration", NS(ITUNES), IN(ENTRY), FIELD_DURATION },
	{ "email", CORE | NS(ITUNES), IN(PERSON), FIELD_PERSON_EMAIL },
	{ "enclosure", CORE, BOTH, FIELD_ENCLOSURE },
	{ "encoded", NS(CONTENT), IN(ENTRY), FIELD_CONTENT_ENCODED },
	{ "entry", CORE, FOUND_IN | INSIDE, FIELD_ENTRY },
	{ "envelope", NS(GML), PLACES, FIELD_GML_BOX },
	{ "episode", NS(ITUNES), IN(ENTRY), FIELD_EPISODE },
	{ "episode", NS(PODCAST), IN(ENTRY), FIELD_EPISODE_PODCAST },
	{ "episodetype", NS(ITUNES), IN(ENTRY), FIELD_PODCAST_TYPE },
	{ "expirationdate", CORE, BOTH, FIELD_IGNORED },
	{ "explicit", NS(ITUNES), BOTH, FIELD_EXPLICIT },
	{ "exterior", NS(GML), PLACES, FIELD_GEO },
	{ "fullitem", CORE, IN(ENTRY), FIELD_CONTENT_ITEM },
	{ "generator", CORE, BOTH, FIELD_GENERATOR },
	{ "generatoragent", NS(ADMIN), BOTH, FIELD_GENERATOR_ADMIN },
	{ "group", NS(MEDIA), IN(FEED) | MEDIAS, FIELD_MEDIA_GROUP },
	{ "guid", CORE, BOTH, FIELD_ID },
	{ "homepage", CORE, IN(PERSON), FIELD_PERSON_URL },
	{ "hour", RSS, IN(SKIP), FIELD_SKIP_HOUR },
	{ "icon", CORE, BOTH, FIELD_IMAGE_ICON },
	{ "id", CORE, BOTH, FIELD_ID },
	{ "identifier", DCS, BOTH, FIELD_ID_DC },
	{ "image", CORE, IN(ROOT) | BOTH, FIELD_IMAGE_BOX },
	{ "image", NS(ITUNES), BOTH, FIELD_IMAGE_ITUNES },
	{ "in-reply-to", NS(THREAD), IN(ENTRY), FIELD_IN_REPLY_TO },
	{ "isclosedcaptioned", NS(ITUNES), IN(ENTRY), FIELD_CAPTIONED },
	{ "issued", CORE, BOTH, FIELD_PUBLISHED },
	{ "issued", DCS, BOTH, FIELD_ISSUED_DC },
	{ "item", CORE, FOUND_IN | INSIDE, FIELD_ENTRY },
	{ "keywords", NS(MEDIA) | NS(ITUNES) | CORE, BOTH | IN(MEDIA), FIELD_TAGS },
	{ "language", CORE, BOTH, FIELD_LANGUAGE },
	{ "language", DCS, BOTH, FIELD_LANGUAGE_DC },
	{ "lastbuilddate", CORE, BOTH, FIELD_BUILT },
	{ "lat", NS(GEO), PLACES, FIELD_GEO_LATITUDE },
	{ "license", NS(LICENSE) | CORE | DCS, BOTH, FIELD_LICENSE },
	{ "line", NS(GEORSS), PLACES, FIELD_GEO_LINE },
	{ "linearring", NS(GML), PLACES, FIELD_GEO },
	{ "linestring", NS(GML), PLACES, FIELD_GML_LINE },
	{ "link", CORE | NS(ITUNES), BOTH, FIELD_LINK },
	{ "link", CORE, IN(SOURCE), FIELD_SOURCE_LINK },
	{ "logo", CORE, BOTH, FIELD_IMAGE_LOGO },
	{ "lon", NS(GEO), PLACES, FIELD_GEO_LONGITUDE },
	{ "long", NS(GEO), PLACES, FIELD_GEO_LONGITUDE },
	{ "lowercorner", NS(GML), PLACES, FIELD_GML_NUMBERS },
	{ "managingeditor", RSS, BOTH, FIELD_AUTHOR },
	{ "modified", CORE, BOTH, FIELD_UPDATED },
	{ "modified", DCS, BOTH, FIELD_MODIFIED_DC },
	{ "name", CORE | NS(ITUNES), IN(PERSON), FIELD_PERSON_NAME },
	{ "new-feed-url", NS(ITUNES), IN(FEED), FIELD_NEW_FEED },
	{ "origlink", NS(FEEDBURNER), IN(ENTRY), FIELD_ORIGINAL_LINK },
	{ "outerboundaryis", NS(GML), PLACES, FIELD_GEO },
	{ "owner", NS(ITUNES), IN(FEED), FIELD_AUTHOR_OWNER },
	{ "person", NS(PODCAST), BOTH, FIELD_PODCAST_PERSON },
	{ "point", NS(GEORSS), PLACES, FIELD_GEO_POINT },
	{ "point", NS(GML), PLACES, FIELD_GML_POINT },
	{ "point", NS(GEO), PLACES, FIELD_GEO },
	{ "polygon", NS(GEORSS), PLACES, FIELD_GEO_POLYGON },
	{ "polygon", NS(GML), PLACES, FIELD_GML_POLYGON },
	{ "pos", NS(GML), PLACES, FIELD_GML_NUMBERS },
	{ "poslist", NS(GML), PLACES, FIELD_GML_NUMBERS },
	{ "pubdate", CORE, BOTH, FIELD_PUBLISHED },
	{ "published", CORE, BOTH, FIELD_PUBLISHED },
	{ "publisher", DCS, BOTH, FIELD_IGNORED },
	{ "rights", CORE, BOTH, FIELD_RIGHTS },
	{ "rights", DCS, BOTH, FIELD_RIGHTS_DC },
	{ "rss", CORE, IN(ROOT), FIELD_FEED },
	{ "schedule", CORE, IN(FEED), FIELD_IGNORED },
	{ "season", NS(ITUNES), IN(ENTRY), FIELD_SEASON },
	{ "season", NS(PODCAST), IN(ENTRY), FIELD_SEASON_PODCAST },
	{ "skipdays", RSS, IN(FEED), FIELD_SKIP },
	{ "skiphours", RSS, IN(FEED), FIELD_SKIP },
	{ "source", CORE, IN(ENTRY), FIELD_SOURCE },
	{ "subject", DCS, BOTH, FIELD_TAG },
	{ "subtitle", CORE, IN(FEED), FIELD_DESCRIPTION },
	{ "subtitle", CORE, IN(ENTRY), FIELD_SUMMARY_SUBTITLE },
	{ "subtitle", NS(ITUNES), IN(FEED), FIELD_DESCRIPTION_ITUNES_SUBTITLE },
	{ "subtitle", NS(ITUNES), IN(ENTRY), FIELD_SUMMARY_ITUNES_SUBTITLE },
	{ "summary", CORE, IN(ENTRY), FIELD_SUMMARY },
	{ "summary", CORE, IN(FEED), FIELD_DESCRIPTION },
	{ "summary", NS(ITUNES), IN(FEED), FIELD_DESCRIPTION_ITUNES },
	{ "summary", NS(ITUNES), IN(ENTRY), FIELD_SUMMARY_ITUNES },
	{ "tagline", CORE, BOTH, FIELD_DESCRIPTION },
	{ "tags", CORE, BOTH, FIELD_TAGS },
	{ "textinput", CORE, IN(ROOT) | IN(FEED), FIELD_IGNORED },
	{ "thumbnail", NS(MEDIA), IN(FEED) | MEDIAS, FIELD_THUMBNAIL },
	{ "title", CORE, BOTH, FIELD_TITLE },
	{ "title", CORE, IN(SOURCE), FIELD_SOURCE_TITLE },
	{ "title", DCS, BOTH, FIELD_TITLE_DC },
	{ "title", NS(ITUNES), BOTH, FIELD_TITLE_ITUNES },
	{ "title", NS(MEDIA), BOTH | IN(MEDIA), FIELD_TITLE_MEDIA },
	{ "total", NS(THREAD), IN(ENTRY), FIELD_COMMENTS_COUNT },
	{ "transcript", NS(PODCAST), IN(ENTRY), FIELD_TRANSCRIPT },
	{ "ttl", RSS, IN(FEED), FIELD_TTL },
	{ "type", NS(ITUNES), IN(FEED), FIELD_PODCAST_TYPE },
	{ "updated", CORE, BOTH, FIELD_UPDATED },
	{ "updatefrequency", NS(SYNDICATION), IN(FEED), FIELD_UPDATE_FREQUENCY },
	{ "updateperiod", NS(SYNDICATION), IN(FEED), FIELD_UPDATE_PERIOD },
	{ "uppercorner", NS(GML), PLACES, FIELD_GML_NUMBERS },
	{ "uri", CORE, IN(PERSON), FIELD_PERSON_URL },
	{ "url", CORE, IN(IMAGE), FIELD_IMAGE_URL },
	{ "url", CORE, IN(PERSON), FIELD_PERSON_URL },
	{ "webmaster", RSS, BOTH, FIELD_IGNORED },
	{ "where", NS(GEORSS), PLACES, FIELD_GEO },
};

#define N_ELEMENTS (sizeof(elements) / sizeof(elements[0]))

/* The first row of that name, or N_ELEMENTS. */
static size_t first_row(const char *local)
{
	size_t low = 0, high = N_ELEMENTS;

	while (low < high) {
		size_t middle = (low + high) / 2;
		if (strcasecmp(elements[middle].local, local) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

enum field element_find(enum ns ns, const char *local, enum context in)
{
	for (size_t i = first_row(local);
		i < N_ELEMENTS && strcasecmp(elements[i].local, local) == 0; i++)
		if ((elements[i].namespaces & 1u << ns) && (elements[i].contexts & 1u << in))
			return elements[i].field;
	return FIELD_NONE;
}
