#include "db/search_text.h"

#include "base/limits.h"
#include "base/mem.h"
#include "base/text.h"
#include "db/texts.h"

#include <stdlib.h>
#include <string.h>

/* ---- text out of HTML ---- */
/* The references that the sanitiser's writer uses (feed/html_write.c); all else is written as
 * itself. */
static const struct {
	const char *name;
	char character;
} references[] = { { "&amp;", '&' }, { "&lt;", '<' }, { "&gt;", '>' }, { "&quot;", '"' } };

/* Appends what the `&` at p begins, and returns where to go on. */
static const char *add_reference(struct strbuf *out, const char *p)
{
	for (size_t i = 0; i < sizeof(references) / sizeof(references[0]); i++) {
		size_t n = strlen(references[i].name);
		if (strncmp(p, references[i].name, n) == 0) {
			strbuf_addch(out, references[i].character);
			return p + n;
		}
	}
	strbuf_addch(out, *p);
	return p + 1;
}

/* Blanks, line ends and tags between words are one space. */
static void add_space(struct strbuf *out)
{
	if (out->len > 0 && out->data[out->len - 1] != ' ')
		strbuf_addch(out, ' ');
}

/* Elements that stand inside of words; all others part what is before from what is after. */
static const char *const inline_elements[] = { "a", "abbr", "b", "bdi", "bdo", "cite", "code",
	"del", "dfn", "em", "i", "ins", "kbd", "mark", "q", "s", "samp", "small", "span", "strong",
	"sub", "sup", "u", "var", "wbr" };

/* Passes over the tag at p. */
static const char *skip_tag(struct strbuf *out, const char *p)
{
	const char *name = p + 1 + (p[1] == '/'), *end = strchr(p, '>');
	size_t n = strcspn(name, " />"), i = 0;

	while (i < sizeof(inline_elements) / sizeof(inline_elements[0]) &&
		(strlen(inline_elements[i]) != n || strncmp(inline_elements[i], name, n) != 0))
		i++;
	if (i == sizeof(inline_elements) / sizeof(inline_elements[0]))
		add_space(out);
	return end == NULL ? p + strlen(p) : end + 1;
}

void search_plain_text(struct strbuf *out, const char *html)
{
	for (const char *p = html; *p != '\0';) {
		size_t n = strcspn(p, "<& \t\n");
		strbuf_add(out, p, n);
		p += n;
		if (*p == '&') {
			p = add_reference(out, p);
		} else if (*p == '<') {
			p = skip_tag(out, p);
		} else if (*p != '\0') {
			add_space(out);
			p++;
		}
	}
}

/* The bytes of it that are indexed, to the end of a word. */
static size_t searched(const struct strbuf *text)
{
	const char *s = strbuf_str(text);

	if (text->len <= LIMIT_SEARCH_TEXT)
		return text->len;
	size_t n = LIMIT_SEARCH_TEXT;
	while (n > 0 && s[n] != ' ')
		n--;
	/* One word, or a script without spaces. */
	return n > LIMIT_SEARCH_TEXT / 2 ? n : utf8_cut(s, LIMIT_SEARCH_TEXT);
}

/* search_text(texts): the text of the content, of an entry without one its summary. */
static void sql_text(sqlite3_context *context, int n, sqlite3_value **values)
{
	(void)n;
	const void *value = sqlite3_value_blob(values[0]);
	struct unpacked u = { 0 };
	struct strbuf text = STRBUF_INIT(LIMIT_PACKED);

	if (!texts_unpack(sqlite3_user_data(context), value, (size_t)sqlite3_value_bytes(values[0]),
		    ENTRY_TEXTS, &u)) {
		sqlite3_result_error(context, "a dictionary cannot be read", -1);
	} else if (u.texts[TEXT_CONTENT] != NULL) {
		search_plain_text(&text, u.texts[TEXT_CONTENT]);
		sqlite3_result_text64(
			context, strbuf_str(&text), searched(&text), SQLITE_TRANSIENT, SQLITE_UTF8);
	} else if (u.texts[TEXT_SUMMARY] != NULL) {
		sqlite3_result_text(context, u.texts[TEXT_SUMMARY], -1, SQLITE_TRANSIENT);
	}
	strbuf_release(&text);
	unpacked_release(&u);
}

/* ---- words ---- */
#define TOKEN_MAX 512 /* bytes of a word that is spelt as people type it */

