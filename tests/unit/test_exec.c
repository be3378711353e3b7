/* Programs as feeds: what an honest one gives, and that a hostile one costs nothing but its answer.
 */
#include "fetch/exec.h"
#include "base/strbuf.h"
#include "config/command.h"
#include "fetch_play.h"

#include <signal.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>

static char dir[] = "/tmp/courant-test-exec-XXXXXX";

static const char *in_dir(const char *name)
{
	static char path[256];
	snprintf(path, sizeof(path), "%s/%s", dir, name);
	return path;
}

/* A script of /bin/sh; its path. */
static const char *script(const char *text)
{
	static unsigned n;
	char name[32];
	snprintf(name, sizeof(name), "script-%u", n++);
	FILE *f = fopen(in_dir(name), "w");
	assert_non_null(f);
	fprintf(f, "#!/bin/sh\n%s\n", text);
	fclose(f);
	chmod(in_dir(name), 0700);
	return in_dir(name);
}

/* What the feed of that program, with an argument or NULL, is answered; free() its body. */
static struct answer run(
	const char *program, const char *argument, uint64_t max_body, int64_t timeout_ms)
{
	struct play *p = play_begin(NULL, NULL);
	struct strbuf url = STRBUF_INIT(LIMIT_URL);
	assert_true(command_add(&url, program));
	if (argument)
		assert_true(command_add(&url, argument));
	struct fetch_request request = request_of(strbuf_str(&url));
	request.allow_exec = true;
	request.max_body = max_body;
	request.timeout_ms = timeout_ms;
	struct answer *a = play_start(p, &request);
	play_run(p);
	struct answer copy = *a;
	assert_string_equal(copy.final_url, strbuf_str(&url));
	a->body = NULL;
	strbuf_release(&url);
	play_end(p);
	return copy;
}

#define PATIENTLY_MS 60000

static void assert_prints(const char *text, const char *argument, const char *expected)
{
	struct answer a = run(script(text), argument, KIB, PATIENTLY_MS);
	assert_status(&a, STATUS_OK);
	assert_int_equal(a.http_code, 200);
	assert_int_equal(a.n_begun, 1);
	assert_int_equal(a.body_len, strlen(expected));
	assert_string_equal(a.body, expected);
	free(a.body);
}

static void assert_fails(const char *program, enum status status, const char *says)
{
	struct answer a = run(program, NULL, 64 * KIB, PATIENTLY_MS);
	assert_status(&a, status);
	if (!strstr(a.fail.detail, says))
		fail_msg("\"%s\" does not say \"%s\"", a.fail.detail, says);
	assert_null(a.body);
}

static void what_it_prints_is_the_document(void **state)
{
	(void)state;
	assert_prints("echo '<rss/>'", NULL, "<rss/>\n");
	assert_prints("echo a note >&2; printf x; exec sh -c 'printf y'", NULL, "xy");
	assert_prints("exit 0", NULL, ""); /* the parser says that it is empty */
}

static void no_shell_reads_its_arguments(void **state)
{
	(void)state;
	assert_prints("printf '%s' \"$#:$1\"", "two  words; $HOME `id` 'q' %41",
		"1:two  words; $HOME `id` 'q' %41");
}

static void its_surroundings_are_its_own(void **state)
{
	(void)state;
	setenv("HOME", "/somewhere", 1);
	setenv("COURANT_SECRET", "x", 1);
	assert_prints("echo $PATH,$LANG,$HOME,$COURANT_SECRET; pwd; umask; ulimit -c; ulimit -n",
		NULL, "/usr/local/bin:/usr/bin:/bin,C.UTF-8,/somewhere,\n/\n0077\n0\n256\n");
	assert_prints("cat; readlink /proc/self/fd/0", NULL, "/dev/null\n");
	/* 3 is the directory that ls itself reads */
	assert_prints("echo $(ls /proc/self/fd | wc -l)", NULL, "4\n");
	/* group and session are its own */
	assert_prints("set -- $(cat /proc/$$/stat); [ $5 = $$ ] && [ $6 = $$ ] && echo own", NULL,
		"own\n");
	assert_prints("grep -c '^NoNewPrivs:.1' /proc/self/status", NULL, "1\n");
	/* 32 and 33 are glibc's own: ignored when whoever started the test ignores them. */
	assert_prints("grep ^SigBlk /proc/self/status;"
		      "grep ^SigIgn /proc/self/status | sed s/[01][08]0000000$/000000000/",
		NULL, "SigBlk:\t0000000000000000\nSigIgn:\t0000000000000000\n");
}

