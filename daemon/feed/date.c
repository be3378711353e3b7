#include "feed/date.h"

#include "base/clock.h"
#include "feed/date_names.h"

#define NUMBERS 4       /* of a date: year, month, day, and one too many */
#define UNKNOWN_WORDS 2 /* more words that say nothing, and it is prose, not a date */
#define DATE_LENGTH 128 /* longer texts are no dates */
#define FIRST_YEAR 1    /* 0000-00-00 is what databases say for "no date" */

struct number {
	int64_t value;
	int digits;
	char before, after;  /* the characters around it */
	enum date_word role; /* what the sign after it says */
};

struct date_scan {
	struct span text;
	size_t at;
	struct number numbers[NUMBERS];
	int n_numbers, month, month_at; /* month_at: numbers seen before its name */
	int hour, minute, second;
	int zone, unknown;
	bool has_time, has_zone, pm, am, korean, week, bad;
};

static char peek(const struct date_scan *d, size_t ahead)
{
	return d->at + ahead < d->text.n ? d->text.s[d->at + ahead] : '\0';
}

static int64_t take_number(struct date_scan *d, int *ret_digits)
{
	int64_t v = 0;
	int digits = 0;

	for (; ascii_digit(peek(d, 0)); d->at++, digits++)
		v = digits < 17 ? v * 10 + (peek(d, 0) - '0') : v;
	*ret_digits = digits;
	return v;
}

/* ":MM" or ":SS"; -1 when it is not there. */
static int take_sixty(struct date_scan *d)
{
	int digits;

	if (peek(d, 0) != ':' || !ascii_digit(peek(d, 1)))
		return -1;
	d->at++;
	int64_t v = take_number(d, &digits);
	d->bad |= digits > 2;
	return (int)(v % 100);
}

/* Behind the hour's digits: ":MM[:SS[.fraction]]". */
static void scan_time(struct date_scan *d, int64_t hour)
{
	int digits;

	d->has_time = true;
	d->hour = hour > 99 ? 99 : (int)hour;
	d->minute = take_sixty(d);
	d->second = take_sixty(d);
	if (d->second < 0)
		d->second = 0;
	d->bad |= d->minute < 0 || (peek(d, 0) == ':' && ascii_digit(peek(d, 1)));
	if ((peek(d, 0) == '.' || peek(d, 0) == ',') && ascii_digit(peek(d, 1))) {
		d->at++;
		take_number(d, &digits);
	}
}

/* "T1014", "T101455": a time without colons. */
static void compact_time(struct date_scan *d, int64_t v, int digits)
{
	d->has_time = true;
	if (digits <= 2)
		v *= 10000;
	else if (digits <= 4)
		v *= 100;
	d->hour = (int)(v / 10000 % 100);
	d->minute = (int)(v / 100 % 100);
	d->second = (int)(v % 100);
	d->bad |= digits > 6;
}

/* Behind a sign: "HH", "HHMM", "H:MM", "HH:MM". */
static void scan_zone(struct date_scan *d, int sign, int64_t v, int digits)
{
	int minutes = take_sixty(d);
	int hours = digits > 2 && minutes < 0 ? (int)(v / 100) : (int)(v % 100);

	if (minutes < 0)
		minutes = digits > 2 ? (int)(v % 100) : 0;
	take_sixty(d);
	d->bad |= digits > 4 || hours > 15 || minutes > 59;
	if (d->bad || (d->has_zone && d->zone != 0))
		return; /* "EST-0500" says it twice; "GMT+0200" adds */
	d->has_zone = true;
	d->zone = sign * (hours * 60 + minutes);
}

static void scan_digits(struct date_scan *d)
{
	char before = d->at > 0 ? d->text.s[d->at - 1] : '\0';
	int digits;
	int64_t v = take_number(d, &digits);
	bool dated = d->n_numbers + (d->month > 0) >= 3;

	if ((before == '+' || before == '-') &&
		(d->has_time || (before == '+' && d->n_numbers > 0))) {
		scan_zone(d, before == '+' ? 1 : -1, v, digits);
	} else if (peek(d, 0) == ':' && ascii_digit(peek(d, 1)) && !d->has_time) {
		scan_time(d, v);
	} else if (!d->has_time && ((ascii_lower(before) == 't' && d->n_numbers > 0) ||
					   (before == ' ' && digits == 4 && dated))) {
		compact_time(d, v, digits);
	} else if (before == '-' && digits == 4 && d->n_numbers > 0 &&
		   d->text.s[d->at - 6] == ' ') {
		d->bad = true; /* "30 Nov -0001" is 0000-00-00, counted backwards */
	} else if (d->n_numbers < NUMBERS) {
		struct number *n = &d->numbers[d->n_numbers++];
		*n = (struct number){ v, digits, before, peek(d, 0), DATE_WORD_UNKNOWN };
	}
}

