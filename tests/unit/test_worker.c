/* parser/worker.c: the worker's side of the socket, with the sandbox closed. Each case is a child
 * process. */
#include "parser/worker.h"
#include "base/limits.h"
#include "base/mem.h"
#include "wire/parse.h"
#include "test.h"

#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

struct peer {
	pid_t pid;
	int fd;
};

/* cmocka catches what a crash raises; a child is to die of it. */
static void forget_handlers(void)
{
	static const int caught[] = { SIGFPE, SIGILL, SIGSEGV, SIGBUS, SIGSYS };
	const struct sigaction deadly = { .sa_handler = SIG_DFL };
	for (size_t i = 0; i < N_ELEMENTS(caught); i++)
		sigaction(caught[i], &deadly, NULL);
}

static const char *fd_text(int fd)
{
	static char text[12];
	snprintf(text, sizeof text, "%d", fd);
	return text;
}

/* A worker in a child, or the program as one. */
static struct peer start_program(const char *program, bool misdeeds)
{
	int fds[2];
	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, fds), 0);
	pid_t pid = fork();
	assert_true(pid >= 0);
	if (pid == 0) {
		forget_handlers();
		dup2(open("/dev/null", O_RDWR), STDOUT_FILENO);
		close(fds[0]);
		if (program != NULL)
			execl(program, program, "--worker", fd_text(fds[1]),
				misdeeds ? "--misdeeds" : NULL, (char *)NULL);
		_exit(program != NULL ? 127 : worker_main(fds[1], misdeeds));
	}
	close(fds[1]);
	return (struct peer){ pid, fds[0] };
}

static struct peer start(bool misdeeds)
{
	return start_program(NULL, misdeeds);
}

/* Hangs up; the wait status of the worker. */
static int stop(struct peer *peer)
{
	int status;
	close(peer->fd);
	assert_int_equal(waitpid(peer->pid, &status, 0), peer->pid);
	return status;
}

static void tell(const struct peer *peer, const void *bytes, size_t n)
{
	assert_int_equal(send(peer->fd, bytes, n, MSG_NOSIGNAL), (ssize_t)n);
}

static bool hear(const struct peer *peer, void *bytes, size_t n)
{
	for (char *at = bytes; n > 0;) {
		ssize_t got = read(peer->fd, at, n);
		if (got <= 0)
			return false;
		at += got;
		n -= (size_t)got;
	}
	return true;
}

/* The next frame's payload (free it), or NULL at the end. */
static char *hear_frame(const struct peer *peer, enum frame_type *ret_type, uint32_t *ret_len)
{
	unsigned char header[FRAME_HEADER];
	if (!hear(peer, header, sizeof header))
		return NULL;
	assert_true(frame_header(header, ret_len, ret_type));
	char *payload = xmalloc(*ret_len + 1);
	assert_true(hear(peer, payload, *ret_len));
	return payload;
}

static void hear_ready(const struct peer *peer)
{
	enum frame_type type;
	uint32_t len;
	char *payload = hear_frame(peer, &type, &len);
	assert_non_null(payload);
	assert_int_equal(type, FRAME_READY);
	assert_int_equal(len, 2);
	assert_int_equal(payload[1], 1); /* seccomp */
	free(payload);
}

static void tell_job(const struct peer *peer, const char *body, size_t n)
{
	struct strbuf out = STRBUF_INIT(LIMIT_FRAME);
	struct feed_input in = { body, n, "application/xml", "https://example.org/feed" };
	assert_true(parse_job_encode(&out, &in));
	tell(peer, out.data, out.len);
	strbuf_release(&out);
}

static void tell_misdeed(const struct peer *peer, enum misdeed misdeed)
{
	struct strbuf out = STRBUF_INIT(64);
	size_t start_of = frame_begin(&out, FRAME_MISDEED);
	put_u8(&out, (uint8_t)misdeed);
	frame_end(&out, start_of);
	tell(peer, out.data, out.len);
	strbuf_release(&out);
}

static const char rss[] =
	"<?xml version='1.0' encoding='windows-1252'?><rss version='2.0'><channel>"
	"<title>D\xe9j\xe0 vu</title><item><title>One</title><guid>urn:1</guid>"
	"<pubDate>Mon, 23 Nov 2026 07:00:00 GMT</pubDate><description>&lt;p&gt;text</description>"
	"</item></channel></rss>";

static void test_serves(void **state)
{
	(void)state;
	struct peer peer = start(false);
	hear_ready(&peer);
	for (int round = 0; round < 3; round++) {
		enum frame_type type;
		uint32_t len;
		tell_job(&peer, rss, sizeof rss - 1);
		char *payload = hear_frame(&peer, &type, &len);
		assert_non_null(payload);
		assert_int_equal(type, FRAME_PARSE_DOC);
		struct feed_doc *doc = parse_doc_decode(payload, len);
		assert_non_null(doc);
		assert_string_equal(doc->title, "D\xc3\xa9j\xc3\xa0 vu");
		assert_int_equal(doc->n_entries, 1);
		assert_string_equal(doc->entries[0].guid, "urn:1");
		assert_true(doc->entries[0].published == 1795417200);
		feed_doc_free(doc);
		free(payload);

		struct failure fail;
		tell_job(&peer, "no feed", 7);
		payload = hear_frame(&peer, &type, &len);
		assert_non_null(payload);
		assert_int_equal(type, FRAME_PARSE_FAIL);
		assert_true(parse_fail_decode(payload, len, &fail));
		assert_int_equal(fail.status, STATUS_NOT_A_FEED);
		free(payload);
	}
	int status = stop(&peer);
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), 0);
}

