/* Copies of the database: whole or not there, and what becomes of those that were there before. */
#include "db.h"

#include "base/limits.h"
#include "db/backup.h"

#include <dirent.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>

struct place {
	struct rig rig;
	char folder[96];
};

static int setup(void **state)
{
	struct place *p = xcalloc(1, sizeof(*p));

	rig_init(&p->rig);
	rig_open_store(&p->rig);
	refresh_doc(&p->rig, add_feed(&p->rig, "https://example.org/", NULL),
		make_numbered(300, "<p>harbour</p>"), T0);
	rig_close(&p->rig);
	snprintf(p->folder, sizeof(p->folder), "%s/backups", p->rig.dir);
	*state = p;
	return 0;
}

static void empty_folder(const char *folder)
{
	DIR *dir = opendir(folder);
	struct dirent *entry;

	while (dir != NULL && (entry = readdir(dir)) != NULL)
		unlinkat(dirfd(dir), entry->d_name, 0);
	if (dir != NULL)
		closedir(dir);
	rmdir(folder);
}

static int teardown(void **state)
{
	struct place *p = *state;

	empty_folder(p->folder);
	rig_release(&p->rig);
	free(p);
	return 0;
}

static void put(struct place *p, const char *name)
{
	char *path = xasprintf("%s/%s", p->folder, name);
	int fd = open(path, O_CREAT | O_WRONLY, 0600);

	assert_true(fd >= 0);
	close(fd);
	free(path);
}

static bool is_there(struct place *p, const char *name)
{
	char *path = xasprintf("%s/%s", p->folder, name);
	bool there = access(path, F_OK) == 0;

	free(path);
	return there;
}

static size_t n_files(struct place *p)
{
	DIR *dir = opendir(p->folder);
	struct dirent *entry;
	size_t n = 0;

	while (dir != NULL && (entry = readdir(dir)) != NULL)
		n += entry->d_name[0] != '.';
	if (dir != NULL)
		closedir(dir);
	return n;
}

/* True when it was made; `error` says why not. */
static bool back_up(struct place *p, unsigned keep, int64_t now, char error[512])
{
	char *name = NULL;
	bool ok = backup_make(p->rig.path, p->folder, keep, now, NULL, &name, error, 512);

	if (ok)
		assert_int_equal(sql_number(name, "SELECT COUNT(*) FROM entries"), 300);
	free(name);
	return ok;
}

/* Overwrites the root page of a table. */
static void damage(const char *path, const char *table)
{
	char sql[128], noise[LIMIT_PAGE_SIZE];

	snprintf(sql, sizeof(sql), "SELECT rootpage FROM sqlite_schema WHERE name = '%s'", table);
	int64_t page = sql_number(path, sql);
	assert_true(page > 1);
	memset(noise, 0xa5, sizeof(noise));
	int fd = open(path, O_WRONLY);
	assert_int_equal(
		pwrite(fd, noise, sizeof(noise), (page - 1) * LIMIT_PAGE_SIZE), sizeof(noise));
	close(fd);
}

static void the_oldest_go(void **state)
{
	struct place *p = *state;
	struct backup *list;
	char error[512];

	for (int i = 0; i < 4; i++)
		assert_true(back_up(p, 2, T0 + i / 2, error));
	put(p, "mine.db");
	assert_true(back_up(p, 3, T0 + 9, error));
	assert_int_equal(backups_list(p->folder, &list), 3);
	assert_int_equal(list[0].taken, T0 + 9);
	assert_int_equal(list[2].taken, T0 + 1);
	free(list);
	assert_int_equal(n_files(p), 4);
}

static void the_one_just_made_stays(void **state)
{
	struct place *p = *state;
	struct backup *list;
	char error[512] = "";

	/* Two in one second, and one after the clock was set back. */
	assert_true(back_up(p, 1, T0, error));
	assert_true(back_up(p, 1, T0, error));
	assert_int_equal(n_files(p), 1);
	assert_true(back_up(p, 1, T0 - 86400, error));
	assert_int_equal(backups_list(p->folder, &list), 1);
	assert_int_equal(list[0].taken, T0 - 86400);
	free(list);
	/* Of one second the last comes first. */
	assert_true(back_up(p, 3, T0, error));
	assert_true(back_up(p, 3, T0, error));
	assert_int_equal(backups_list(p->folder, &list), 3);
	assert_non_null(strstr(list[0].name, "Z-002.db"));
	assert_non_null(strstr(list[1].name, "Z.db"));
	assert_int_equal(list[2].taken, T0 - 86400);
	free(list);
}

/* What is damaged pushes out nothing that is sound. */
static void nothing_goes_for_an_unsound_copy(void **state)
{
	struct place *p = *state;
	char error[512] = "";

	assert_true(back_up(p, 2, T0, error));
	assert_true(back_up(p, 2, T0 + 1, error));
	damage(p->rig.path, "contents");
	for (int i = 2; i < 5; i++) {
		assert_false(back_up(p, 2, T0 + i, error));
		assert_non_null(strstr(error, "not sound"));
	}
	assert_int_equal(n_files(p), 2);
}

static void what_a_kill_left_is_swept(void **state)
{
	struct place *p = *state;
	static const char *const left[] = { "courant-20261123T040000Z.db.partial",
		"courant-20261123T040000Z.db.partial-journal",
		"courant-20261123T040000Z-002.db.partial-wal" };
	static const char *const others[] = { "mine.db.partial", "courant-mine.db.partial",
		"courant-20261123T040000Z.db" };

	mkdir(p->folder, 0700);
	for (size_t i = 0; i < N_ELEMENTS(left); i++)
		put(p, left[i]);
	for (size_t i = 0; i < N_ELEMENTS(others); i++)
		put(p, others[i]);
	backups_sweep(p->folder);
	for (size_t i = 0; i < N_ELEMENTS(left); i++)
		assert_false(is_there(p, left[i]));
	for (size_t i = 0; i < N_ELEMENTS(others); i++)
		assert_true(is_there(p, others[i]));
	backups_sweep("/nonexistent/backups");
}