/* Scripts without spaces between words; sorted. */
static const struct {
	int32_t first, last;
} unspaced[] = {
	{ 0x0e00, 0x0eff },   /* Thai, Lao */
	{ 0x1000, 0x109f },   /* Myanmar */
	{ 0x1780, 0x17ff },   /* Khmer */
	{ 0x3040, 0x30ff },   /* Hiragana, Katakana */
	{ 0x31f0, 0x31ff },   /* Katakana extensions */
	{ 0x3400, 0x4dbf },   /* CJK, extension A */
	{ 0x4e00, 0x9fff },   /* CJK */
	{ 0xac00, 0xd7af },   /* Hangul syllables */
	{ 0xf900, 0xfaff },   /* CJK compatibility */
	{ 0xff66, 0xff9f },   /* halfwidth Katakana */
	{ 0x1b000, 0x1b16f }, /* Kana supplement */
	{ 0x20000, 0x3ffff }, /* CJK, extensions B and on */
};

static bool is_unspaced(int32_t c)
{
	if (c < unspaced[0].first)
		return false;
	for (size_t i = 0; i < sizeof(unspaced) / sizeof(unspaced[0]); i++) {
		if (c <= unspaced[i].last)
			return c >= unspaced[i].first;
	}
	return false;
}

/* Where there are neither letters nor digits; sorted. */
static const struct {
	int32_t first, last;
} wordless[] = {
	{ 0, '0' - 1 }, { '9' + 1, 'A' - 1 }, { 'Z' + 1, 'a' - 1 }, { 'z' + 1, 0xa9 },
	{ 0xab, 0xb1 }, { 0xb4, 0xb4 }, { 0xb6, 0xb8 }, { 0xbb, 0xbb }, { 0xbf, 0xbf },
	{ 0xd7, 0xd7 }, { 0xf7, 0xf7 }, /* times, divided by */
	{ 0x300, 0x36f },               /* accents without a letter */
	{ 0x609, 0x60d }, { 0x61b, 0x61b }, { 0x61e, 0x61f }, { 0x66a, 0x66d },
	{ 0x6d4, 0x6d4 },                         /* Arabic punctuation */
	{ 0x964, 0x965 },                         /* Indic full stops */
	{ 0x2000, 0x206f },                       /* punctuation */
	{ 0x20a0, 0x20cf },                       /* currencies */
	{ 0x2190, 0x245f },                       /* arrows, signs */
	{ 0x2500, 0x2bff },                       /* boxes, symbols, dingbats */
	{ 0x3000, 0x3004 },                       /* Chinese punctuation */
	{ 0x3008, 0x3020 }, { 0xfe00, 0xfe0f },   /* variants of symbols */
	{ 0xfeff, 0xfeff }, { 0x1f000, 0x1faff }, /* emoji */
};

bool search_is_wordless(int32_t c)
{
	for (size_t i = 0; i < sizeof(wordless) / sizeof(wordless[0]); i++) {
		if (c <= wordless[i].last)
			return c >= wordless[i].first;
	}
	return false;
}

/* A token of its own, or none. */
static bool stands_alone(int32_t c)
{
	return is_unspaced(c) || search_is_wordless(c);
}

/* Letters that unicode61 leaves as they are, though people type others for them: what has no mark
 * to take off, ligatures, the accents of Greek. None grows: the text fits where the letter stood.
 * Sorted. */
static const struct {
	int32_t letter;
	char text[4];
} spellings[] = {
	{ 0xdf, "ss" },   /* sharp s */
	{ 0xe6, "ae" },   /* ae */
	{ 0xf0, "d" },    /* eth */
	{ 0xf8, "o" },    /* o with stroke */
	{ 0xfe, "th" },   /* thorn */
	{ 0x111, "d" },   /* d with stroke */
	{ 0x127, "h" },   /* h with stroke */
	{ 0x131, "i" },   /* dotless i */
	{ 0x142, "l" },   /* l with stroke */
	{ 0x153, "oe" },  /* oe */
	{ 0x17f, "s" },   /* long s */
	{ 0x390, "ι" },   /* iota */
	{ 0x3ac, "α" },   /* alpha */
	{ 0x3ad, "ε" },   /* epsilon */
	{ 0x3ae, "η" },   /* eta */
	{ 0x3af, "ι" },   /* iota */
	{ 0x3b0, "υ" },   /* upsilon */
	{ 0x3c2, "σ" },   /* final sigma */
	{ 0x3ca, "ι" },   /* iota */
	{ 0x3cb, "υ" },   /* upsilon */
	{ 0x3cc, "ο" },   /* omicron */
	{ 0x3cd, "υ" },   /* upsilon */
	{ 0x3ce, "ω" },   /* omega */
	{ 0x451, "е" },   /* io */
	{ 0x1e9e, "ss" }, /* capital sharp s */
	{ 0xfb00, "ff" },
	{ 0xfb01, "fi" },
	{ 0xfb02, "fl" },
	{ 0xfb03, "ffi" },
	{ 0xfb04, "ffl" },
	{ 0xfb05, "st" },
	{ 0xfb06, "st" },
};
#define N_SPELLINGS (sizeof(spellings) / sizeof(spellings[0]))
/* The printed ASCII once more, as wide as a Chinese character. */
#define WIDE_FIRST 0xff01
#define WIDE_LAST 0xff5e
#define WIDE_ASCII '!'

