#include "websub/signature.h"
#include "test.h"

#include <stdio.h>
#include <string.h>

#define KEY "Jefe"
#define TEXT "what do ya want for nothing?" /* RFC 2202 and RFC 4231, test case 2 */

static const char *const right[] = {
	"sha1=effcdf6ae5eb2fa2d27416d5f184df9c259a7c79",
	"sha256=5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843",
	"sha384=af45d2e376484031617f78d2b58a6b1b9c7ef464f5a01b47e42ec3736322445e"
	"8e2240ca5e69e2c78b3239ecfab21649",
	"sha512=164b7a7bfcf819e2e395fbe73b56e0a387bd64222e831fd610270cd7ea250554"
	"9758bf75c05a994a6d034f65f8f0e6fdcaeab1a34d4a6b4b636e070a38bce737",
};

static bool is_right(const char *header)
{
	return signature_is_right(header, KEY, TEXT, strlen(TEXT));
}

static void all_methods_are_known(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(right) / sizeof(right[0]); i++)
		assert_true(is_right(right[i]));
	assert_true(is_right("SHA1=EFFCDF6AE5EB2FA2D27416D5F184DF9C259A7C79"));
}

static void every_digit_counts(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(right) / sizeof(right[0]); i++) {
		for (size_t at = 0; at < strlen(right[i]); at++) {
			char wrong[256];
			snprintf(wrong, sizeof(wrong), "%s", right[i]);
			wrong[at] = wrong[at] == '3' ? '4' : '3';
			assert_false(is_right(wrong));
			wrong[at] = '\0';
			assert_false(is_right(wrong));
		}
	}
	assert_false(signature_is_right(right[1], "Jeff", TEXT, strlen(TEXT)));
	assert_false(signature_is_right(right[1], KEY, TEXT, strlen(TEXT) - 1));
}

static void nonsense_is_wrong(void **state)
{
	(void)state;
	static const char *const cases[] = { "", "=", "sha256", "sha256=", "md5=00", "sha=00",
		" sha1=effcdf6ae5eb2fa2d27416d5f184df9c259a7c79",
		"sha1=effcdf6ae5eb2fa2d27416d5f184df9c259a7c79 ",
		"sha1=effcdf6ae5eb2fa2d27416d5f184df9c259a7c7g" };
	assert_false(is_right(NULL));
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		assert_false(is_right(cases[i]));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(all_methods_are_known),
		cmocka_unit_test(every_digit_counts),
		cmocka_unit_test(nonsense_is_wrong),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
