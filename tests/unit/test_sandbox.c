/* parser/sandbox.c: inside it a document can be read in every encoding, and nothing else can be
 * done. Each case is a child process. */
#include "parser/sandbox.h"
#include "base/limits.h"
#include "base/mem.h"
#include "parser/landlock.h"
#include "parser/misdeed.h"
#include "parser/seccomp.h"
#include "test.h"

#include <errno.h>
#include <fcntl.h>
#include <gumbo.h>
#include <iconv.h>
#include <jansson.h>
#include <libxml/parser.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <uchardet.h>
#include <unistd.h>

typedef int inside_fn(const void *arg);

/* cmocka catches what a crash raises; a child is to die of it. */
static void forget_handlers(void)
{
	static const int caught[] = { SIGFPE, SIGILL, SIGSEGV, SIGBUS, SIGSYS };
	const struct sigaction deadly = { .sa_handler = SIG_DFL };
	for (size_t i = 0; i < N_ELEMENTS(caught); i++)
		sigaction(caught[i], &deadly, NULL);
}

static bool keep_stdout; /* otherwise it is /dev/null, as the daemon gives it to a worker */

/* The wait status of a child that closed the sandbox and left with what fn() returned. */
static int status_inside(enum sandbox_kind kind, inside_fn *fn, const void *arg)
{
	fflush(NULL);
	pid_t pid = fork();
	assert_true(pid >= 0);
	if (pid == 0) {
		struct sandbox sandbox;
		forget_handlers();
		if (!keep_stdout)
			dup2(open("/dev/null", O_RDWR), STDOUT_FILENO);
		sandbox_close(kind, &sandbox);
		_exit(sandbox.seccomp ? fn(arg) : 99);
	}
	int status;
	assert_int_equal(waitpid(pid, &status, 0), pid);
	return status;
}

static void assert_works(inside_fn *fn, const void *arg)
{
	int status = status_inside(SANDBOX_WORKER, fn, arg);
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), 0);
}

static void assert_dies_of(int signal, inside_fn *fn, const void *arg)
{
	static const enum sandbox_kind kinds[] = { SANDBOX_WORKER, SANDBOX_FILTER };
	for (size_t i = 0; i < N_ELEMENTS(kinds); i++) {
		int status = status_inside(kinds[i], fn, arg);
		assert_true(WIFSIGNALED(status));
		assert_int_equal(WTERMSIG(status), signal);
	}
}

static int commit(const void *misdeed)
{
	misdeed_do(*(const enum misdeed *)misdeed);
	return 0;
}

static void test_misdeeds(void **state)
{
	(void)state;
	static const enum misdeed misdeeds[] = { MISDEED_OPEN, MISDEED_SOCKET, MISDEED_EXEC };
	for (size_t i = 0; i < N_ELEMENTS(misdeeds); i++)
		assert_dies_of(SIGSYS, commit, &misdeeds[i]);
}

static void test_crash_is_a_signal(void **state)
{
	(void)state;
	enum misdeed crash = MISDEED_CRASH;
	assert_true(WIFSIGNALED(status_inside(SANDBOX_WORKER, commit, &crash)));
}

static void test_memory_ends(void **state)
{
	(void)state;
	enum misdeed eat = MISDEED_EAT;
	if (!SANITIZED)
		assert_dies_of(SIGABRT, commit, &eat);
}

static int burn_cpu(const void *arg)
{
	sandbox_grant_cpu(0);
	return commit(arg);
}

static void test_cpu_time_ends(void **state)
{
	(void)state;
	enum misdeed hang = MISDEED_HANG;
	int status = status_inside(SANDBOX_WORKER, burn_cpu, &hang);
	assert_true(WIFSIGNALED(status));
	assert_int_equal(WTERMSIG(status), SIGXCPU);
}

static int try_fork(const void *arg)
{
	(void)arg;
	return fork() == 0 ? 0 : 1;
}

static int try_kill(const void *arg)
{
	(void)arg;
	return kill(getppid(), 0);
}

static int try_kill_by_thread(const void *arg)
{
	(void)arg;
	return tgkill(1, 1, 0);
}

static int try_ptrace(const void *arg)
{
	(void)arg;
	return (int)ptrace(PTRACE_TRACEME, 0, NULL, NULL);
}

static int try_prctl(const void *arg)
{
	(void)arg;
	return prctl(PR_SET_NAME, "innocent", 0, 0, 0);
}

static int try_other_limit(const void *arg)
{
	(void)arg;
	struct rlimit none = { RLIM_INFINITY, RLIM_INFINITY };
	return prlimit(0, RLIMIT_NOFILE, &none, NULL);
}