/* How people type a letter, into `out`, and how many bytes that takes; 0: as it is. */
static size_t spell(int32_t c, char out[4])
{
	size_t i = 0;

	if (c >= WIDE_FIRST && c <= WIDE_LAST) {
		out[0] = (char)(c - WIDE_FIRST + WIDE_ASCII);
		return 1;
	}
	while (i < N_SPELLINGS && spellings[i].letter < c)
		i++;
	if (i == N_SPELLINGS || spellings[i].letter != c)
		return 0;
	size_t n = strnlen(spellings[i].text, sizeof(spellings[i].text));
	memcpy(out, spellings[i].text, n);
	return n;
}

struct words {
	fts5_tokenizer folding; /* unicode61 */
	Fts5Tokenizer *instance;
	char spelt[TOKEN_MAX];
};

typedef int token_fn(void *arg, int flags, const char *token, int n, int start, int end);

struct splitting { /* of one text */
	const char *text;
	token_fn *each;
	void *arg;
	char *spelt; /* room for a token of TOKEN_MAX bytes */
};

/* Passes a token on as people type it; one that is too long for that, as it is. */
static int give(const struct splitting *s, int flags, const char *token, int n, int start, int end)
{
	int length = 0;

	if (n > TOKEN_MAX)
		return s->each(s->arg, flags, token, n, start, end);
	for (int at = 0; at < n;) {
		char text[4];
		size_t size, spelt = 0;
		int32_t c = utf8_decode(token + at, (size_t)(n - at), &size);
		if (c >= spellings[0].letter)
			spelt = spell(c, text);
		memcpy(s->spelt + length, spelt > 0 ? text : token + at, spelt > 0 ? spelt : size);
		length += (int)(spelt > 0 ? spelt : size);
		at += (int)size;
	}
	return s->each(s->arg, flags, s->spelt, length, start, end);
}

/* The bytes of the piece of a token that begins at p: one character that stands alone, or all up to
 * the next one. */
static int piece_length(const char *p, int n)
{
	int length = 0;

	while (length < n) {
		size_t size;
		bool alone = stands_alone(utf8_decode(p + length, (size_t)(n - length), &size));
		if (alone && length > 0)
			break;
		length += (int)size;
		if (alone)
			break;
	}
	return length;
}

static unsigned char largest_byte(const char *token, int n)
{
	unsigned char most = 0;

	for (int i = 0; i < n; i++)
		most = (unsigned char)token[i] > most ? (unsigned char)token[i] : most;
	return most;
}

/* Whether the pieces of a folded token stand in the text where they stand in the token: folding
 * leaves the characters that stand alone as they are, but moves them where it makes others longer
 * or shorter. */
static bool stands_exactly(const char *token, int n, const char *text, int length)
{
	bool exact = n == length;

	for (int at = 0; exact && at < n;) {
		size_t size;
		if (stands_alone(utf8_decode(token + at, (size_t)(n - at), &size)))
			exact = memcmp(token + at, text + at, size) == 0;
		at += (int)size;
	}
	return exact;
}

/* Receives a folded token of unicode61 and passes its pieces on. Where nobody knows which bytes a
 * piece was, the whole token is marked. */
