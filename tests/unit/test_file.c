#include "fetch/file.h"
#include "base/mem.h"
#include "test.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

static char dir[] = "/tmp/courant-test-file-XXXXXX";

static const char *in_dir(const char *name)
{
	static char path[256];
	snprintf(path, sizeof(path), "%s/%s", dir, name);
	return path;
}

static void write_file(const char *name, const char *text)
{
	FILE *f = fopen(in_dir(name), "w");
	assert_non_null(f);
	fputs(text, f);
	fclose(f);
}

static struct file_job *read_now(const char *path, const char *tag, uint64_t max_body)
{
	struct file_job *job = file_job_new(path, tag, max_body, NULL);
	file_job_read(job);
	return job;
}

static void file_is_read_whole(void **state)
{
	(void)state;
	write_file("feed", "<rss/>");
	struct file_job *job = read_now(in_dir("feed"), NULL, 100);
	assert_int_equal(job->fail.status, STATUS_OK);
	assert_int_equal(job->body_len, 6);
	assert_string_equal(job->body, "<rss/>");
	assert_null(job->tag); /* just written: a second change might leave the same times */
	file_job_free(job);
	write_file("empty", "");
	job = read_now(in_dir("empty"), NULL, 100);
	assert_int_equal(job->fail.status, STATUS_OK);
	assert_int_equal(job->body_len, 0);
	assert_non_null(job->body);
	file_job_free(job);
}

static void unchanged_file_is_not_read_again(void **state)
{
	(void)state;
	write_file("old", "<rss/>");
	sleep(4); /* until the time stamps are beyond doubt; nothing can set a ctime */
	struct file_job *first = read_now(in_dir("old"), NULL, 100);
	assert_non_null(first->tag);
	struct file_job *second = read_now(in_dir("old"), first->tag, 100);
	assert_int_equal(second->fail.status, STATUS_OK);
	assert_true(second->not_modified);
	assert_null(second->body);
	assert_string_equal(second->tag, first->tag);
	file_job_free(second);
	write_file("old", "<RSS/>"); /* same size */
	struct timespec times[2] = { { .tv_sec = 1 }, { .tv_sec = 1 } };
	utimensat(AT_FDCWD, in_dir("old"), times, 0);
	struct file_job *third = read_now(in_dir("old"), first->tag, 100);
	assert_false(third->not_modified);
	assert_string_equal(third->body, "<RSS/>");
	file_job_free(third);
	file_job_free(first);
}

static void limit_is_exact(void **state)
{
	(void)state;
	write_file("ten", "0123456789");
	struct file_job *job = read_now(in_dir("ten"), NULL, 10);
	assert_int_equal(job->fail.status, STATUS_OK);
	file_job_free(job);
	job = read_now(in_dir("ten"), NULL, 9);
	assert_int_equal(job->fail.status, STATUS_TOO_LARGE);
	assert_null(job->body);
	file_job_free(job);
	job = read_now("/dev/zero", NULL, 9);
	assert_int_equal(job->fail.status, STATUS_FILE_UNREADABLE);
	file_job_free(job);
}

static void what_is_no_regular_file_is_refused_at_once(void **state)
{
	(void)state;
	struct sockaddr_un un = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);
	snprintf(un.sun_path, sizeof(un.sun_path), "%.100s", in_dir("socket"));
	assert_int_equal(bind(fd, (struct sockaddr *)&un, sizeof(un)), 0);
	assert_int_equal(mkfifo(in_dir("fifo"), 0600), 0);
	assert_int_equal(symlink("nowhere", in_dir("dangling")), 0);
	write_file("target", "x");
	assert_int_equal(symlink("target", in_dir("link")), 0);
	static const struct {
		const char *name, *detail; /* NULL: readable */
	} cases[] = {
		{ "", "is a directory" },
		{ "fifo", "is not a regular file" },
		{ "socket", "No such device or address" },
		{ "missing", "No such file or directory" },
		{ "dangling", "No such file or directory" },
		{ "target/below", "Not a directory" },
		{ "link", NULL },
	};
	for (size_t i = 0; i < N_ELEMENTS(cases); i++) {
		struct file_job *job = read_now(in_dir(cases[i].name), NULL, 100);
		if (cases[i].detail) {
			assert_int_equal(job->fail.status, STATUS_FILE_UNREADABLE);
			assert_int_equal(job->fail.stage, STAGE_FETCH);
			assert_non_null(strstr(job->fail.detail, cases[i].detail));
		} else {
			assert_int_equal(job->fail.status, STATUS_OK);
		}
		file_job_free(job);
	}
	close(fd);
}

/* --- the thread --- */

struct heard {
	struct ev_loop *loop;
	unsigned n, wanted;
};

static void finished(void *arg, struct file_job *job)
{
	struct heard *h = arg;
	assert_true(job->fail.status == STATUS_OK || atomic_load(&job->abandoned));
	file_job_free(job);
	if (++h->n == h->wanted)
		ev_break(h->loop, EVBREAK_ALL);
}

static void every_job_comes_back_once(void **state)
{
	(void)state;
	struct heard h = { .loop = ev_loop_new(EVFLAG_AUTO), .wanted = 100 };
	struct file_reader *r = file_reader_new(h.loop, finished, &h);
	struct ev_timer keep;
	write_file("feed", "<rss/>");
	for (unsigned i = 0; i < h.wanted; i++) {
		struct file_job *job = file_job_new(in_dir("feed"), NULL, 100, NULL);
		atomic_store(&job->abandoned, i % 10 == 0);
		file_submit(r, job);
	}
	ev_timer_init(&keep, NULL, 30, 0);
	ev_timer_start(h.loop, &keep); /* the reader alone keeps no loop running */
	ev_run(h.loop, 0);
	assert_int_equal(h.n, h.wanted);
	ev_timer_stop(h.loop, &keep);
	file_reader_free(r);
	ev_loop_destroy(h.loop);
}

static void free_drops_what_is_queued(void **state)
{
	(void)state;
	struct heard h = { .loop = ev_loop_new(EVFLAG_AUTO) };
	struct file_reader *r = file_reader_new(h.loop, finished, &h);
	write_file("feed", "<rss/>");
	for (unsigned i = 0; i < 50; i++)
		file_submit(r, file_job_new(in_dir("feed"), NULL, 100, NULL));
	file_reader_free(r);
	assert_int_equal(h.n, 0);
	file_reader_free(file_reader_new(h.loop, finished, &h));
	file_reader_free(NULL);
	ev_loop_destroy(h.loop);
}

static int make_dir(void **state)
{
	(void)state;
	return mkdtemp(dir) ? 0 : -1;
}

static int remove_dir(void **state)
{
	(void)state;
	static const char *const names[] = { "feed", "empty", "old", "ten", "socket", "fifo",
		"dangling", "target", "link" };
	for (size_t i = 0; i < N_ELEMENTS(names); i++)
		unlink(in_dir(names[i]));
	return rmdir(dir);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(file_is_read_whole),
		cmocka_unit_test(unchanged_file_is_not_read_again),
		cmocka_unit_test(limit_is_exact),
		cmocka_unit_test(what_is_no_regular_file_is_refused_at_once),
		cmocka_unit_test(every_job_comes_back_once),
		cmocka_unit_test(free_drops_what_is_queued),
	};
	return cmocka_run_group_tests_name("file", tests, make_dir, remove_dir);
}
