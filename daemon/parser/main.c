/*
 * courant-parse: the daemon's parser (--worker FD), and by hand a filter that shows what a feed
 * contains.
 */
#include "base/clock.h"
#include "base/limits.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/strbuf.h"
#include "base/text.h"
#include "feed/feed.h"
#include "parser/lint.h"
#include "parser/output.h"
#include "parser/sandbox.h"
#include "parser/text_out.h"
#include "parser/worker.h"

#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define EXIT_FINDINGS 1
#define EXIT_USAGE 2
/* Above the buffers of a usual document, which are better used again. */
#define LARGE_BUFFER (512 * (int)KIB)
/* Files of one sandboxed process: all are open before it closes, and 1024 descriptors are what a
 * shell grants. */
#define FILES_AT_ONCE 256

enum format { FORMAT_JSON, FORMAT_TEXT, FORMAT_LINT, FORMAT_COUNT };
static const char *const formats[] = { "json", "text", "lint" };

struct options {
	const char *content_type, *base_url;
	enum format format;
	size_t width; /* columns of the terminal */
	int64_t now;
	int worker_fd; /* -1: read files */
	bool misdeeds;
};

static const char usage[] =
	"usage: courant-parse [--format json|text|lint] [--content-type TYPE] [--base URL] "
	"FILE...\n"
	"       courant-parse --worker FD [--misdeeds]\n"
	"Shows what each FILE (- is standard input), a feed, contains: as JSON Feed, a line for\n"
	"each, or as text; or with lint what is wrong with it (then 1 is the exit status).\n";

static bool read_format(const char *name, enum format *ret)
{
	for (int i = 0; i < FORMAT_COUNT; i++)
		if (strcmp(name, formats[i]) == 0) {
			*ret = (enum format)i;
			return true;
		}
	fprintf(stderr, "courant-parse: --format is json, text or lint\n");
	return false;
}

static int read_options(int argc, char **argv, struct options *ret)
{
	static const struct option longs[] = {
		{ "format", required_argument, NULL, 'f' },
		{ "content-type", required_argument, NULL, 't' },
		{ "base", required_argument, NULL, 'b' },
		{ "worker", required_argument, NULL, 'w' },
		{ "misdeeds", no_argument, NULL, 'm' },
		{ "help", no_argument, NULL, 'h' },
		{ "version", no_argument, NULL, 'V' },
		{ NULL, 0, NULL, 0 },
	};
	int c;

	while ((c = getopt_long(argc, argv, "hV", longs, NULL)) != -1) {
		char *end;
		switch (c) {
		case 'f':
			if (!read_format(optarg, &ret->format))
				return EXIT_USAGE;
			break;
		case 't':
			ret->content_type = optarg;
			break;
		case 'b':
			ret->base_url = optarg;
			break;
		case 'w':
			ret->worker_fd = (int)strtol(optarg, &end, 10);
			if (*end != '\0' || end == optarg || ret->worker_fd < 0)
				return EXIT_USAGE;
			break;
		case 'm':
			ret->misdeeds = true;
			break;
		case 'h':
			fputs(usage, stdout);
			exit(EXIT_SUCCESS);
		case 'V':
			puts("courant-parse " COURANT_VERSION);
			exit(EXIT_SUCCESS);
		default:
			return EXIT_USAGE;
		}
	}
	return (ret->worker_fd < 0) == (optind < argc) ? EXIT_SUCCESS : EXIT_USAGE;
}

struct file {
	int fd;    /* -1: cannot be opened */
	int error; /* errno */
};

static struct file file_open(const char *name)
{
	struct file f = { STDIN_FILENO, 0 };

	if (strcmp(name, "-") != 0) {
		f.fd = open(name, O_RDONLY | O_CLOEXEC | O_NOCTTY);
		f.error = f.fd < 0 ? errno : 0;
	}
	return f;
}

/* The whole file into body; false with *ret_fail set. */
static bool file_read(struct file *f, struct strbuf *body, struct failure *ret_fail)
{
	static char piece[64 * KIB];
	ssize_t n;

	while (f->error == 0 && (n = read(f->fd, piece, sizeof(piece))) != 0) {
		if (n < 0 && errno != EINTR)
			f->error = errno;
		if (n > 0 && !strbuf_add(body, piece, (size_t)n)) {
			failure_set(ret_fail, STAGE_FETCH, STATUS_TOO_LARGE, 0,
				"the file is larger than %u MiB", LIMIT_BODY_MAX / MIB);
			return false;
		}
	}
	if (f->error != 0)
		failure_set(
			ret_fail, STAGE_FETCH, STATUS_FILE_UNREADABLE, 0, "%s", strerror(f->error));
	return f->error == 0;
}

