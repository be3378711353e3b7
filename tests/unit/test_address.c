#include "fetch/address.h"
#include "test.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/un.h>

static const struct {
	const char *text;
	enum address_kind kind;
} cases[] = {
	{ "93.184.216.34", ADDRESS_PUBLIC },
	{ "1.1.1.1", ADDRESS_PUBLIC },
	{ "9.255.255.255", ADDRESS_PUBLIC },
	{ "10.0.0.0", ADDRESS_PRIVATE },
	{ "10.255.255.255", ADDRESS_PRIVATE },
	{ "11.0.0.0", ADDRESS_PUBLIC },
	{ "100.63.255.255", ADDRESS_PUBLIC },
	{ "100.64.0.0", ADDRESS_PRIVATE },
	{ "100.127.255.255", ADDRESS_PRIVATE },
	{ "100.128.0.0", ADDRESS_PUBLIC },
	{ "126.255.255.255", ADDRESS_PUBLIC },
	{ "127.0.0.1", ADDRESS_LOOPBACK },
	{ "127.255.255.254", ADDRESS_LOOPBACK },
	{ "128.0.0.0", ADDRESS_PUBLIC },
	{ "169.254.169.254", ADDRESS_PRIVATE },
	{ "172.15.255.255", ADDRESS_PUBLIC },
	{ "172.16.0.0", ADDRESS_PRIVATE },
	{ "172.31.255.255", ADDRESS_PRIVATE },
	{ "172.32.0.0", ADDRESS_PUBLIC },
	{ "192.0.0.8", ADDRESS_PRIVATE },
	{ "192.0.2.1", ADDRESS_PRIVATE },
	{ "192.88.99.1", ADDRESS_PRIVATE },
	{ "192.168.1.1", ADDRESS_PRIVATE },
	{ "198.18.0.1", ADDRESS_PRIVATE },
	{ "198.20.0.0", ADDRESS_PUBLIC },
	{ "198.51.100.7", ADDRESS_PRIVATE },
	{ "203.0.113.9", ADDRESS_PRIVATE },
	{ "224.0.0.1", ADDRESS_UNUSABLE },
	{ "239.255.255.255", ADDRESS_UNUSABLE },
	{ "240.0.0.1", ADDRESS_PRIVATE },
	{ "255.255.255.255", ADDRESS_UNUSABLE },
	{ "0.0.0.0", ADDRESS_UNUSABLE },
	{ "0.1.2.3", ADDRESS_UNUSABLE },
	{ "2606:4700::1111", ADDRESS_PUBLIC },
	{ "[2606:4700::1111]", ADDRESS_PUBLIC },
	{ "::", ADDRESS_UNUSABLE },
	{ "::1", ADDRESS_LOOPBACK },
	{ "::2", ADDRESS_PRIVATE },
	{ "fe80::1%eth0", ADDRESS_PRIVATE },
	{ "febf::1", ADDRESS_PRIVATE },
	{ "fec0::1", ADDRESS_PRIVATE },
	{ "fc00::1", ADDRESS_PRIVATE },
	{ "fdff::1", ADDRESS_PRIVATE },
	{ "ff02::1", ADDRESS_UNUSABLE },
	{ "2001:db8::1", ADDRESS_PRIVATE },
	{ "3fff::1", ADDRESS_PRIVATE },
	{ "4000::1", ADDRESS_PRIVATE },
	{ "100::1", ADDRESS_PRIVATE },
	/* disguises */
	{ "::ffff:127.0.0.1", ADDRESS_LOOPBACK },
	{ "::ffff:10.0.0.1", ADDRESS_PRIVATE },
	{ "::ffff:0.0.0.0", ADDRESS_UNUSABLE },
	{ "::ffff:1.1.1.1", ADDRESS_PUBLIC },
	{ "::127.0.0.1", ADDRESS_PRIVATE },
	{ "::ffff:0:127.0.0.1", ADDRESS_PRIVATE },
	{ "64:ff9b::127.0.0.1", ADDRESS_LOOPBACK },
	{ "64:ff9b::192.168.0.1", ADDRESS_PRIVATE },
	{ "64:ff9b::1.1.1.1", ADDRESS_PUBLIC },
	{ "64:ff9b:1::1.1.1.1", ADDRESS_PRIVATE },
	{ "2002:7f00:1::1", ADDRESS_LOOPBACK },
	{ "2002:c0a8:101::1", ADDRESS_PRIVATE },
	{ "2002:101:101::1", ADDRESS_PUBLIC },
	{ "2001::1", ADDRESS_PRIVATE },
	{ "2001:0:102:304::1", ADDRESS_PRIVATE },
	{ "2606:4700::5efe:10.0.0.1", ADDRESS_PRIVATE },
	{ "2606:4700::200:5efe:127.0.0.1", ADDRESS_LOOPBACK },
	{ "2606:4700::5efe:1.1.1.1", ADDRESS_PUBLIC },
	/* no addresses */
	{ "", ADDRESS_UNUSABLE },
	{ "localhost", ADDRESS_UNUSABLE },
	{ "127.1", ADDRESS_UNUSABLE },
	{ "1.2.3.4.5", ADDRESS_UNUSABLE },
	{ "2606:4700:2606:4700:2606:4700:2606:4700:2606:4700:2606:4700", ADDRESS_UNUSABLE },
};

