/*
 * bench_worker PROGRAM FILE...: a real, sandboxed worker for each file: the CPU time that a job
 * takes, beside that of the first file for as many bytes, and the most memory the process ever had,
 * beside what it may have (5 times the document and 8 MB).
 */
#include "base/limits.h"
#include "base/mem.h"
#include "wire/parse.h"
#include "workers/spawn.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

/* Small files are parsed again and again, until there is something to measure. */
#define WORTH_MEASURING (8 * MIB)

static void die(const char *what)
{
	fprintf(stderr, "bench_worker: %s: %s\n", what, strerror(errno));
	exit(EXIT_FAILURE);
}

static struct strbuf file_read(const char *path)
{
	struct strbuf bytes = STRBUF_INIT(LIMIT_BODY_MAX);
	char piece[64 * KIB];
	FILE *f = fopen(path, "rb");
	if (f == NULL)
		die(path);
	for (size_t n; (n = fread(piece, 1, sizeof piece, f)) > 0;)
		strbuf_add(&bytes, piece, n);
	fclose(f);
	return bytes;
}

static void exchange(int fd, bool out, char *bytes, size_t n)
{
	while (n > 0) {
		ssize_t done = out ? write(fd, bytes, n) : read(fd, bytes, n);
		if (done <= 0)
			die("the worker is gone");
		bytes += done;
		n -= (size_t)done;
	}
}

/* Reads one frame and drops it. */
static enum frame_type answer(int fd)
{
	unsigned char header[FRAME_HEADER];
	char piece[64 * KIB];
	uint32_t len;
	enum frame_type type;
	exchange(fd, false, (char *)header, sizeof header);
	if (!frame_header(header, &len, &type))
		die("no frame");
	for (size_t take; len > 0; len -= (uint32_t)take) {
		take = len < sizeof piece ? len : sizeof piece;
		exchange(fd, false, piece, take);
	}
	return type;
}

/* The number behind `key` in /proc/PID/NAME; at its start when key is empty. */
static double proc_number(pid_t pid, const char *name, const char *key)
{
	char path[64], text[4096] = "";
	snprintf(path, sizeof path, "/proc/%d/%s", (int)pid, name);
	FILE *f = fopen(path, "r");
	if (f == NULL)
		die(path);
	size_t n = fread(text, 1, sizeof text - 1, f);
	text[n] = '\0';
	fclose(f);
	const char *at = strstr(text, key);
	return at == NULL ? 0 : strtod(at + strlen(key), NULL);
}

static double print(const char *program, const char *path, double first)
{
	struct strbuf body = file_read(path), job = STRBUF_INIT(LIMIT_FRAME);
	struct feed_input in = { .bytes = body.data, .len = body.len };
	struct process p;
	size_t times = WORTH_MEASURING / body.len + 1;
	bool read = true;
	if (spawn_parser(program, &p) != 0 || !parse_job_encode(&job, &in))
		die(program);
	fcntl(p.fd, F_SETFL, 0);
	if (answer(p.fd) != FRAME_READY)
		die("the worker is not ready");
	double before = proc_number(p.pid, "schedstat", "");
	for (size_t i = 0; i < times; i++) {
		exchange(p.fd, true, job.data, job.len);
		read &= answer(p.fd) == FRAME_PARSE_DOC;
	}
	double ns = (proc_number(p.pid, "schedstat", "") - before) / (double)(times * body.len);
	double peak = proc_number(p.pid, "status", "VmHWM:") * KIB / MIB;
	const char *name = strrchr(path, '/');
	printf("  %-26s %8.2f MB %7.1f MB/s %6.2f x time per byte, %6.1f of %6.1f MB%s\n",
		name == NULL ? path : name + 1, (double)body.len / 1e6, 1e3 / ns,
		first > 0 ? ns / first : 1, peak, 5.0 * (double)body.len / MIB + 8,
		read ? "" : ", refused");
	close(p.fd);
	close(p.pidfd);
	kill(p.pid, SIGKILL);
	waitpid(p.pid, NULL, 0);
	strbuf_release(&body);
	strbuf_release(&job);
	return ns;
}

int main(int argc, char **argv)
{
	double first = 0;
	if (argc < 3) {
		fputs("usage: bench_worker PROGRAM FILE...\n", stderr);
		return 2;
	}
	for (int i = 2; i < argc; i++) {
		double ns = print(argv[1], argv[i], first);
		first = i == 2 ? ns : first;
	}
	return 0;
}