static bool word_byte(char c)
{
	return ascii_alpha(c) || (unsigned char)c >= 0x80;
}

/* 時 and its like turn the last number into a part of the time. */
static void take_for_time(struct date_scan *d, int *part)
{
	if (d->n_numbers > 0) {
		d->n_numbers--;
		*part = (int)(d->numbers[d->n_numbers].value % 100);
		d->has_time = true;
	}
}

static void scan_word(struct date_scan *d)
{
	struct span word = { d->text.s + d->at, 0 };
	int value = 0;

	while (word_byte(peek(d, 0))) {
		/* "오후11시": scripts without blanks; the sign ends where the digits begin */
		d->at++;
		word.n++;
	}
	if ((span_is(word, "a") || span_is(word, "p")) && peek(d, 0) == '.' &&
		ascii_lower(peek(d, 1)) == 'm') {
		d->am |= span_is(word, "a");
		d->pm |= span_is(word, "p");
		d->at += 2;
		return;
	}
	if (span_is(word, "w") && ascii_digit(peek(d, 0)) && d->n_numbers == 1) {
		d->week = true;
		return;
	}
	enum date_word kind = date_word_find(word, &value);
	d->korean |=
		word.n >= 3 && (unsigned char)word.s[0] >= 0xea && (unsigned char)word.s[0] <= 0xed;
	switch (kind) {
	case DATE_WORD_MONTH:
		d->month = value;
		d->month_at = d->n_numbers;
		break;
	case DATE_WORD_ZONE:
		if (!d->has_zone && (d->has_time || value == 0)) {
			d->zone = value;
			d->has_zone = d->has_time;
		}
		break;
	case DATE_WORD_AM:
		d->am = true;
		break;
	case DATE_WORD_PM:
		d->pm = true;
		break;
	case DATE_WORD_YEAR:
	case DATE_WORD_DAY:
	case DATE_WORD_MONTH_SIGN:
		if (d->n_numbers > 0)
			d->numbers[d->n_numbers - 1].role = kind;
		break;
	case DATE_WORD_HOUR:
		take_for_time(d, &d->hour);
		break;
	case DATE_WORD_MINUTE:
		take_for_time(d, &d->minute);
		break;
	case DATE_WORD_SECOND:
		take_for_time(d, &d->second);
		break;
	case DATE_WORD_FILLER:
		break;
	case DATE_WORD_UNKNOWN:
		d->unknown++;
		break;
	}
}

static void scan(struct date_scan *d)
{
	while (d->at < d->text.n && !d->bad) {
		char c = peek(d, 0);
		if (ascii_digit(c))
			scan_digits(d);
		else if (word_byte(c))
			scan_word(d);
		else if (c == '(')
			while (d->at < d->text.n && d->text.s[d->at++] != ')')
				;
		else
			d->at++;
	}
}

static int64_t full_year(const struct number *n)
{
	if (n->digits > 3)
		return n->value;
	if (n->digits == 3)
		return n->value + 1900; /* C's tm_year, printed as it is */
	/* No feed is older than 1997: 89 is 2089 rather than a memory of 1989. */
	return n->value + (n->value < 90 ? 2000 : 1900);
}

