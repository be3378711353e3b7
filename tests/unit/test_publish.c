#include "digest/publish.h"

#include "base/mem.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

static char dir[] = "/tmp/courant-test-publish-XXXXXX";

static const char *content(const char *name)
{
	static char text[256];
	char *path = xasprintf("%s/digests/daily/%s", dir, name);
	FILE *f = fopen(path, "r");

	free(path);
	if (f == NULL)
		return "(missing)";
	text[fread(text, 1, sizeof(text) - 1, f)] = '\0';
	fclose(f);
	return text;
}

static size_t n_files(void)
{
	char *path = xasprintf("%s/digests/daily", dir);
	DIR *d = opendir(path);
	size_t n = 0;

	assert_non_null(d);
	for (struct dirent *e; (e = readdir(d)) != NULL;)
		n += strcmp(e->d_name, ".") != 0 && strcmp(e->d_name, "..") != 0;
	closedir(d);
	free(path);
	return n;
}

static void write_one(const char *label, const char *text)
{
	struct publisher p;
	struct failure fail = { 0 };

	assert_true(publisher_open(&p, dir, "daily", label, &fail));
	assert_true(publisher_write(&p, "txt", text, strlen(text), &fail));
	assert_true(publisher_sync(&p, &fail));
	publisher_close(&p);
	assert_int_equal(fail.status, STATUS_OK);
}

static void test_write(void **state)
{
	char link[64];

	(void)state;
	write_one("2026-11-23", "first");
	assert_string_equal(content("2026-11-23.txt"), "first");
	assert_string_equal(content("latest.txt"), "first");
	write_one("2026-11-24", "");
	assert_string_equal(content("latest.txt"), "");
	assert_string_equal(content("2026-11-23.txt"), "first");
	/* A repeated edition replaces its own files. */
	write_one("2026-11-24", "again");
	assert_string_equal(content("latest.txt"), "again");
	assert_int_equal(n_files(), 3);
	char *path = xasprintf("%s/digests/daily/latest.txt", dir);
	ssize_t n = readlink(path, link, sizeof(link) - 1);
	assert_true(n > 0);
	link[n] = '\0';
	assert_string_equal(link, "2026-11-24.txt");
	free(path);
}

/* What a crash, or somebody else, left under the temporary names is in nobody's way; a link there
 * leads nowhere. */
static void test_leftovers(void **state)
{
	char *temporary = xasprintf("%s/digests/daily/.2026-11-25.txt.new", dir);
	char *latest = xasprintf("%s/digests/daily/.latest.txt.new", dir),
	     *victim = xasprintf("%s/victim", dir);

	(void)state;
	close(open(victim, O_WRONLY | O_CREAT, 0644));
	assert_int_equal(symlink(victim, temporary), 0);
	close(open(latest, O_WRONLY | O_CREAT, 0644));
	write_one("2026-11-25", "fresh");
	assert_string_equal(content("latest.txt"), "fresh");
	struct stat st;
	assert_int_equal(stat(victim, &st), 0);
	assert_int_equal(st.st_size, 0);
	assert_int_equal(n_files(), 4);
	unlink(victim);
	free(temporary);
	free(latest);
	free(victim);
}

static void test_no_directory(void **state)
{
	struct publisher p;
	struct failure fail = { 0 };

	(void)state;
	assert_false(publisher_open(&p, "/nowhere/at/all", "daily", "x", &fail));
	assert_int_equal(fail.stage, STAGE_STORE);
	assert_int_equal(fail.status, STATUS_STORE_FAILED);
	assert_string_equal(
		fail.detail, "cannot make /nowhere/at/all/digests: No such file or directory");
}

/* In a child: its files may have 1000 bytes. 0 when all is well. */
static int full_disk_child(void)
{
	struct rlimit limit = { 1000, 1000 };
	struct publisher p;
	struct failure fail = { 0 };
	char big[2000];

	memset(big, 'x', sizeof(big));
	sigset_t set;
	sigemptyset(&set);
	sigaddset(&set, SIGXFSZ);
	sigprocmask(SIG_BLOCK, &set, NULL);
	if (!publisher_open(&p, dir, "daily", "2026-11-26", &fail) ||
		setrlimit(RLIMIT_FSIZE, &limit) < 0)
		return 1;
	if (publisher_write(&p, "txt", big, sizeof(big), &fail))
		return 2;
	publisher_close(&p);
	return fail.status == STATUS_DISK_FULL ? 0 : 3;
}

static void test_full_disk(void **state)
{
	int status;
	const size_t before = n_files();

	(void)state;
	pid_t child = fork();
	if (child == 0)
		_exit(full_disk_child());
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), 0);
	/* The last edition is still the latest, and nothing lies about. */
	assert_string_equal(content("latest.txt"), "fresh");
	assert_int_equal(n_files(), before);
}

static int set_up(void **state)
{
	(void)state;
	return mkdtemp(dir) == NULL;
}

static int tear_down(void **state)
{
	static const char *const names[] = { "digests/daily/2026-11-23.txt",
		"digests/daily/2026-11-24.txt", "digests/daily/2026-11-25.txt",
		"digests/daily/latest.txt" };
	char path[128];

	(void)state;
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		snprintf(path, sizeof(path), "%s/%s", dir, names[i]);
		unlink(path);
	}
	snprintf(path, sizeof(path), "%s/digests/daily", dir);
	rmdir(path);
	snprintf(path, sizeof(path), "%s/digests", dir);
	rmdir(path);
	return rmdir(dir);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_write),
		cmocka_unit_test(test_leftovers),
		cmocka_unit_test(test_no_directory),
		cmocka_unit_test(test_full_disk),
	};
	return cmocka_run_group_tests(tests, set_up, tear_down);
}
