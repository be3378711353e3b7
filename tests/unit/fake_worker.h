/*
 * A parser process that misbehaves as each job's body asks: the other side of test_workers.c, which
 * starts itself as one. It has no sandbox and reads no feeds.
 */
#ifndef COURANT_TESTS_FAKE_WORKER_H
#define COURANT_TESTS_FAKE_WORKER_H

#include "base/limits.h"
#include "base/mem.h"
#include "wire/parse.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

static void send_all(int fd, const void *bytes, size_t n)
{
	for (const char *at = bytes; n > 0;) {
		ssize_t put = write(fd, at, n);
		if (put <= 0)
			_exit(7);
		at += put;
		n -= (size_t)put;
	}
}

static bool receive_all(int fd, void *bytes, size_t n)
{
	for (char *at = bytes; n > 0;) {
		ssize_t got = read(fd, at, n);
		if (got <= 0)
			return false;
		at += got;
		n -= (size_t)got;
	}
	return true;
}

static void send_frame(int fd, enum frame_type type, const void *payload, size_t n)
{
	struct strbuf out = STRBUF_INIT(LIMIT_FRAME);
	size_t start = frame_begin(&out, type);
	strbuf_add(&out, payload, n);
	frame_end(&out, start);
	send_all(fd, out.data, out.len);
	strbuf_release(&out);
}

static void send_doc(int fd, const char *title, size_t n)
{
	struct strbuf out = STRBUF_INIT(LIMIT_FRAME);
	struct feed_doc *doc = feed_doc_new();
	doc->title = arena_strndup(&doc->arena, title, n);
	parse_doc_encode(&out, doc);
	send_all(fd, out.data, out.len);
	feed_doc_free(doc);
	strbuf_release(&out);
}

static void pause_ms(long ms)
{
	struct timespec t = { ms / 1000, ms % 1000 * 1000000 };
	nanosleep(&t, NULL);
}

static void drip_fail(int fd, enum status status, const char *detail)
{
	struct strbuf out = STRBUF_INIT(LIMIT_FRAME);
	struct failure fail;
	failure_set(&fail, STAGE_PARSE, status, 0, "%s", detail);
	parse_fail_encode(&out, &fail);
	for (size_t i = 0; i < out.len; i++) {
		send_all(fd, out.data + i, 1);
		pause_ms(1);
	}
	strbuf_release(&out);
}

static void send_pid(int fd)
{
	char text[12];
	int n = snprintf(text, sizeof text, "%d", (int)getpid());
	send_doc(fd, text, (size_t)n);
}

/* Whether the base URL, used as a path here, did not exist; it does after. */
static bool first_time(const char *path)
{
	int fd = open(path, O_CREAT | O_EXCL | O_WRONLY, 0600);
	if (fd >= 0)
		close(fd);
	return fd >= 0;
}

static void obey(int fd, const struct feed_input *job)
{
	char order[32] = "";
	memcpy(order, job->bytes, job->len < sizeof order ? job->len : sizeof order - 1);
	if (strcmp(order, "crash") == 0)
		raise(SIGSYS);
	else if (strcmp(order, "exit") == 0)
		_exit(3);
	else if (strcmp(order, "cpu") == 0)
		raise(SIGXCPU);
	else if (strcmp(order, "hang") == 0)
		pause_ms(60000);
	else if (strcmp(order, "hang up") == 0)
		shutdown(fd, SHUT_RDWR), pause_ms(60000);
	else if (strcmp(order, "crash once") == 0 && first_time(job->base_url))
		raise(SIGSYS);
	else if (strcmp(order, "lie: type") == 0)
		send_all(fd, "\0\0\0\0\x63", 5);
	else if (strcmp(order, "lie: job") == 0)
		send_frame(fd, FRAME_PARSE_JOB, "", 0);
	else if (strcmp(order, "lie: ready") == 0)
		send_frame(fd, FRAME_READY, "\0\0", 2);
	else if (strcmp(order, "lie: length") == 0)
		send_all(fd, "\xff\xff\xff\xff\x02", 5);
	else if (strcmp(order, "lie: doc") == 0)
		send_frame(fd, FRAME_PARSE_DOC, "garbage", 7);
	else if (strcmp(order, "lie: fail") == 0)
		send_frame(fd, FRAME_PARSE_FAIL, "\x01\x01\0\0\0\0", 6);
	else if (strcmp(order, "lie: listing") == 0) /* valid, but nobody asked for one */
		send_frame(fd, FRAME_LISTING, "\0\0\0\0\0\0\0\0", 8);
	else if (strcmp(order, "lie: half") == 0)
		send_all(fd, "\x10\0\0\0\x02half", 9), _exit(0);
	else if (strcmp(order, "fail") == 0)
		drip_fail(fd, STATUS_NOT_A_FEED, "a page");
	else if (strcmp(order, "twice") == 0)
		send_doc(fd, "twice", 5), send_doc(fd, "twice", 5);
	else if (strcmp(order, "pid") == 0)
		send_pid(fd);
	else if (strncmp(order, "slow", 4) == 0)
		pause_ms(3), send_doc(fd, job->bytes, job->len);
	else
		send_doc(fd, job->bytes, job->len < LIMIT_TITLE ? job->len : LIMIT_TITLE);
}

/* Serves the socket until the other side hangs up; returns what to exit with. */
static inline int be_a_worker(int fd)
{
	unsigned char header[FRAME_HEADER];
	send_frame(fd, FRAME_READY, "\0\0", 2);
	while (receive_all(fd, header, sizeof header)) {
		uint32_t len;
		enum frame_type type;
		struct arena a;
		struct feed_input job;
		if (!frame_header(header, &len, &type))
			return 1;
		char *payload = xmalloc(len);
		arena_init(&a, MIB);
		if (!receive_all(fd, payload, len) || !parse_job_decode(payload, len, &a, &job))
			return 1;
		obey(fd, &job);
		arena_release(&a);
		free(payload);
	}
	return 0;
}

#endif