/* Every encoding that feed/ knows, with bytes that make it convert: the converters are there, and
 * no file is looked for. */
static void test_encodings(void **state)
{
	(void)state;
	static const char *const labels[] = { "utf-8", "utf-16le", "utf-16be", "utf-32", "us-ascii",
		"iso-8859-1", "iso-8859-2", "iso-8859-3", "iso-8859-4", "iso-8859-5", "iso-8859-6",
		"iso-8859-7", "iso-8859-8", "iso-8859-8-i", "iso-8859-9", "iso-8859-10",
		"iso-8859-11", "iso-8859-13", "iso-8859-14", "iso-8859-15", "iso-8859-16",
		"windows-874", "windows-1250", "windows-1251", "windows-1252", "windows-1253",
		"windows-1254", "windows-1255", "windows-1256", "windows-1257", "windows-1258",
		"koi8-r", "koi8-u", "macintosh", "x-mac-cyrillic", "ibm866", "ibm437", "ibm850",
		"ibm852", "ibm855", "ibm862", "ibm037", "ibm500", "ibm1047", "ibm1140", "gb18030",
		"gbk", "gb2312", "hz-gb-2312", "big5", "big5-hkscs", "euc-tw", "euc-jp",
		"shift_jis", "iso-2022-jp", "iso-2022-kr", "iso-2022-cn", "euc-kr", "cp949",
		"johab", "tis-620", "viscii", "utf-7", "x-user-defined", "x-never-heard-of" };
	struct peer peer = start(false);
	hear_ready(&peer);
	for (size_t i = 0; i < N_ELEMENTS(labels); i++) {
		static const char form[] = "<?xml version='1.0' encoding='%s'?><rss version='2.0'>"
					   "<channel><title>\xc4\xe3\xba\xc3 \xb5\xc4 "
					   "\xa4\xa2</title></channel></rss>";
		char body[512];
		enum frame_type type;
		uint32_t len;
		int n = snprintf(body, sizeof body, form, labels[i]);
		tell_job(&peer, body, (size_t)n);
		char *payload = hear_frame(&peer, &type, &len);
		assert_non_null(payload);
		if (type == FRAME_PARSE_DOC) {
			struct feed_doc *doc = parse_doc_decode(payload, len);
			assert_non_null(doc);
			feed_doc_free(doc);
		}
		free(payload);
	}
	int status = stop(&peer);
	assert_true(WIFEXITED(status));
}

static void test_protocol_errors(void **state)
{
	(void)state;
	static const struct {
		const char *bytes;
		size_t n;
	} cases[] = {
		{ "\xff\xff\xff\xff\x01", 5 }, /* longer than a frame may be */
		{ "\x01\0\0\0\x09x", 6 },      /* no such type */
		{ "\x01\0\0\0\x01x", 6 },      /* no job */
		{ "\x01\0\0\0\x40\x01", 6 },   /* a misdeed that was not agreed upon */
		{ "\x02\0\0\0\x04\0\0", 7 },   /* a frame for the other direction */
	};
	for (size_t i = 0; i < N_ELEMENTS(cases); i++) {
		struct peer peer = start(false);
		enum frame_type type;
		uint32_t len;
		hear_ready(&peer);
		tell(&peer, cases[i].bytes, cases[i].n);
		assert_null(hear_frame(&peer, &type, &len));
		int status = stop(&peer);
		assert_true(WIFEXITED(status));
		assert_int_equal(WEXITSTATUS(status), 1);
	}
}

static void test_hang_up_in_a_job(void **state)
{
	(void)state;
	struct peer peer = start(false);
	hear_ready(&peer);
	tell(&peer, "\x10\0\0\0\x01half", 9);
	int status = stop(&peer);
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), 1);
}

static void try_misdeeds(const char *program)
{
	static const enum misdeed misdeeds[] = { MISDEED_OPEN, MISDEED_SOCKET, MISDEED_EXEC };
	for (size_t i = 0; i < N_ELEMENTS(misdeeds); i++) {
		struct peer peer = start_program(program, true);
		enum frame_type type;
		uint32_t len;
		hear_ready(&peer);
		tell_misdeed(&peer, misdeeds[i]);
		assert_null(hear_frame(&peer, &type, &len));
		int status = stop(&peer);
		assert_true(WIFSIGNALED(status));
		assert_int_equal(WTERMSIG(status), SIGSYS);
	}
}

static void test_misdeeds(void **state)
{
	(void)state;
	try_misdeeds(NULL);
}

static void test_misdeeds_of_program(void **state)
{
	(void)state;
	if (access(TEST_BUILD "/courant-parse", X_OK) != 0)
		skip();
	try_misdeeds(TEST_BUILD "/courant-parse");
}

int main(void)
{
	struct CMUnitTest tests[] = {
		cmocka_unit_test(test_serves),
		cmocka_unit_test(test_encodings),
		cmocka_unit_test(test_protocol_errors),
		cmocka_unit_test(test_hang_up_in_a_job),
		cmocka_unit_test(test_misdeeds),
		cmocka_unit_test(test_misdeeds_of_program),
	};
	skip_under_valgrind(tests, N_ELEMENTS(tests),
		"the sandbox's filter of system calls would kill valgrind, which makes its own");
	return cmocka_run_group_tests_name("worker", tests, NULL, NULL);
}