/* Appends what is asked for; true when there is nothing to complain about. */
static bool show(struct strbuf *out, const char *name, const struct feed_input *in,
	const struct feed_doc *doc, const struct failure *fail, const struct options *o)
{
	switch (o->format) {
	case FORMAT_LINT:
		return lint_document(out, name, in, doc, fail, o->now) == 0;
	case FORMAT_TEXT:
		if (doc != NULL)
			text_out_doc(out, doc, o->width);
		else
			text_out_failure(out, name, fail);
		return doc != NULL;
	case FORMAT_JSON:
	case FORMAT_COUNT:
		break;
	}
	if (doc != NULL)
		output_doc(out, doc, clock_now());
	else
		output_failure(out, fail);
	return true;
}

static bool print_file(struct file *f, const char *name, const struct options *o)
{
	struct strbuf body = STRBUF_INIT(LIMIT_BODY_MAX),
		      text = STRBUF_INIT((size_t)LIMIT_FRAME * 4);
	struct failure fail = { 0 };
	struct feed_input in = { "", 0, o->content_type, o->base_url };
	struct feed_doc *doc = NULL;
	bool clean;

	if (file_read(f, &body, &fail)) {
		in.bytes = strbuf_str(&body);
		in.len = body.len;
		doc = feed_parse(&in, &fail);
	}
	clean = show(&text, name, &in, doc, &fail, o);
	fwrite(strbuf_str(&text), 1, text.len, stdout);
	feed_doc_free(doc);
	strbuf_release(&text);
	strbuf_release(&body);
	return clean;
}

static int print_files(char **names, int n, const struct options *o)
{
	struct file *files = xcalloc((size_t)n, sizeof(*files));
	struct sandbox sandbox;
	int status = EXIT_SUCCESS;

	for (int i = 0; i < n; i++)
		files[i] = file_open(names[i]);
	sandbox_close(SANDBOX_FILTER, &sandbox);
	for (int i = 0; i < n; i++) {
		sandbox_grant_cpu(LIMIT_PARSE_CPU_S);
		if (o->format == FORMAT_TEXT && i > 0)
			putchar('\n');
		if (!print_file(&files[i], names[i], o))
			status = EXIT_FINDINGS;
	}
	free(files);
	return fflush(stdout) == 0 ? status : EXIT_FAILURE;
}

/* More files than one process may hold open: one process after the other. */
static int print_batches(char **names, int n, const struct options *o)
{
	int worst = EXIT_SUCCESS;

	for (int at = 0; at < n; at += FILES_AT_ONCE) {
		int take = n - at < FILES_AT_ONCE ? n - at : FILES_AT_ONCE, state = 0;
		pid_t child = fork();
		if (child < 0)
			log_fatal("cannot start a process: %s", strerror(errno));
		if (child == 0)
			_exit(print_files(names + at, take, o));
		if (waitpid(child, &state, 0) < 0 || !WIFEXITED(state) || WEXITSTATUS(state) != 0)
			worst = EXIT_FAILURE;
	}
	return worst;
}

static size_t terminal_width(void)
{
	struct winsize size;

	return ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0 ? size.ws_col
									       : TEXT_OUT_WIDTH;
}

int main(int argc, char **argv)
{
	struct options o = { .worker_fd = -1 };

	log_init("courant-parse", LOG_LEVEL_INFO);
	if (read_options(argc, argv, &o) != EXIT_SUCCESS) {
		fputs(usage, stderr);
		return EXIT_USAGE;
	}
	o.width = terminal_width();
	o.now = clock_now();
	feed_prepare();
	/* Large buffers go back to the kernel one by one. Left to itself malloc learns to put them
	 * into the heap, where those that live on hold the room of those that do not. */
	mallopt(M_MMAP_THRESHOLD, LARGE_BUFFER);
	tzset();                   /* gmtime_r reads /etc/localtime once */
	text_width("\xc2\xa0", 2); /* reads the table of widths once */
	if (o.worker_fd >= 0)
		return worker_main(o.worker_fd, o.misdeeds);
	if (argc - optind > FILES_AT_ONCE)
		return print_batches(argv + optind, argc - optind, &o);
	return print_files(argv + optind, argc - optind, &o);
}