/* In a process of its own, which must not end in the test's place. */
static _Noreturn void back_up_for_ever(struct place *p)
{
	char error[512], *name;

	for (int64_t i = 0;; i++) {
		if (backup_make(
			    p->rig.path, p->folder, 5, T0 + i, NULL, &name, error, sizeof(error)))
			free(name);
	}
}

/* At some place of some copy. */
static void a_kill_in_the_middle(void **state)
{
	struct place *p = *state;
	char error[512];
	int status;

	for (int round = 0; round < 10; round++) {
		size_t had = n_files(p);
		pid_t child = fork();
		if (child == 0)
			back_up_for_ever(p);
		while (n_files(p) <= had && n_files(p) < 6)
			usleep(100);
		usleep((useconds_t)(round * 700));
		kill(child, SIGKILL);
		assert_int_equal(waitpid(child, &status, 0), child);
		backups_sweep(p->folder);
		struct backup *list;
		size_t n = backups_list(p->folder, &list);
		assert_int_equal(n, n_files(p));
		for (size_t i = 0; i < n; i++) {
			char *path = xasprintf("%s/%s", p->folder, list[i].name);
			assert_int_equal(sql_number(path, "SELECT COUNT(*) FROM entries"), 300);
			free(path);
		}
		free(list);
		assert_int_equal(sql_number(p->rig.path, "SELECT COUNT(*) FROM entries"), 300);
	}
	assert_true(back_up(p, 1, T0 + 1000000, error));
	assert_int_equal(n_files(p), 1);
}

/* As a disk that fills up while it is made: files may grow to half of it. */
static void no_room(void **state)
{
	struct place *p = *state;
	char error[512] = "";
	struct rlimit before, small;
	struct stat st;
	sigset_t limit, mask;

	assert_true(back_up(p, 1, T0, error));
	assert_int_equal(stat(p->rig.path, &st), 0);
	getrlimit(RLIMIT_FSIZE, &before);
	small = (struct rlimit){ (rlim_t)st.st_size / 2, before.rlim_max };
	sigemptyset(&limit);
	sigaddset(&limit, SIGXFSZ);
	pthread_sigmask(SIG_BLOCK, &limit, &mask);
	setrlimit(RLIMIT_FSIZE, &small);
	bool ok = back_up(p, 1, T0 + 1, error);
	setrlimit(RLIMIT_FSIZE, &before);
	sigtimedwait(&limit, NULL, &(struct timespec){ 0 });
	pthread_sigmask(SIG_SETMASK, &mask, NULL);
	assert_false(ok);
	assert_true(error[0] != '\0');
	assert_int_equal(n_files(p), 1);
	assert_true(back_up(p, 1, T0 + 2, error));
}

static void a_place_that_will_not_do(void **state)
{
	struct place *p = *state;
	char error[512] = "", *name = NULL;

	int fd = open(p->folder, O_CREAT | O_WRONLY, 0600);
	close(fd);
	assert_false(back_up(p, 1, T0, error));
	assert_non_null(strstr(error, p->folder));
	unlink(p->folder);
	assert_false(backup_make(
		p->rig.path, "/nonexistent/backups", 1, T0, NULL, &name, error, sizeof(error)));
	assert_string_equal(error, "/nonexistent/backups: No such file or directory");
	atomic_bool stop = true;
	assert_false(
		backup_make(p->rig.path, p->folder, 1, T0, &stop, &name, error, sizeof(error)));
	assert_string_equal(error, "courantd is stopping");
	assert_int_equal(n_files(p), 0);
}

/* The log that cannot be cut while a copy is made is bounded. */
static void so_much_written_meanwhile(void **state)
{
	struct place *p = *state;
	char error[512] = "", log[160];

	rig_open_store(&p->rig);
	/* More than one step of a copy. */
	char *long_text = make_noise(16 * KIB);
	refresh_doc(&p->rig, add_feed(&p->rig, "https://example.org/2", NULL),
		make_numbered(300, long_text), T0);
	free(long_text);
	rig_close(&p->rig);
	rig_open_store(&p->rig);
	refresh_doc(&p->rig, add_feed(&p->rig, "https://example.org/3", NULL), NULL, T0);
	snprintf(log, sizeof(log), "%s-wal", p->rig.path);
	/* Room that nothing was written to says as much. */
	assert_int_equal(truncate(log, (off_t)LIMIT_BACKUP_LOG + 1), 0);
	assert_false(back_up(p, 1, T0, error));
	assert_non_null(strstr(error, "the log grew beyond 256 MiB"));
	assert_int_equal(n_files(p), 0);
	rig_close(&p->rig);
	assert_int_equal(sql_number(p->rig.path, "SELECT COUNT(*) FROM entries"), 600);
}

int main(void)
{
#define T(test) cmocka_unit_test_setup_teardown(test, setup, teardown)
	const struct CMUnitTest tests[] = {
		T(the_oldest_go),
		T(the_one_just_made_stays),
		T(nothing_goes_for_an_unsound_copy),
		T(what_a_kill_left_is_swept),
		T(a_kill_in_the_middle),
		T(no_room),
		T(a_place_that_will_not_do),
		T(so_much_written_meanwhile),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
