#include "api/params.h"

#include "base/limits.h"
#include "base/text.h"

#include <string.h>

#define bad_request(fail, ...) failure_set(fail, STAGE_NONE, STATUS_BAD_REQUEST, 0, __VA_ARGS__)

static const struct {
	const char *name;
	enum entry_order order;
} ORDERS[] = {
	{ "id", ENTRY_ORDER_ID },
	{ "published_at", ENTRY_ORDER_PUBLISHED },
	{ "created_at", ENTRY_ORDER_CREATED },
	{ "status", ENTRY_ORDER_STATUS },
	{ "category_title", ENTRY_ORDER_FEED },
	{ "relevance", ENTRY_ORDER_RELEVANCE },
};

/* What a refused value should have been, in the order of enum param_type. */
static const char *const WANTED[] = {
	[PARAM_INT] = "a number, 0 or more",
	[PARAM_BOOL] = "1, true, 0 or false",
	[PARAM_TERNARY] = "1, true, 0 or false",
	[PARAM_TEXT] = "text that is not empty",
	[PARAM_STATUS] = "unread, read or removed",
	[PARAM_ORDER] = "id, published_at, created_at, status, category_title or relevance",
	[PARAM_DIRECTION] = "asc or desc",
};

void params_init(struct params *p)
{
	*p = (struct params){
		.order = ENTRY_ORDER_PUBLISHED,
		.limit = 100,
		.content = true,
		.last_event_id = -1,
	};
}

bool number_parse(const char *s, int64_t *ret)
{
	int64_t n = 0;
	if (s[0] == '\0' || (s[0] == '0' && s[1] != '\0'))
		return false;
	for (; *s != '\0'; s++) {
		if (*s < '0' || *s > '9')
			return false;
		if (__builtin_mul_overflow(n, 10, &n) || __builtin_add_overflow(n, *s - '0', &n))
			return false;
	}
	*ret = n;
	return true;
}

bool id_parse(const char *s, int64_t *ret)
{
	return s[0] != '0' && number_parse(s, ret);
}

static int hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c |= 0x20;
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

bool percent_decode(char *s)
{
	char *out = s;
	for (const char *p = s; *p != '\0'; p++) {
		if (*p != '%') {
			*out++ = *p;
			continue;
		}
		int high = hex_digit(p[1]);
		int low = high < 0 ? -1 : hex_digit(p[2]);
		if (low < 0)
			return false;
		*out++ = (char)(high << 4 | low);
		p += 2;
	}
	size_t n = (size_t)(out - s);
	*out = '\0';
	return strpbrk(s, "\t\n") == NULL && text_is_safe(s, n);
}

static bool parse_bool(const char *value, bool *ret)
{
	bool yes = strcmp(value, "1") == 0 || strcmp(value, "true") == 0;
	if (!yes && strcmp(value, "0") != 0 && strcmp(value, "false") != 0)
		return false;
	*ret = yes;
	return true;
}

static bool parse_order(const char *value, enum entry_order *ret)
{
	for (size_t i = 0; i < sizeof ORDERS / sizeof ORDERS[0]; i++) {
		if (strcmp(value, ORDERS[i].name) == 0) {
			*ret = ORDERS[i].order;
			return true;
		}
	}
	return false;
}

static bool add_status(struct params *p, const char *value)
{
	enum entry_status status;
	if (!entry_status_parse(value, &status))
		return false;
	for (size_t i = 0; i < p->n_statuses; i++) {
		if (p->statuses[i] == status)
			return true;
	}
	p->statuses[p->n_statuses++] = status;
	return true;
}

static bool set_value(struct params *p, const struct param *param, char *value)
{
	void *field = (char *)p + param->offset;
	bool yes;
	switch (param->type) {
	case PARAM_INT:
		return number_parse(value, field);
	case PARAM_BOOL:
		return parse_bool(value, field);
	case PARAM_TERNARY:
		if (!parse_bool(value, &yes))
			return false;
		*(int *)field = yes ? 1 : -1;
		return true;
	case PARAM_TEXT:
		*(const char **)field = value;
		return value[0] != '\0';
	case PARAM_STATUS:
		return add_status(p, value);
	case PARAM_ORDER:
		p->order_said = true;
		return parse_order(value, field);
	case PARAM_DIRECTION:
		*(bool *)field = strcmp(value, "desc") == 0;
		return *(bool *)field || strcmp(value, "asc") == 0;
	}
	return false;
}

static const struct param *find(const struct param *table, const char *name)
{
	for (const struct param *p = table; p != NULL && p->name != NULL; p++) {
		if (strcmp(p->name, name) == 0)
			return p;
	}
	return NULL;
}

/* One `name=value`, cut in place. *seen has a bit for every parameter of the table that was met. */
static bool parse_pair(struct params *p, const struct param *table, char *pair, uint64_t *seen,
	struct failure *ret_fail)
{
	char *value = strchr(pair, '=');
	if (value != NULL)
		*value++ = '\0';
	else
		value = pair + strlen(pair);
	for (char *c = strchr(value, '+'); c != NULL; c = strchr(c, '+'))
		*c = ' ';
	bool named = percent_decode(pair);
	if (!named || !percent_decode(value)) {
		bad_request(ret_fail,
			"%s is not percent-encoded UTF-8 text without control characters (tabs and "
			"line ends are some)",
			named ? pair : "a parameter's name");
		return false;
	}
	const struct param *param = find(table, pair);
	if (param == NULL) {
		bad_request(ret_fail, "there is no parameter \"%s\" here", pair);
		return false;
	}
	uint64_t bit = UINT64_C(1) << (param - table);
	if ((*seen & bit) != 0 && param->type != PARAM_STATUS) {
		bad_request(ret_fail, "%s is given twice", pair);
		return false;
	}
	*seen |= bit;
	if (!set_value(p, param, value)) {
		bad_request(ret_fail, "%s must be %s", pair, WANTED[param->type]);
		return false;
	}
	return true;
}

bool params_parse(
	struct params *p, const struct param *table, char *query, struct failure *ret_fail)
{
	uint64_t seen = 0;
	char *pair;
	while ((pair = strsep(&query, "&")) != NULL) {
		if (pair[0] != '\0' && !parse_pair(p, table, pair, &seen, ret_fail))
			return false;
	}
	return true;
}