static void text_is_judged(void **state)
{
	(void)state;
	for (size_t i = 0; i < N_ELEMENTS(cases); i++) {
		const char *what = NULL;
		enum address_kind kind = address_kind_text(cases[i].text, &what);
		if (kind != cases[i].kind)
			fail_msg("%s is %d (%s), not %d", cases[i].text, kind, what, cases[i].kind);
		assert_non_null(what);
		assert_int_equal(address_kind_text(cases[i].text, NULL), kind);
	}
}

static void socket_address_is_judged_as_its_text(void **state)
{
	(void)state;
	for (size_t i = 0; i < N_ELEMENTS(cases); i++) {
		struct sockaddr_storage storage = { 0 };
		struct sockaddr_in in = { .sin_family = AF_INET };
		struct sockaddr_in6 in6 = { .sin6_family = AF_INET6 };
		if (inet_pton(AF_INET, cases[i].text, &in.sin_addr) == 1)
			memcpy(&storage, &in, sizeof(in));
		else if (inet_pton(AF_INET6, cases[i].text, &in6.sin6_addr) == 1)
			memcpy(&storage, &in6, sizeof(in6));
		else
			continue;
		assert_int_equal(address_kind((struct sockaddr *)&storage, NULL), cases[i].kind);
	}
}

static void other_families_are_unusable(void **state)
{
	(void)state;
	struct sockaddr_un un = { .sun_family = AF_UNIX };
	assert_int_equal(address_kind((struct sockaddr *)&un, NULL), ADDRESS_UNUSABLE);
}

static void allow_private_never_allows_the_unusable(void **state)
{
	(void)state;
	assert_true(address_allowed(ADDRESS_PUBLIC, false));
	assert_false(address_allowed(ADDRESS_LOOPBACK, false));
	assert_false(address_allowed(ADDRESS_PRIVATE, false));
	assert_false(address_allowed(ADDRESS_UNUSABLE, false));
	assert_true(address_allowed(ADDRESS_LOOPBACK, true));
	assert_true(address_allowed(ADDRESS_PRIVATE, true));
	assert_false(address_allowed(ADDRESS_UNUSABLE, true));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(text_is_judged),
		cmocka_unit_test(socket_address_is_judged_as_its_text),
		cmocka_unit_test(other_families_are_unusable),
		cmocka_unit_test(allow_private_never_allows_the_unusable),
	};
	return cmocka_run_group_tests_name("address", tests, NULL, NULL);
}