static void it_writes_in_scratch_directories_only(void **state)
{
	(void)state;
	char text[512], path[] = "/var/lib/courant-test-XXXXXX";
	/* Only root can write outside of them anyway, and some kernels have no Landlock. */
	if (syscall(SYS_landlock_create_ruleset, NULL, 0, 1u) < 1 || !mkdtemp(path))
		skip();
	snprintf(text, sizeof(text),
		"echo x > %s/seen && echo written; rm -d %s && echo removed; echo done", path,
		path);
	const char *program = script(text);
	struct answer a = run(program, NULL, KIB, PATIENTLY_MS);
	rmdir(path);
	assert_status(&a, STATUS_OK);
	assert_string_equal(a.body, "done\n");
	free(a.body);
	snprintf(text, sizeof(text), "echo x > %s/scratch && cat %s/scratch", dir, dir);
	assert_prints(text, NULL, "x\n");
	unlink(in_dir("scratch"));
}

static void a_failure_says_why(void **state)
{
	(void)state;
	assert_fails(script("echo '<rss/>'; echo one >&2; echo 'no such user' >&2; exit 3"),
		STATUS_EXEC_FAILED, "exited with status 3: no such user");
	assert_fails(script("printf 'half a line' >&2; exit 1"), STATUS_EXEC_FAILED,
		"exited with status 1: half a line");
	assert_fails(script("printf 'bad\\033[31m\\000\\tred\\n\\n' >&2; exit 1"),
		STATUS_EXEC_FAILED, "exited with status 1: bad[31m? red");
	assert_fails(script("head -c 100000 /dev/zero | tr '\\0' x >&2; exit 1"),
		STATUS_EXEC_FAILED, "exited with status 1: xxx");
	assert_fails(
		script("kill -TERM $$"), STATUS_EXEC_FAILED, "ended by signal 15 (Terminated)");
}

static void what_cannot_run_says_so(void **state)
{
	(void)state;
	assert_fails(
		"/nowhere/feed", STATUS_EXEC_FAILED, "/nowhere/feed cannot be run: No such file");
	assert_fails("/tmp", STATUS_EXEC_FAILED, "/tmp cannot be run: Permission denied");
	const char *plain = script("echo x");
	chmod(plain, 0600);
	assert_fails(plain, STATUS_EXEC_FAILED, "cannot be run: Permission denied");
	FILE *f = fopen(plain, "w");
	fputs("no script, no program\n", f);
	fclose(f);
	chmod(plain, 0700);
	assert_fails(plain, STATUS_EXEC_FAILED, "cannot be run: Exec format error");
}

static void endless_output_is_ended(void **state)
{
	(void)state;
	assert_fails(script("exec cat /dev/zero"), STATUS_TOO_LARGE, "wrote more than 64 KiB");
	assert_fails(script("cat /dev/zero >&2 & exec yes"), STATUS_TOO_LARGE, "64 KiB");
}

/* Whether a process of that number, written to a file by a script, is gone. */
static bool is_gone(const char *name)
{
	FILE *f = fopen(in_dir(name), "r");
	int pid = 0;
	if (!f || fscanf(f, "%d", &pid) != 1 || pid <= 1)
		fail_msg("%s names no process", name);
	fclose(f);
	for (int tries = 0; tries < 3000; tries++) {
		char path[64], status[512] = "";
		snprintf(path, sizeof(path), "/proc/%d/stat", pid);
		f = fopen(path, "r");
		if (!f)
			return true;
		size_t n = fread(status, 1, sizeof(status) - 1, f);
		fclose(f);
		if (n == 0 || strstr(status, ") Z "))
			return true; /* a zombie, until init looks */
		usleep(10 * 1000);
	}
	return false;
}

static void it_ends_at_its_deadline_with_its_children(void **state)
{
	(void)state;
	char text[512];
	snprintf(text, sizeof(text),
		"trap '' TERM INT HUP; echo begun >&2\n(trap '' TERM; echo $$ > %s/parent; sleep "
		"1000) & "
		"echo $! > %s/child; while :; do sleep 1000; done",
		dir, dir);
	struct answer a = run(script(text), NULL, KIB, 4000);
	assert_status(&a, STATUS_TIMEOUT);
	assert_non_null(strstr(a.fail.detail, "was not done within 4 s"));
	assert_true(is_gone("child"));
	assert_true(is_gone("parent"));
}