static int try_limit_of_other(const void *arg)
{
	(void)arg;
	return prlimit(1, RLIMIT_CPU, NULL, NULL);
}

static int try_map_executable(const void *arg)
{
	(void)arg;
	void *p = mmap(NULL, 4096, PROT_READ | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	return p == MAP_FAILED;
}

static int try_map_file(const void *arg)
{
	(void)arg;
	return mmap(NULL, 4096, PROT_READ, MAP_PRIVATE, STDIN_FILENO, 0) == MAP_FAILED;
}

static int try_make_executable(const void *arg)
{
	(void)arg;
	void *p = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	return mprotect(p, 4096, PROT_READ | PROT_EXEC);
}

static int try_unlink(const void *arg)
{
	(void)arg;
	return unlink("/tmp/courant-no-such-file");
}

static int try_socketpair(const void *arg)
{
	(void)arg;
	int fds[2];
	return socketpair(AF_UNIX, SOCK_STREAM, 0, fds);
}

static int try_send(const void *arg)
{
	(void)arg;
	return send(STDIN_FILENO, "x", 1, 0) < 0; /* nor may descriptors be passed */
}

static void test_other_calls_kill(void **state)
{
	(void)state;
	static inside_fn *const tries[] = { try_fork, try_kill, try_kill_by_thread, try_ptrace,
		try_prctl, try_other_limit, try_limit_of_other, try_map_executable, try_map_file,
		try_make_executable, try_unlink, try_socketpair, try_send };
	for (size_t i = 0; i < N_ELEMENTS(tries); i++)
		assert_dies_of(SIGSYS, tries[i], NULL);
}

/* Landlock by itself, so that it holds even where seccomp is missing. */
static int landlock_alone(const void *arg)
{
	(void)arg;
	prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
	uint8_t abi = landlock_deny_all();
	if (abi == 0)
		return 77;
	if (open("/etc/passwd", O_RDONLY) >= 0 || errno != EACCES)
		return 1;
	if (mkdir("/tmp/courant-landlock", 0700) == 0 || errno != EACCES)
		return 2;
	struct sockaddr_in to = { .sin_family = AF_INET, .sin_port = htons(9) };
	to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	int fd = socket(AF_INET, SOCK_STREAM, 0);
	if (abi >= 4 && (connect(fd, (struct sockaddr *)&to, sizeof to) == 0 || errno != EACCES))
		return 3;
	if (abi >= 6 && (kill(getppid(), 0) == 0 || errno != EPERM))
		return 4;
	return 0;
}

static void test_landlock(void **state)
{
	(void)state;
	pid_t pid = fork();
	if (pid == 0)
		_exit(landlock_alone(NULL));
	int status;
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status));
	if (WEXITSTATUS(status) == 77)
		skip();
	assert_int_equal(WEXITSTATUS(status), 0);
}

struct encoded {
	const char *charset, *utf8;
	char bytes[256];
	size_t n;
};

static void encode(struct encoded *doc)
{
	char utf8[256];
	char *in = utf8, *out = doc->bytes;
	snprintf(utf8, sizeof utf8, "<?xml version='1.0' encoding='%s'?><t>%s</t>", doc->charset,
		doc->utf8);
	size_t n_in = strlen(utf8), n_out = sizeof doc->bytes;
	iconv_t cd = iconv_open(doc->charset, "UTF-8");
	assert_true(cd != (iconv_t)-1);
	assert_int_equal(iconv(cd, &in, &n_in, &out, &n_out), 0);
	iconv(cd, NULL, NULL, &out, &n_out);
	iconv_close(cd);
	doc->n = sizeof doc->bytes - n_out;
}

/* Twice, since the converter of the first document is closed by then. */
static int read_xml(const void *arg)
{
	const struct encoded *doc = arg;
	for (int round = 0; round < 2; round++) {
		xmlDocPtr xml = xmlReadMemory(doc->bytes, (int)doc->n, NULL, NULL, XML_PARSE_NONET);
		if (xml == NULL)
			return 1;
		xmlChar *text = xmlNodeGetContent(xmlDocGetRootElement(xml));
		int differs = strcmp((const char *)text, doc->utf8) != 0;
		xmlFree(text);
		xmlFreeDoc(xml);
		if (differs)
			return 2;
	}
	return 0;
}

