#include "feed/date_names.h"

#include "base/text.h"

#define WORD_SIZE 48

/* A word that begins with one of these, in lower case, is that month. A week day may begin like a
 * month (French "mar." is a Tuesday): in a date the month comes later, and the last one counts. */
static const char *const months[12] = {
	"jan ene gen sty oca янв січ ιαν led",
	"feb fev fév lut şub фев лют φεβ φλε úno",
	"mar mär mrz mrt maa már мар бер μαρ μάρ μάώ μαώ bře",
	"apr abr avr kwi ápr nis апр кві απρ dub",
	"mai may maj mag mei máj máu май мая тра μαι μαϊ μάι kvě",
	"jun juin giu cze jún haz июн чер ιουν ιούν ιον čvn červn",
	"jul juil lug lip júl tem июл лип ιουλ ιούλ ιολ čvc červenc",
	"aug août aoû aou ago sie авг сер αυγ αύγ ağu srp",
	"sep set szep wrz eyl сен вер σεπ zář",
	"oct okt out ott paź paźd eki окт жов οκτ říj",
	"nov lis kas ноя лис νοε νοέ",
	"dec dez dic déc gru ara дек гру δεκ pro",
};

struct zone {
	const char *name;
	int minutes;
};

static const struct zone zones[] = {
	{ "z", 0 },
	{ "ut", 0 },
	{ "utc", 0 },
	{ "gmt", 0 },
	{ "wet", 0 },
	{ "west", 60 },
	{ "bst", 60 },
	{ "cet", 60 },
	{ "cest", 120 },
	{ "met", 60 },
	{ "mest", 120 },
	{ "mez", 60 },
	{ "mesz", 120 },
	{ "eet", 120 },
	{ "eest", 180 },
	{ "sast", 120 },
	{ "cat", 120 },
	{ "eat", 180 },
	{ "msk", 180 },
	{ "msd", 240 },
	{ "trt", 180 },
	{ "gst", 240 },
	{ "pkt", 300 },
	{ "ist", 330 },
	{ "npt", 345 },
	{ "ict", 420 },
	{ "wib", 420 },
	{ "hkt", 480 },
	{ "sgt", 480 },
	{ "awst", 480 },
	{ "jst", 540 },
	{ "kst", 540 },
	{ "acst", 570 },
	{ "acdt", 630 },
	{ "aest", 600 },
	{ "aedt", 660 },
	{ "nzst", 720 },
	{ "nzdt", 780 },
	{ "nst", -210 },
	{ "ndt", -150 },
	{ "ast", -240 },
	{ "adt", -180 },
	{ "brt", -180 },
	{ "art", -180 },
	{ "clt", -240 },
	{ "est", -300 },
	{ "edt", -240 },
	{ "et", -300 },
	{ "cst", -360 },
	{ "cdt", -300 },
	{ "ct", -360 },
	{ "mt", -420 },
	{ "mst", -420 },
	{ "mdt", -360 },
	{ "pst", -480 },
	{ "pdt", -420 },
	{ "pt", -480 },
	{ "akst", -540 },
	{ "akdt", -480 },
	{ "hst", -600 },
};

struct sign {
	const char *text;
	enum date_word word;
};

static const struct sign signs[] = {
	{ "am", DATE_WORD_AM },
	{ "pm", DATE_WORD_PM },
	{ "πμ", DATE_WORD_AM },
	{ "μμ", DATE_WORD_PM },
	{ "上午", DATE_WORD_AM },
	{ "下午", DATE_WORD_PM },
	{ "午前", DATE_WORD_AM },
	{ "午後", DATE_WORD_PM },
	{ "오전", DATE_WORD_AM },
	{ "오후", DATE_WORD_PM },
	{ "年", DATE_WORD_YEAR },
	{ "月", DATE_WORD_MONTH_SIGN },
	{ "日", DATE_WORD_DAY },
	{ "号", DATE_WORD_DAY },
	{ "時", DATE_WORD_HOUR },
	{ "时", DATE_WORD_HOUR },
	{ "点", DATE_WORD_HOUR },
	{ "分", DATE_WORD_MINUTE },
	{ "秒", DATE_WORD_SECOND },
	{ "년", DATE_WORD_YEAR },
	{ "월", DATE_WORD_MONTH_SIGN },
	{ "일", DATE_WORD_DAY },
	{ "시", DATE_WORD_HOUR },
	{ "분", DATE_WORD_MINUTE },
	{ "초", DATE_WORD_SECOND },
	{ "t", DATE_WORD_FILLER },
	{ "st", DATE_WORD_FILLER },
	{ "nd", DATE_WORD_FILLER },
	{ "rd", DATE_WORD_FILLER },
	{ "th", DATE_WORD_FILLER },
	{ "of", DATE_WORD_FILLER },
	{ "at", DATE_WORD_FILLER },
	{ "de", DATE_WORD_FILLER },
	{ "um", DATE_WORD_FILLER },
	{ "uhr", DATE_WORD_FILLER },
	{ "г", DATE_WORD_FILLER },
};

