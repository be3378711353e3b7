/*
 * origin [-d DELAY_MS] FILE...: a publisher with as many hosts as there are addresses in
 * 127.0.0.0/8, all on one port, which it prints. It ends with its standard input.
 *
 * /ok/N answers with the FILE of that number (modulo their count), or 304 to its ETag, DELAY_MS
 * after the request; /drip/N sends a byte every 100 ms for ever; /hang/N never answers; /reset/N
 * resets the connection. For every request of /ok/N it prints `N MS`, the time on the monotonic
 * clock.
 */
#include <err.h>
#include <ev.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

#define DRIP_S 0.1
#define DRIP_HEAD "HTTP/1.1 200 OK\r\nContent-Type: text/xml\r\nContent-Length: 1000000\r\n\r\n"

struct file {
	char *bytes;
	size_t n;
};

struct connection {
	ev_io io;
	ev_timer timer;
	char request[4096];
	size_t n_request;
	char head[256];
	size_t n_head, sent;
	const struct file *body; /* NULL: none */
	bool drips;
};

static struct file *files;
static size_t n_files;
static double delay_s;
static struct ev_loop *loop;

static void connection_close(struct connection *c, bool reset)
{
	const struct linger at_once = { .l_onoff = 1, .l_linger = 0 };
	if (reset)
		setsockopt(c->io.fd, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
	ev_io_stop(loop, &c->io);
	ev_timer_stop(loop, &c->timer);
	close(c->io.fd);
	free(c);
}

static void watch(struct connection *c, int events)
{
	ev_io_stop(loop, &c->io);
	ev_io_set(&c->io, c->io.fd, events);
	ev_io_start(loop, &c->io);
}

/* Goes on with the answer; then the next request may come. */
static void answer(struct connection *c)
{
	size_t n_body = c->body != NULL ? c->body->n : 0;
	while (c->sent < c->n_head + n_body) {
		struct iovec parts[2];
		int n = 0;
		size_t skip = c->sent > c->n_head ? c->sent - c->n_head : 0;
		if (c->sent < c->n_head)
			parts[n++] = (struct iovec){ c->head + c->sent, c->n_head - c->sent };
		if (n_body > skip)
			parts[n++] = (struct iovec){ c->body->bytes + skip, n_body - skip };
		ssize_t sent = writev(c->io.fd, parts, n);
		if (sent <= 0) {
			watch(c, EV_WRITE);
			return;
		}
		c->sent += (size_t)sent;
	}
	c->n_request = 0;
	watch(c, EV_READ);
}

static void timer_due(struct ev_loop *l, ev_timer *timer, int events)
{
	(void)l, (void)events;
	struct connection *c = timer->data;
	if (!c->drips)
		answer(c);
	else if (write(c->io.fd, " ", 1) != 1)
		connection_close(c, false);
}

static void delay(struct connection *c, double first_s, double repeat_s)
{
	ev_timer_set(&c->timer, first_s, repeat_s);
	ev_timer_start(loop, &c->timer);
}

static void begin_ok(struct connection *c, unsigned long number)
{
	struct timespec now;
	char tag[48];
	clock_gettime(CLOCK_MONOTONIC, &now);
	printf("%lu %lld\n", number, (long long)now.tv_sec * 1000 + now.tv_nsec / 1000000);
	snprintf(tag, sizeof tag, "\"feed-%lu\"", number);
	c->body = strstr(c->request, tag) != NULL ? NULL : &files[number % n_files];
	c->sent = 0;
	if (c->body == NULL)
		c->n_head = (size_t)snprintf(c->head, sizeof c->head,
			"HTTP/1.1 304 Not Modified\r\nETag: %s\r\n\r\n", tag);
	else
		c->n_head = (size_t)snprintf(c->head, sizeof c->head,
			"HTTP/1.1 200 OK\r\nETag: %s\r\nContent-Type: text/xml\r\n"
			"Content-Length: %zu\r\n\r\n",
			tag, c->body->n);
	if (delay_s > 0)
		delay(c, delay_s, 0.);
	else
		answer(c);
}

static void begin(struct connection *c)
{
	unsigned long number = 0;
	char kind[8] = "";
	sscanf(c->request, "GET /%7[a-z]/%lu ", kind, &number);
	if (strcmp(kind, "ok") == 0) {
		begin_ok(c, number);
	} else if (strcmp(kind, "reset") == 0) {
		connection_close(c, true);
	} else if (strcmp(kind, "drip") == 0) {
		c->drips = true;
		if (write(c->io.fd, DRIP_HEAD, strlen(DRIP_HEAD)) > 0)
			delay(c, DRIP_S, DRIP_S);
	} /* else it hangs */
}

static void connection_ready(struct ev_loop *l, ev_io *io, int events)
{
	(void)l;
	struct connection *c = io->data;
	if (events & EV_WRITE) {
		answer(c);
		return;
	}
	size_t room = sizeof c->request - 1 - c->n_request;
	ssize_t n = read(io->fd, c->request + c->n_request, room);
	if (n <= 0) {
		connection_close(c, false);
		return;
	}
	c->n_request += (size_t)n;
	c->request[c->n_request] = '\0';
	if (strstr(c->request, "\r\n\r\n") != NULL)
		begin(c);
}

static void knocked(struct ev_loop *l, ev_io *listener, int events)
{
	(void)l, (void)events;
	const int on = 1;
	int fd;
	while ((fd = accept4(listener->fd, NULL, NULL, SOCK_NONBLOCK)) >= 0) {
		struct connection *c = calloc(1, sizeof *c);
		if (c == NULL)
			err(1, NULL);
		setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
		ev_io_init(&c->io, connection_ready, fd, EV_READ);
		ev_timer_init(&c->timer, timer_due, 0., 0.);
		c->io.data = c->timer.data = c;
		ev_io_start(l, &c->io);
	}
}

static void input_ended(struct ev_loop *l, ev_io *io, int events)
{
	(void)events;
	char bytes[64];
	if (read(io->fd, bytes, sizeof bytes) <= 0)
		ev_break(l, EVBREAK_ALL);
}

/* Every address of the loopback, and no other: the socket is bound to the device. */
static int listen_anywhere(void)
{
	struct sockaddr_in any = { .sin_family = AF_INET };
	socklen_t len = sizeof any;
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
	if (fd < 0 || setsockopt(fd, SOL_SOCKET, SO_BINDTODEVICE, "lo", 3) != 0 ||
		bind(fd, (struct sockaddr *)&any, sizeof any) != 0 || listen(fd, 4096) != 0 ||
		getsockname(fd, (struct sockaddr *)&any, &len) != 0)
		err(1, "listen");
	printf("%d\n", ntohs(any.sin_port));
	fflush(stdout);
	return fd;
}

static void read_file(const char *path)
{
	FILE *f = fopen(path, "rb");
	struct file *file = &files[n_files++];
	if (f == NULL || fseek(f, 0, SEEK_END) != 0)
		err(1, "%s", path);
	file->n = (size_t)ftell(f);
	file->bytes = malloc(file->n);
	rewind(f);
	if (file->bytes == NULL || fread(file->bytes, 1, file->n, f) != file->n)
		err(1, "%s", path);
	fclose(f);
}

int main(int argc, char **argv)
{
	struct rlimit most;
	ev_io listener, input;
	if (argc > 2 && strcmp(argv[1], "-d") == 0) {
		delay_s = strtod(argv[2], NULL) / 1000.;
		argc -= 2;
		argv += 2;
	}
	if (argc < 2)
		errx(2, "usage: origin [-d DELAY_MS] FILE...");
	files = calloc((size_t)argc, sizeof *files);
	for (int i = 1; i < argc; i++)
		read_file(argv[i]);
	if (getrlimit(RLIMIT_NOFILE, &most) == 0) {
		most.rlim_cur = most.rlim_max;
		setrlimit(RLIMIT_NOFILE, &most);
	}
	setvbuf(stdout, NULL, _IOLBF, 0);
	sigaction(SIGPIPE, &(struct sigaction){ .sa_handler = SIG_IGN }, NULL);
	loop = ev_default_loop(0);
	ev_io_init(&listener, knocked, listen_anywhere(), EV_READ);
	ev_io_init(&input, input_ended, STDIN_FILENO, EV_READ);
	ev_io_start(loop, &listener);
	ev_io_start(loop, &input);
	ev_run(loop, 0);
	return 0;
}
