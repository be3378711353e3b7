#include "api/body.h"

#include "base/text.h"

#include <string.h>

#define bad_request(fail, ...) failure_set(fail, STAGE_NONE, STATUS_BAD_REQUEST, 0, __VA_ARGS__)

static bool check_text(const struct body_key *key, const json_t *value, struct failure *ret_fail)
{
	const char *s = json_string_value(value);
	size_t n = json_string_length(value);
	if (s == NULL || n == 0) {
		bad_request(ret_fail, "%s must be text that is not empty", key->name);
		return false;
	}
	if (n > key->max) {
		bad_request(ret_fail, "%s is longer than %zu bytes", key->name, key->max);
		return false;
	}
	if (strpbrk(s, "\t\n") != NULL || !text_is_safe(s, n)) {
		bad_request(ret_fail, "%s holds control characters", key->name);
		return false;
	}
	return true;
}

static bool check_ids(const struct body_key *key, const json_t *value, struct failure *ret_fail)
{
	size_t n = json_array_size(value);
	if (n == 0) {
		bad_request(ret_fail, "%s must be a list of ids that is not empty", key->name);
		return false;
	}
	for (size_t i = 0; i < n; i++) {
		const json_t *id = json_array_get(value, i);
		if (!json_is_integer(id) || json_integer_value(id) < 1) {
			bad_request(ret_fail, "%s must hold ids: whole numbers from 1", key->name);
			return false;
		}
	}
	return true;
}

static bool check_id(const struct body_key *key, const json_t *value, struct failure *ret_fail)
{
	if (json_is_integer(value) && json_integer_value(value) >= 0)
		return true;
	bad_request(ret_fail, "%s must be an id: a whole number from 1", key->name);
	return false;
}

static bool check_none(const struct body_key *key, const json_t *value, struct failure *ret_fail)
{
	if (json_is_false(value) || (json_is_string(value) && json_string_length(value) == 0) ||
		(json_is_integer(value) && json_integer_value(value) == 0))
		return true;
	if (key->type == BODY_ONE_NAME)
		bad_request(ret_fail,
			"%s: courant gives its own name to every server, and no other", key->name);
	else
		bad_request(ret_fail,
			"%s is not supported here; what a feed may need to be asked can be "
			"declared in courant.conf",
			key->name);
	return false;
}

static bool check_value(const struct body_key *key, const json_t *value, struct failure *ret_fail)
{
	switch (key->type) {
	case BODY_WORDS:
		if (json_is_string(value) && json_string_length(value) == 0)
			return true;
		return check_text(key, value, ret_fail);
	case BODY_TEXT:
		return check_text(key, value, ret_fail);
	case BODY_IDS:
		return check_ids(key, value, ret_fail);
	case BODY_ID:
		return check_id(key, value, ret_fail);
	case BODY_NONE:
	case BODY_ONE_NAME:
		return check_none(key, value, ret_fail);
	case BODY_RAW:
		break;
	case BODY_BOOL:
		if (json_is_boolean(value))
			return true;
		bad_request(ret_fail, "%s must be true or false", key->name);
		return false;
	}
	return false;
}

static bool check_known(json_t *body, const struct body_key *table, struct failure *ret_fail)
{
	for (void *at = json_object_iter(body); at != NULL; at = json_object_iter_next(body, at)) {
		const struct body_key *key = table;
		while (key->name != NULL && strcmp(key->name, json_object_iter_key(at)) != 0)
			key++;
		if (key->name == NULL) {
			bad_request(
				ret_fail, "there is no key \"%s\" here", json_object_iter_key(at));
			return false;
		}
	}
	return true;
}

static bool check_body(json_t *body, const struct body_key *table, struct failure *ret_fail)
{
	if (!json_is_object(body)) {
		bad_request(ret_fail, "the body must be a JSON object");
		return false;
	}
	if (!check_known(body, table, ret_fail))
		return false;
	for (const struct body_key *key = table; key->name != NULL; key++) {
		const json_t *value = json_object_get(body, key->name);
		bool missing = value == NULL || json_is_null(value);
		if (missing && key->required) {
			bad_request(ret_fail, "%s is missing", key->name);
			return false;
		}
		if (!missing && !check_value(key, value, ret_fail))
			return false;
	}
	return true;
}

json_t *body_parse(
	const char *bytes, size_t n, const struct body_key *table, struct failure *ret_fail)
{
	json_error_t error;
	json_t *body = json_loadb(bytes, n, JSON_REJECT_DUPLICATES, &error);
	if (body == NULL) {
		bad_request(ret_fail, "the body is not JSON: line %d column %d: %s", error.line,
			error.column, error.text);
		return NULL;
	}
	if (!check_body(body, table, ret_fail)) {
		json_decref(body);
		return NULL;
	}
	return body;
}

const char *body_text(const json_t *body, const char *name)
{
	const char *text = json_string_value(json_object_get(body, name));
	return text != NULL && text[0] != '\0' ? text : NULL;
}

bool body_bool(const json_t *body, const char *name)
{
	return json_is_true(json_object_get(body, name));
}
