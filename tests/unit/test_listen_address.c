#include "config/listen.h"
#include "test.h"

#include <arpa/inet.h>
#include <netinet/in.h>

static void addresses_and_ports(void **state)
{
	(void)state;
	static const struct {
		const char *text;
		int family, port; /* family 0: refused */
	} cases[] = {
		{ "127.0.0.1:8090", AF_INET, 8090 },
		{ "0.0.0.0:0", AF_INET, 0 },
		{ "[::1]:65535", AF_INET6, 65535 },
		{ "[::]:1", AF_INET6, 1 },
		{ "127.0.0.1", 0, 0 },
		{ "127.0.0.1:", 0, 0 },
		{ "127.0.0.1:65536", 0, 0 },
		{ "127.0.0.1:-1", 0, 0 },
		{ "127.0.0.1:80x", 0, 0 },
		{ "localhost:80", 0, 0 },
		{ "::1:80", 0, 0 },
		{ "[::1:80", 0, 0 },
		{ "[]:80", 0, 0 },
		{ "[:80", 0, 0 },
		{ "[127.0.0.1]:80", 0, 0 },
		{ ":80", 0, 0 },
		{ "", 0, 0 },
		{ ":", 0, 0 },
		{ "[", 0, 0 },
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct sockaddr_storage a;
		socklen_t n = conf_listen_address(cases[i].text, &a);
		if ((n > 0) != (cases[i].family != 0))
			fail_msg("%s", cases[i].text);
		assert_int_equal(conf_listen_problem(cases[i].text) != NULL, n == 0);
		if (n == 0)
			continue;
		assert_int_equal(a.ss_family, cases[i].family);
		in_port_t port = a.ss_family == AF_INET6
					 ? ((struct sockaddr_in6 *)(void *)&a)->sin6_port
					 : ((struct sockaddr_in *)(void *)&a)->sin_port;
		assert_int_equal(ntohs(port), cases[i].port);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(addresses_and_ports) };
	return cmocka_run_group_tests(tests, NULL, NULL);
}