static int month_days(int64_t year, int month)
{
	static const int days[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
	bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;

	return days[month - 1] + (month == 2 && leap);
}

/* Days since 1970 of a date; INT64_MIN when there is no such day. */
static int64_t civil(int64_t year, int64_t month, int64_t day)
{
	if (year < FIRST_YEAR || year > 9999 || month < 1 || month > 12 || day < 1 ||
		day > month_days(year, (int)month))
		return INT64_MIN;
	return days_from_civil(year, (int)month, (int)day);
}

static int64_t ordinal(int64_t year, int64_t day)
{
	if (year < FIRST_YEAR || year > 9999 || day < 1 || day > 366)
		return INT64_MIN;
	return days_from_civil(year, 1, 1) + day - 1;
}

/* ISO 8601 week date: week 1 holds the 4th of January. */
static int64_t week_day(int64_t year, int64_t week, int64_t day)
{
	if (year < FIRST_YEAR || year > 9999 || week < 1 || week > 53 || day < 1 || day > 7)
		return INT64_MIN;
	int64_t fourth = days_from_civil(year, 1, 4);
	int64_t weekday = ((fourth + 3) % 7 + 7) % 7; /* 0: Monday */
	return fourth - weekday + (week - 1) * 7 + day - 1;
}

/* One run of digits: YYYYMMDD, YYMMDD, YYYYDDD, YYDDD, YYYY, seconds since 1970. */
static int64_t packed_date(struct date_scan *d)
{
	const struct number *n = &d->numbers[0];
	struct number yy = { .digits = 2 };
	int64_t v = n->value;

	switch (n->digits) {
	case 4:
		if (n->before == '-') {
			yy.value = v / 100;
			return civil(full_year(&yy), v % 100, 1);
		}
		return civil(v, 1, 1);
	case 5:
		yy.value = v / 1000;
		return ordinal(full_year(&yy), v % 1000);
	case 6:
		yy.value = v / 10000;
		return civil(full_year(&yy), v / 100 % 100, v % 100);
	case 7:
		return ordinal(v / 1000, v % 1000);
	case 8:
		return civil(v / 10000, v / 100 % 100, v % 100);
	case 14:
		compact_time(d, v % 1000000, 6);
		v /= 1000000;
		return civil(v / 10000, v / 100 % 100, v % 100);
	case 13:
		v /= 1000;
		/* fall through */
	case 10:
		compact_time(d, v % 86400 / 3600 * 10000 + v % 3600 / 60 * 100 + v % 60, 6);
		return v / 86400;
	default:
		return INT64_MIN;
	}
}

static int64_t named_month_date(const struct date_scan *d)
{
	const struct number *a = &d->numbers[0], *b = &d->numbers[1];

	if (d->n_numbers == 1)
		return a->digits == 4 ? civil(a->value, d->month, 1) : INT64_MIN;
	if (a->digits == 4 || a->value > 31)
		return civil(full_year(a), d->month, b->value);
	return civil(full_year(b), d->month, a->value);
}

static int64_t three_numbers(const struct number *n)
{
	if (n[0].digits >= 4)
		return n[1].value > 12 ? civil(n[0].value, n[2].value, n[1].value)
				       : civil(n[0].value, n[1].value, n[2].value);
	if (n[2].digits < 4 && n[0].after == '-')
		return civil(full_year(&n[0]), n[1].value, n[2].value);
	/* 11/22/2022 is American, unless it cannot be; 22.11.2022 is not. */
	bool month_first = n[0].after == '/' ? n[0].value <= 12 : n[1].value > 12;
	return month_first ? civil(full_year(&n[2]), n[0].value, n[1].value)
			   : civil(full_year(&n[2]), n[1].value, n[0].value);
}

/* The numbers in the order year, month, day, where signs such as 年 tell which is which. */
static int64_t signed_date(const struct date_scan *d)
{
	int64_t year = -1, month = -1, day = 1;

	for (int i = 0; i < d->n_numbers; i++) {
		const struct number *n = &d->numbers[i];
		if (n->role == DATE_WORD_YEAR)
			year = full_year(n);
		else if (n->role == DATE_WORD_MONTH_SIGN)
			month = n->value;
		else if (n->role == DATE_WORD_DAY)
			day = n->value;
	}
	return civil(year, month, day);
}

static int64_t date_of(struct date_scan *d)
{
	const struct number *n = d->numbers;

	if (d->n_numbers == 0)
		return INT64_MIN;
	if (n[0].role != DATE_WORD_UNKNOWN)
		return signed_date(d);
	if (d->week)
		return d->n_numbers == 2 && n[1].digits == 3
			       ? week_day(n[0].value, n[1].value / 10, n[1].value % 10)
			       : week_day(
					 n[0].value, n[1].value, d->n_numbers > 2 ? n[2].value : 1);
	if (d->month > 0)
		return named_month_date(d);
	if (d->n_numbers >= 3)
		return three_numbers(n);
	if (d->n_numbers == 1)
		return packed_date(d);
	if (n[1].digits == 3)
		return ordinal(full_year(&n[0]), n[1].value);
	if (n[0].digits == 4 || n[0].before == '-')
		return civil(full_year(&n[0]), n[1].value, 1);
	return INT64_MIN;
}

/* Seconds into the day, or -1. */
static int64_t time_of(struct date_scan *d)
{
	if (!d->has_time)
		return 0;
	if (d->pm && d->hour < 12)
		d->hour += 12;
	if (d->am && d->hour == 12)
		d->hour = 0;
	if (d->minute < 0)
		d->minute = 0;
	bool midnight = d->hour == 24 && d->minute == 0 && d->second == 0;
	if ((d->hour > 23 && !midnight) || d->minute > 59 || d->second > 60)
		return -1;
	return d->hour * 3600 + d->minute * 60 + (d->second == 60 ? 59 : d->second);
}

bool date_parse(struct span text, int64_t *ret)
{
	struct date_scan d = { .text = span_trim(text) };
	int64_t days, seconds;

	if (d.text.n == 0 || d.text.n > DATE_LENGTH)
		return false;
	scan(&d);
	if (d.bad || d.unknown > UNKNOWN_WORDS)
		return false;
	days = date_of(&d);
	seconds = time_of(&d);
	if (days == INT64_MIN || seconds < 0)
		return false;
	if (d.korean && !d.has_zone)
		d.zone = 9 * 60;
	*ret = days * 86400 + seconds - d.zone * 60;
	return true;
}