static int32_t lower(int32_t cp)
{
	if (cp < 128)
		return (unsigned char)ascii_lower((char)cp);
	if (cp >= 0xc0 && cp <= 0xde && cp != 0xd7)
		return cp + 32;
	if ((cp >= 0x100 && cp < 0x138) || (cp >= 0x14a && cp < 0x178))
		return cp | 1;
	if (cp >= 0x139 && cp < 0x149)
		return cp + (cp & 1);
	if (cp >= 0x179 && cp < 0x17f)
		return cp + (cp & 1);
	if (cp >= 0x391 && cp <= 0x3ab)
		return cp + 32;
	if (cp >= 0x410 && cp <= 0x42f)
		return cp + 32;
	return cp >= 0x400 && cp <= 0x40f ? cp + 80 : cp;
}

static void lower_word(struct span word, char out[WORD_SIZE])
{
	size_t w = 0;

	while (word.n > 0 && w + 5 < WORD_SIZE) {
		size_t len = 1;
		int32_t cp = utf8_decode(word.s, word.n, &len);
		if (cp >= 0)
			w += utf8_encode(lower(cp), out + w);
		span_skip(&word, len);
	}
	out[w] = '\0';
}

static int month_of(const char *word)
{
	for (int m = 0; m < 12; m++)
		for (const char *stem = months[m]; *stem != '\0';) {
			size_t n = strcspn(stem, " ");
			if (strncmp(word, stem, n) == 0)
				return m + 1;
			stem += n + (stem[n] == ' ');
		}
	return 0;
}

/* RSS asks for RFC 822, and that has letters for hours (5.1): A to M without J west, N to Y east. T
 * parts date and time. */
static bool military_zone(const char *word, int *ret_minutes)
{
	static const char west[] = "abcdefghiklm", east[] = "nopqrs\0uvwxy";
	const char *w, *e;

	if (word[0] == '\0' || word[1] != '\0')
		return false;
	w = memchr(west, word[0], sizeof(west) - 1);
	e = memchr(east, word[0], sizeof(east) - 1);
	if (w == NULL && e == NULL)
		return false;
	*ret_minutes = w != NULL ? -60 * (int)(w - west + 1) : 60 * (int)(e - east + 1);
	return true;
}

static enum date_word sign_of(const char *word)
{
	for (size_t i = 0; i < sizeof(signs) / sizeof(signs[0]); i++)
		if (strcmp(signs[i].text, word) == 0)
			return signs[i].word;
	return DATE_WORD_UNKNOWN;
}

/* The English of RFC 822, which is what most dates are in. */
static enum date_word rfc822_word(const char *name, int *ret_value)
{
	static const char english[] = "jan feb mar apr may jun jul aug sep oct nov dec ";
	static const char days[] = "mon tue wed thu fri sat sun ";

	for (int m = 0; m < 12; m++)
		if (memcmp(english + m * 4, name, 3) == 0) {
			*ret_value = m + 1;
			return DATE_WORD_MONTH;
		}
	for (int d = 0; d < 7; d++)
		if (memcmp(days + d * 4, name, 3) == 0)
			return DATE_WORD_FILLER;
	*ret_value = 0;
	return memcmp(name, "gmt", 3) == 0 ? DATE_WORD_ZONE : DATE_WORD_UNKNOWN;
}

enum date_word date_word_find(struct span word, int *ret_value)
{
	char name[WORD_SIZE];
	enum date_word sign;

	lower_word(word, name);
	sign = strlen(name) == 3 ? rfc822_word(name, ret_value) : DATE_WORD_UNKNOWN;
	if (sign != DATE_WORD_UNKNOWN)
		return sign;
	sign = sign_of(name);
	if (sign != DATE_WORD_UNKNOWN)
		return sign;
	for (size_t i = 0; i < sizeof(zones) / sizeof(zones[0]); i++)
		if (strcmp(zones[i].name, name) == 0) {
			*ret_value = zones[i].minutes;
			return DATE_WORD_ZONE;
		}
	if (military_zone(name, ret_value))
		return DATE_WORD_ZONE;
	*ret_value = month_of(name);
	return *ret_value > 0 ? DATE_WORD_MONTH : DATE_WORD_UNKNOWN;
}