static void test_encodings(void **state)
{
	(void)state;
	static const struct {
		const char *charset, *utf8;
	} cases[] = {
		{ "UTF-8", "d\xc3\xa9j\xc3\xa0 \xe2\x82\xac" },
		{ "UTF-16", "d\xc3\xa9j\xc3\xa0 \xe2\x82\xac \xf0\x9f\x93\xb0" },
		{ "ISO-8859-1", "d\xc3\xa9j\xc3\xa0" },
		{ "ISO-8859-15", "d\xc3\xa9j\xc3\xa0 \xe2\x82\xac" },
		{ "windows-1252", "\xe2\x80\x9cquoted\xe2\x80\x9d \xe2\x82\xac" },
		{ "windows-1251", "\xd0\xbd\xd0\xbe\xd0\xb2\xd0\xbe\xd1\x81\xd1\x82\xd0\xb8" },
		{ "KOI8-R", "\xd0\xbd\xd0\xbe\xd0\xb2\xd0\xbe\xd1\x81\xd1\x82\xd0\xb8" },
		{ "IBM866", "\xd0\xbd\xd0\xbe\xd0\xb2\xd0\xbe\xd1\x81\xd1\x82\xd0\xb8" },
		{ "Shift_JIS", "\xe3\x83\x8b\xe3\x83\xa5\xe3\x83\xbc\xe3\x82\xb9" },
		{ "EUC-JP", "\xe3\x83\x8b\xe3\x83\xa5\xe3\x83\xbc\xe3\x82\xb9" },
		{ "ISO-2022-JP", "\xe3\x83\x8b\xe3\x83\xa5\xe3\x83\xbc\xe3\x82\xb9" },
		{ "GB18030", "\xe6\x96\xb0\xe9\x97\xbb" },
		{ "GBK", "\xe6\x96\xb0\xe9\x97\xbb" },
		{ "GB2312", "\xe6\x96\xb0\xe9\x97\xbb" },
		{ "Big5", "\xe6\x96\xb0\xe8\x81\x9e" },
		{ "EUC-KR", "\xeb\x89\xb4\xec\x8a\xa4" },
		{ "windows-874", "\xe0\xb8\x82\xe0\xb9\x88\xe0\xb8\xb2\xe0\xb8\xa7" },
		{ "windows-1256", "\xd8\xa3\xd8\xae\xd8\xa8\xd8\xa7\xd8\xb1" },
	};
	for (size_t i = 0; i < N_ELEMENTS(cases); i++) {
		struct encoded doc = { cases[i].charset, cases[i].utf8, "", 0 };
		encode(&doc);
		assert_works(read_xml, &doc);
	}
}

static int read_unknown_encoding(const void *arg)
{
	(void)arg;
	static const char xml[] = "<?xml version='1.0' encoding='x-never-heard-of'?><t/>";
	xmlDocPtr doc =
		xmlReadMemory(xml, sizeof xml - 1, NULL, NULL, XML_PARSE_NONET | XML_PARSE_NOERROR);
	xmlFreeDoc(doc);
	return 0;
}

static int use_libraries(const void *arg)
{
	(void)arg;
	GumboOutput *html = gumbo_parse("<p>one<p>two");
	gumbo_destroy_output(&kGumboDefaultOptions, html);
	static const char russian[] =
		"\xee\xe4\xed\xe0 \xed\xee\xe2\xee\xf1\xf2\xfc \xee \xef\xee\xe3\xee\xe4\xe5";
	uchardet_t ud = uchardet_new();
	int failed = uchardet_handle_data(ud, russian, sizeof russian - 1);
	uchardet_data_end(ud);
	failed |= uchardet_get_charset(ud)[0] == '\0';
	uchardet_delete(ud);
	json_t *json = json_loads("{\"n\": [1, 2.5, \"\\u00e9\"]}", 0, NULL);
	char *text = json_dumps(json, JSON_COMPACT);
	failed |= text == NULL || strcmp(text, "{\"n\":[1,2.5,\"\xc3\xa9\"]}") != 0;
	free(text);
	json_decref(json);
	return failed;
}

static int compare_ints(const void *a, const void *b)
{
	return *(const int *)a - *(const int *)b;
}

static int use_libc(const void *arg)
{
	(void)arg;
	int numbers[4096];
	for (int i = 0; i < 4096; i++)
		numbers[i] = 4096 - i;
	qsort(numbers, N_ELEMENTS(numbers), sizeof *numbers, compare_ints);
	struct tm tm = { .tm_year = 126, .tm_mon = 10, .tm_mday = 23 };
	time_t at = timegm(&tm);
	return numbers[0] != 1 || at != 1795392000 || gmtime_r(&at, &tm) == NULL;
}

