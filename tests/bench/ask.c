/*
 * ask SOCKET: how long a client waits that is as fast as C is. For each line of its standard input,
 * `TIMES PATH...`, it asks for the paths in turn, TIMES times in all, on one connection, one
 * question after another, and prints `BYTES US...`: the bytes of the last answer, and of each the
 * microseconds from the request's first byte to the answer's last one.
 *
 * {common}, {medium} and {rare} in a path stand for words of bench_store's entries (store_docs.h),
 * another with each question.
 */
#include "store_docs.h"

#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#define PATHS_MAX 16
#define REQUEST_MAX 1024
#define ANSWER_MAX (64 << 20)

static char answer[ANSWER_MAX];

static double now_us(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec * 1e6 + (double)t.tv_nsec / 1e3;
}

static int dial(const char *path)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);
	if (strlen(path) >= sizeof address.sun_path)
		errx(1, "%s: the path is too long", path);
	memcpy(address.sun_path, path, strlen(path));
	if (fd < 0 || connect(fd, (struct sockaddr *)&address, sizeof address) != 0)
		err(1, "%s", path);
	return fd;
}

/* The bytes of the whole answer once its head is there, 0 before. */
static size_t length_of(size_t n)
{
	answer[n] = '\0';
	const char *end = strstr(answer, "\r\n\r\n");
	if (end == NULL)
		return 0;
	const char *length = strcasestr(answer, "\r\ncontent-length:");
	if (strncmp(answer, "HTTP/1.1 200", 12) != 0 || length == NULL || length > end)
		errx(1, "%.*s", (int)(end - answer), answer);
	return (size_t)(end + 4 - answer) + strtoul(length + 17, NULL, 10);
}

static size_t exchange(int fd, const char *request, size_t n_request)
{
	size_t got = 0, whole = 0;
	if (write(fd, request, n_request) != (ssize_t)n_request)
		err(1, "asking");
	while (whole == 0 || got < whole) {
		ssize_t n = read(fd, answer + got, ANSWER_MAX - 1 - got);
		if (n <= 0)
			err(1, "the daemon hung up");
		got += (size_t)n;
		whole = whole == 0 ? length_of(got) : whole;
	}
	return whole;
}

/* A word for the braces: ranks next to each other are about as frequent. */
static void word_for(const char *kind, size_t n, unsigned i, char out[WORD_SIZE])
{
	static const struct {
		const char *kind;
		unsigned rank, others;
	} KINDS[] = {
		{ "common", RANK_COMMON, 1 },
		{ "medium", RANK_MEDIUM, 100 },
		{ "rare", RANK_RARE, 100 },
	};
	for (size_t k = 0; k < sizeof KINDS / sizeof KINDS[0]; k++) {
		if (strlen(KINDS[k].kind) == n && memcmp(KINDS[k].kind, kind, n) == 0) {
			word_of_rank(KINDS[k].rank + i % KINDS[k].others, out);
			return;
		}
	}
	errx(1, "there is no word {%.*s}", (int)n, kind);
}

static size_t compose(const char *path, unsigned i, char out[REQUEST_MAX])
{
	char word[WORD_SIZE] = "";
	size_t before = strcspn(path, "{"), kind = strcspn(path + before, "}");
	const char *rest = path + before;
	if (*rest == '{') {
		word_for(rest + 1, kind - 1, i, word);
		rest += kind + 1;
	}
	int n = snprintf(out, REQUEST_MAX, "GET %.*s%s%s HTTP/1.1\r\nHost: courant\r\n\r\n",
		(int)before, path, word, rest);
	if (n >= REQUEST_MAX)
		errx(1, "%s: too long", path);
	return (size_t)n;
}

static void ask(int fd, unsigned times, char *const *paths, unsigned n_paths)
{
	double *took = calloc(times, sizeof *took);
	char request[REQUEST_MAX];
	size_t bytes = 0;
	if (took == NULL || n_paths == 0)
		errx(1, "a line is TIMES PATH...");
	for (unsigned i = 0; i < times; i++) {
		size_t n = compose(paths[i % n_paths], i, request);
		double start = now_us();
		bytes = exchange(fd, request, n);
		took[i] = now_us() - start;
	}
	printf("%zu", bytes);
	for (unsigned i = 0; i < times; i++)
		printf(" %.0f", took[i]);
	putchar('\n');
	fflush(stdout);
	free(took);
}

int main(int argc, char **argv)
{
	char line[4096];
	if (argc != 2)
		errx(2, "usage: ask SOCKET");
	int fd = dial(argv[1]);
	while (fgets(line, sizeof line, stdin) != NULL) {
		char *paths[PATHS_MAX], *rest = line, *word;
		unsigned n = 0, times = (unsigned)strtoul(strsep(&rest, " \n"), NULL, 10);
		while (n < PATHS_MAX && (word = strsep(&rest, " \n")) != NULL) {
			if (*word != '\0')
				paths[n++] = word;
		}
		ask(fd, times, paths, n);
	}
	close(fd);
	return 0;
}