/* The document is complete when its process ends, whoever still holds the pipe. */
static void a_child_that_keeps_the_pipe_holds_nothing_up(void **state)
{
	(void)state;
	char text[512];
	snprintf(text, sizeof(text), "sleep 1000 & echo $! > %s/kept; echo '<rss/>'", dir);
	assert_prints(text, NULL, "<rss/>\n");
	assert_true(is_gone("kept"));
	snprintf(text, sizeof(text),
		"setsid sh -c 'echo $$ > %s/away; exec sleep 1000' & "
		"while ! [ -s %s/away ]; do sleep .01; done; echo '<rss/>'",
		dir, dir);
	assert_prints(text, NULL, "<rss/>\n");
	char line[32] = "";
	FILE *f = fopen(in_dir("away"), "r"); /* it left the group: nobody but us ends it */
	assert_non_null(fgets(line, sizeof(line), f));
	fclose(f);
	kill((pid_t)strtol(line, NULL, 10), SIGKILL);
}

static void closed_output_is_not_its_end(void **state)
{
	(void)state;
	assert_prints("echo '<rss/>'; exec >&- 2>&-; exit 0", NULL, "<rss/>\n");
	assert_fails(script("echo '<rss/>'; exec >&-; echo late >&2; exit 4"), STATUS_EXEC_FAILED,
		"exited with status 4: late");
}

static void an_abandoned_one_is_killed(void **state)
{
	(void)state;
	char text[256];
	snprintf(text, sizeof(text), "echo $$ > %s/long; exec sleep 1000", dir);
	struct strbuf url = STRBUF_INIT(LIMIT_URL);
	assert_true(command_add(&url, script(text)));
	struct play *p = play_begin(NULL, NULL);
	struct fetch_request request = request_of(strbuf_str(&url));
	request.allow_exec = true;
	request.timeout_ms = PATIENTLY_MS;
	struct answer *a = play_start(p, &request);
	while (access(in_dir("long"), F_OK) != 0)
		run_for(p, 0.05);
	fetch_cancel(a->fetch);
	play_run(p);
	assert_status(a, STATUS_CANCELLED);
	play_end(p);
	assert_true(is_gone("long"));
	strbuf_release(&url);
}

static void it_runs_only_for_who_may(void **state)
{
	(void)state;
	struct play *p = play_begin(NULL, NULL);
	struct fetch_request request = request_of("exec:/bin/true");
	struct answer *a = play_start(p, &request);
	play_run(p);
	assert_status(a, STATUS_BAD_URL);
	play_end(p);
}

static int begin(void **state)
{
	(void)state;
	return mkdtemp(dir) ? 0 : -1;
}

static int end(void **state)
{
	char rm[] = "rm", options[] = "-rf", *argv[] = { rm, options, dir, NULL };
	(void)state;
	pid_t pid = fork();
	if (pid == 0)
		execv("/bin/rm", argv);
	return waitpid(pid, NULL, 0) == pid ? 0 : -1;
}

int main(void)
{
	struct CMUnitTest tests[] = {
		cmocka_unit_test(what_it_prints_is_the_document),
		cmocka_unit_test(no_shell_reads_its_arguments),
		cmocka_unit_test(its_surroundings_are_its_own),
		cmocka_unit_test(it_writes_in_scratch_directories_only),
		cmocka_unit_test(a_failure_says_why),
		cmocka_unit_test(what_cannot_run_says_so),
		cmocka_unit_test(endless_output_is_ended),
		cmocka_unit_test(it_ends_at_its_deadline_with_its_children),
		cmocka_unit_test(a_child_that_keeps_the_pipe_holds_nothing_up),
		cmocka_unit_test(closed_output_is_not_its_end),
		cmocka_unit_test(an_abandoned_one_is_killed),
		cmocka_unit_test(it_runs_only_for_who_may),
	};
	skip_under_valgrind(tests, N_ELEMENTS(tests),
		"it has no pidfd_open(2), by which the end of a program is seen");
	return cmocka_run_group_tests(tests, begin, end);
}
