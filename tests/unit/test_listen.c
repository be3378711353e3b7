#include "api/api.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

static char dir[64], path[108], error[512];

static int make_dir(void **state)
{
	(void)state;
	snprintf(dir, sizeof dir, "/tmp/courant-test-XXXXXX");
	assert_non_null(mkdtemp(dir));
	snprintf(path, sizeof path, "%s/run/sock", dir);
	error[0] = '\0';
	return 0;
}

static int remove_dir(void **state)
{
	char run[80];
	(void)state;
	snprintf(run, sizeof run, "%s/run", dir);
	unlink(path);
	rmdir(run);
	return rmdir(dir);
}

static unsigned mode_of(const char *file)
{
	struct stat st;
	assert_int_equal(lstat(file, &st), 0);
	return st.st_mode;
}

static int dial(void)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);
	memcpy(address.sun_path, path, sizeof address.sun_path);
	if (connect(fd, (struct sockaddr *)&address, sizeof address) == 0)
		return fd;
	close(fd);
	return -1;
}

static void test_mode_and_directory(void **state)
{
	static const unsigned MODES[] = { 0660, 0600, 0666, 0777 };
	(void)state;
	umask(0077); /* must not matter */
	for (size_t i = 0; i < sizeof MODES / sizeof MODES[0]; i++) {
		int fd = api_listen(path, MODES[i], error, sizeof error);
		if (fd < 0)
			fail_msg("%s", error);
		assert_int_equal(mode_of(path), S_IFSOCK | MODES[i]);
		assert_true((fcntl(fd, F_GETFL) & O_NONBLOCK) != 0);
		assert_true((fcntl(fd, F_GETFD) & FD_CLOEXEC) != 0);
		int client = dial();
		assert_true(client >= 0);
		close(client);
		close(fd); /* the next one replaces the stale socket */
	}
	/* Nothing is left beside it. */
	char run[80];
	snprintf(run, sizeof run, "%s/run", dir);
	DIR *d = opendir(run);
	int n = 0;
	while (readdir(d) != NULL)
		n++;
	closedir(d);
	assert_int_equal(n, 3);
}

static void test_a_live_daemon_is_not_replaced(void **state)
{
	(void)state;
	int fd = api_listen(path, 0600, error, sizeof error);
	assert_true(fd >= 0);
	assert_int_equal(api_listen(path, 0600, error, sizeof error), -1);
	assert_non_null(strstr(error, "another courantd answers there"));
	int client = dial();
	assert_true(client >= 0);
	close(client);
	close(fd);
}

static void test_other_files_are_left_alone(void **state)
{
	(void)state;
	char run[80];
	snprintf(run, sizeof run, "%s/run", dir);
	mkdir(run, 0700);
	close(open(path, O_CREAT | O_WRONLY, 0600));
	assert_int_equal(api_listen(path, 0600, error, sizeof error), -1);
	assert_non_null(strstr(error, "is no socket"));
	assert_true(S_ISREG(mode_of(path)));
}

static void test_impossible_paths(void **state)
{
	(void)state;
	static const char *const TAILS[] = { "/a/b/sock", "/dev/null/sock" };
	char other[300];
	for (size_t i = 0; i < 2; i++) {
		snprintf(other, sizeof other, "%s%s", i == 0 ? dir : "", TAILS[i]);
		error[0] = '\0';
		assert_int_equal(api_listen(other, 0600, error, sizeof error), -1);
		assert_true(error[0] != '\0');
	}
	memset(other, 'x', sizeof other - 1);
	other[0] = '/';
	other[sizeof other - 1] = '\0';
	assert_int_equal(api_listen(other, 0600, error, sizeof error), -1);
	assert_non_null(strstr(error, "too long"));
}

#define WITH_DIR(test) cmocka_unit_test_setup_teardown(test, make_dir, remove_dir)

int main(void)
{
	const struct CMUnitTest tests[] = {
		WITH_DIR(test_mode_and_directory),
		WITH_DIR(test_a_live_daemon_is_not_replaced),
		WITH_DIR(test_other_files_are_left_alone),
		WITH_DIR(test_impossible_paths),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