/* From small blocks to mapped ones, grown, shrunk and freed. */
static int allocate(const void *arg)
{
	(void)arg;
	for (size_t n = 16; n < 64 * MIB; n *= 4) {
		char *p = xmalloc(n);
		memset(p, 1, n);
		p = xrealloc(p, n * 2);
		p[n * 2 - 1] = 1;
		free(xrealloc(p, n / 2));
	}
	return 0;
}

static void test_work_goes_on(void **state)
{
	(void)state;
	assert_works(read_unknown_encoding, NULL);
	assert_works(use_libraries, NULL);
	assert_works(use_libc, NULL);
	assert_works(allocate, NULL);
}

static int print_a_line(const void *arg)
{
	(void)arg;
	return printf("x\n") == 2 && fflush(stdout) == 0 ? 0 : 1;
}

/* The filter prints into whatever stdout is; the worker has nothing to print. */
static void test_stdout_to_file(void **state)
{
	(void)state;
	FILE *file = tmpfile();
	int saved = dup(STDOUT_FILENO);
	fflush(stdout);
	dup2(fileno(file), STDOUT_FILENO);
	keep_stdout = true;
	int filter = status_inside(SANDBOX_FILTER, print_a_line, NULL);
	int worker = status_inside(SANDBOX_WORKER, print_a_line, NULL);
	keep_stdout = false;
	dup2(saved, STDOUT_FILENO);
	close(saved);
	assert_true(WIFEXITED(filter));
	assert_int_equal(WEXITSTATUS(filter), 0);
	if (!SANITIZED) { /* a sanitizer's report must get through */
		assert_true(WIFSIGNALED(worker));
		assert_int_equal(WTERMSIG(worker), SIGXFSZ);
		assert_int_equal(lseek(fileno(file), 0, SEEK_END), 2);
	}
	fclose(file);
}

static int print_an_error(const void *arg)
{
	(void)arg;
	return fputs("\x1b[2J", stderr) < 0;
}

/* A worker has nothing to say to the daemon's terminal, not even when it was taken over. */
static void test_stderr(void **state)
{
	(void)state;
	FILE *file = tmpfile();
	int saved = dup(STDERR_FILENO);
	dup2(fileno(file), STDERR_FILENO);
	int worker = status_inside(SANDBOX_WORKER, print_an_error, NULL);
	off_t after_worker = lseek(fileno(file), 0, SEEK_END);
	int filter = status_inside(SANDBOX_FILTER, print_an_error, NULL);
	dup2(saved, STDERR_FILENO);
	close(saved);
	assert_true(WIFEXITED(filter));
	if (!SANITIZED) {
		assert_true(WIFEXITED(worker));
		assert_int_equal(after_worker, 0);
		assert_int_equal(lseek(fileno(file), 0, SEEK_END), 4);
	}
	fclose(file);
}

static void test_report(void **state)
{
	(void)state;
	int pipe_fds[2];
	assert_int_equal(pipe(pipe_fds), 0);
	pid_t pid = fork();
	if (pid == 0) {
		struct sandbox sandbox;
		dup2(open("/dev/null", O_RDWR), STDOUT_FILENO);
		sandbox_close(SANDBOX_WORKER, &sandbox);
		ssize_t n = write(pipe_fds[1], &sandbox, sizeof sandbox);
		_exit(n == sizeof sandbox ? 0 : 1);
	}
	struct sandbox got;
	assert_int_equal(read(pipe_fds[0], &got, sizeof got), sizeof got);
	assert_true(got.seccomp);
	assert_int_equal(waitpid(pid, NULL, 0), pid);
	close(pipe_fds[0]);
	close(pipe_fds[1]);
}

int main(void)
{
	struct CMUnitTest tests[] = {
		cmocka_unit_test(test_misdeeds),
		cmocka_unit_test(test_crash_is_a_signal),
		cmocka_unit_test(test_memory_ends),
		cmocka_unit_test(test_cpu_time_ends),
		cmocka_unit_test(test_other_calls_kill),
		cmocka_unit_test(test_landlock),
		cmocka_unit_test(test_encodings),
		cmocka_unit_test(test_work_goes_on),
		cmocka_unit_test(test_stdout_to_file),
		cmocka_unit_test(test_stderr),
		cmocka_unit_test(test_report),
	};
	skip_under_valgrind(tests, N_ELEMENTS(tests),
		"the sandbox's filter of system calls would kill valgrind, which makes its own");
	return cmocka_run_group_tests_name("sandbox", tests, NULL, NULL);
}
