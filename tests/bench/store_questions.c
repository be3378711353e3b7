#include "store_questions.h"

#include "store_docs.h"
#include "base/clock.h"
#include "db/query.h"

#include <semaphore.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#define QUERIES 2000

static sem_t awake;

static void wake(void *arg)
{
	(void)arg;
	sem_post(&awake);
}

double now_s(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

struct question {
	const char *name;
	struct entry_filter filter;
	bool counters;    /* of all feeds, instead */
	unsigned rank;    /* of the word that is searched for, 0: none */
	const char *also; /* typed after it */
	int n;            /* how often it is asked, 0: QUERIES */
	int64_t total;    /* what matched */
	double took[QUERIES];
	bool answered;
};

static void see(void *arg, const struct entry_record *e)
{
	(void)arg, (void)e;
}

static void see_feed(void *arg, const struct feed_record *f)
{
	(void)arg, (void)f;
}

/* As GET /v1/entries?search= does it: what was typed is compiled with every question. Ranks next to
 * each other are as frequent, so that no page of the index is read twice in a row. */
static int64_t search(struct query *q, const struct question *question, unsigned i)
{
	struct entry_filter filter = question->filter;
	struct strbuf match = STRBUF_INIT(SEARCH_MATCH_MAX), typed = STRBUF_INIT(256);
	struct failure fail;
	char word[WORD_SIZE];

	word_of_rank(question->rank + (question->rank > RANK_COMMON ? i % 100 : 0), word);
	strbuf_addf(&typed, "%s %s", word, question->also == NULL ? "" : question->also);
	if (!query_search(q, strbuf_str(&typed), NOW, &filter, &match, &fail))
		abort();
	int64_t total = query_entries(q, &filter, see, NULL);
	strbuf_release(&typed);
	strbuf_release(&match);
	return total;
}

static void see_counter(void *arg, int64_t feed_id, int64_t n_entries, int64_t n_unread)
{
	(void)feed_id, (void)n_entries, (void)n_unread;
	++*(int64_t *)arg;
}

static int64_t count_feeds(struct query *q)
{
	int64_t n = 0;

	return query_counters(q, see_counter, &n) ? n : -1;
}

static void work(struct query *q, void *arg)
{
	struct question *question = arg;

	for (int i = 0; i < question->n; i++) {
		double start = now_s();
		if (question->counters)
			question->total = count_feeds(q);
		else if (question->filter.limit == 0)
			question->total = query_feeds(q, 0, see_feed, NULL);
		else if (question->rank > 0)
			question->total = search(q, question, (unsigned)i);
		else
			question->total = query_entries(q, &question->filter, see, NULL);
		if (question->total < 0)
			abort();
		question->took[i] = now_s() - start;
	}
}

static void answered(void *arg)
{
	((struct question *)arg)->answered = true;
}

static int compare(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return x < y ? -1 : x > y;
}

static void ask(struct readers *r, struct question *q)
{
	readers_submit(r, work, answered, q);
	while (!q->answered) {
		sem_wait(&awake);
		readers_dispatch(r);
	}
	qsort(q->took, (size_t)q->n, sizeof(q->took[0]), compare);
	printf("  %-42s p50 %8.3f ms  p99 %8.3f ms  of %lld\n", q->name, q->took[q->n / 2] * 1e3,
		q->took[q->n * 99 / 100] * 1e3, (long long)q->total);
	fflush(stdout);
}

static const enum entry_status unread[] = { ENTRY_UNREAD };
#define PAGE .limit = 50, .descending = true
#define BEST PAGE, .order = ENTRY_ORDER_RELEVANCE, .without_content = true
#define UNREAD .statuses = unread, .n_statuses = 1
static struct question questions[] = {
	{ .name = "latest 50", .filter = { PAGE, .order = ENTRY_ORDER_PUBLISHED } },
	{ .name = "latest 50 unread", .filter = { PAGE, UNREAD, .order = ENTRY_ORDER_PUBLISHED } },
	{ .name = "latest 50 unread, headlines",
		.filter = { PAGE, UNREAD, .order = ENTRY_ORDER_PUBLISHED,
			.without_content = true } },
	{ .name = "last 50 unread by id", .filter = { PAGE, UNREAD } },
	{ .name = "50 after an id, as the stream reads",
		.filter = { .limit = 50, .after_id = 5000, .without_total = true } },
	{ .name = "latest 50 of a feed",
		.filter = { PAGE, .feed_id = 7, .order = ENTRY_ORDER_PUBLISHED } },
	{ .name = "latest 50 of a category",
		.filter = { PAGE, .category = "tech", .order = ENTRY_ORDER_PUBLISHED } },
	{ .name = "latest 50 starred (none)",
		.filter = { PAGE, .starred = 1, .order = ENTRY_ORDER_PUBLISHED } },
	{ .name = "all feeds", .n = 20 },
	{ .name = "counters of all feeds", .counters = true, .n = 200 },
	{ .name = "search, a rare word", .filter = { BEST }, .rank = RANK_RARE },
	{ .name = "search, a medium word", .filter = { BEST }, .rank = RANK_MEDIUM, .n = 500 },
	{ .name = "search, a very common word", .filter = { BEST }, .rank = RANK_COMMON, .n = 100 },
	{ .name = "search, a common word, newest first",
		.filter = { PAGE },
		.rank = RANK_COMMON,
		.n = 100 },
	{ .name = "search, a common word in one feed",
		.filter = { BEST },
		.rank = RANK_COMMON,
		.also = "feed:feed7.",
		.n = 100 },
	{ .name = "search, a common word before all",
		.filter = { BEST },
		.rank = RANK_COMMON,
		.also = "before:2019",
		.n = 20 },
	{ .name = "search, a common word in the oldest eighth",
		.filter = { BEST },
		.rank = RANK_COMMON,
		.also = "before:2021-08-04",
		.n = 20 },
	{ .name = "search, a common word, unread",
		.filter = { BEST },
		.rank = RANK_COMMON,
		.also = "is:unread",
		.n = 100 },
	{ .name = "search, a common word in 1,000 feeds",
		.filter = { BEST },
		.rank = RANK_COMMON,
		.also = "category:tech",
		.n = 50 },
	{ .name = "search, a common word with a star (none)",
		.filter = { BEST },
		.rank = RANK_COMMON,
		.also = "is:starred",
		.n = 5 },
};

void ask_all(const char *path)
{
	char error[256];

	sem_init(&awake, 0, 0);
	struct readers *r = readers_open(
		&(struct readers_options){ path, 1, wake, NULL }, error, sizeof(error));

	for (size_t i = 0; i < sizeof(questions) / sizeof(questions[0]); i++) {
		if (questions[i].n == 0)
			questions[i].n = QUERIES;
		ask(r, &questions[i]);
	}
	readers_close(r);
}