static int split(void *arg, int flags, const char *token, int n, int start, int end)
{
	const struct splitting *s = arg;
	int code = SQLITE_OK;
	unsigned char most = largest_byte(token, n);

	/* Most words are ASCII once they are folded; the first script without spaces begins at
	 * U+0E00, whose UTF-8 begins with E0. */
	if (most < 0x80)
		return s->each(s->arg, flags, token, n, start, end);
	if (most < 0xe0)
		return give(s, flags, token, n, start, end);
	bool exact = stands_exactly(token, n, s->text + start, end - start);
	for (int at = 0, length; at < n && code == SQLITE_OK; at += length) {
		size_t size;
		length = piece_length(token + at, n - at);
		if (!search_is_wordless(utf8_decode(token + at, (size_t)length, &size)))
			code = give(s, flags, token + at, length, exact ? start + at : start,
				exact ? start + at + length : end);
	}
	return code;
}

static int words_create(void *context, const char **argv, int n, Fts5Tokenizer **ret)
{
	static const char *arguments[] = { "remove_diacritics", "2" };
	fts5_api *api = context;
	struct words *w = xcalloc(1, sizeof(*w));
	void *user;

	(void)argv, (void)n;
	int code = api->xFindTokenizer(api, "unicode61", &user, &w->folding);
	if (code == SQLITE_OK)
		code = w->folding.xCreate(user, arguments, 2, &w->instance);
	if (code != SQLITE_OK) {
		free(w);
		w = NULL;
	}
	*ret = (Fts5Tokenizer *)w;
	return code;
}

static void words_delete(Fts5Tokenizer *tokenizer)
{
	struct words *w = (struct words *)tokenizer;

	w->folding.xDelete(w->instance);
	free(w);
}

static int words_tokenize(
	Fts5Tokenizer *tokenizer, void *arg, int flags, const char *text, int n, token_fn *each)
{
	struct words *w = (struct words *)tokenizer;
	struct splitting s = { text, each, arg, w->spelt };

	return w->folding.xTokenize(w->instance, &s, flags, text, n, split);
}

/* ---- relevance ---- */
/* What a hit weighs by its column, in the order of schema.sql: text, title, author, feed. */
static const double weights[] = { 1, 8, 4, 0 };
#define N_COLUMNS (int)(sizeof(weights) / sizeof(weights[0]))
#define SATURATION 1.2 /* k1 of BM25: how soon more of the same says nothing more */
#define PHRASES 16     /* the first ones decide */

/* Like BM25F (Robertson, Zaragoza, Taylor 2004) without the rarity of words: that is to count every
 * row that has them, which costs more than the whole page. All the words are in every hit anyway.
 */
static void relevance(const Fts5ExtensionApi *api, Fts5Context *fts, sqlite3_context *context,
	int n, sqlite3_value **values)
{
	int n_hits, phrase, column, offset;
	unsigned counts[PHRASES][N_COLUMNS] = { 0 };
	double sum = 0;

	(void)n, (void)values;
	int code = api->xInstCount(fts, &n_hits);
	for (int i = 0; code == SQLITE_OK && i < n_hits; i++) {
		code = api->xInst(fts, i, &phrase, &column, &offset);
		if (code == SQLITE_OK && phrase < PHRASES && column < N_COLUMNS)
			counts[phrase][column]++;
	}
	if (code != SQLITE_OK) {
		sqlite3_result_error_code(context, code);
		return;
	}
	for (int p = 0; p < PHRASES; p++) {
		for (int c = 0; c < N_COLUMNS; c++)
			sum += weights[c] * counts[p][c] / (counts[p][c] + SATURATION);
	}
	sqlite3_result_double(context, sum);
}

/* ---- registering ---- */
static fts5_api *find_api(sqlite3 *db)
{
	sqlite3_stmt *stmt = NULL;
	fts5_api *api = NULL;

	if (sqlite3_prepare_v2(db, "SELECT fts5(?)", -1, &stmt, NULL) == SQLITE_OK) {
		sqlite3_bind_pointer(stmt, 1, (void *)&api, "fts5_api_ptr", NULL);
		sqlite3_step(stmt);
	}
	sqlite3_finalize(stmt);
	return api;
}

bool search_register(struct db *db)
{
	static fts5_tokenizer words = { words_create, words_delete, words_tokenize };
	fts5_api *api = find_api(db->handle);

	return api != NULL &&
	       api->xCreateTokenizer(api, "courant", api, &words, NULL) == SQLITE_OK &&
	       api->xCreateFunction(api, "relevance", NULL, relevance, NULL) == SQLITE_OK &&
	       sqlite3_create_function(db->handle, "search_text", 1,
		       SQLITE_UTF8 | SQLITE_DETERMINISTIC | SQLITE_INNOCUOUS, db, sql_text, NULL,
		       NULL) == SQLITE_OK;
}
