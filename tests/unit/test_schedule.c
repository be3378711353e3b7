#include "base/clock.h"
#include "schedule/schedule.h"
#include "test.h"

#include <string.h>

/* Nodes that fall due are noted in order; one of them may be put back at once. */
struct play {
	struct ev_loop *loop;
	struct schedule *schedule;
	struct heap_node nodes[8];
	int due[64];
	unsigned n_due, stop_after;
	int put_back; /* node, or -1 */
	int64_t put_back_at;
};

static void fell_due(void *arg, struct heap_node *node)
{
	struct play *p = arg;
	int i = (int)(node - p->nodes);
	assert_int_equal(node->place, HEAP_NOWHERE);
	assert_true(p->n_due < N_ELEMENTS(p->due));
	p->due[p->n_due++] = i;
	if (i == p->put_back)
		schedule_set(p->schedule, node, p->put_back_at);
	if (p->n_due >= p->stop_after)
		ev_break(p->loop, EVBREAK_ALL);
}

static void set_back(void *arg)
{
	(void)arg;
	fail_msg("nobody set the clock back");
}

static void too_late(struct ev_loop *loop, struct ev_timer *timer, int revents)
{
	(void)timer, (void)revents;
	ev_break(loop, EVBREAK_ALL);
}

static void begin(struct play *p, unsigned stop_after)
{
	memset(p, 0, sizeof(*p));
	p->loop = ev_loop_new(EVFLAG_AUTO);
	p->stop_after = stop_after;
	p->put_back = -1;
	for (size_t i = 0; i < N_ELEMENTS(p->nodes); i++)
		p->nodes[i] = (struct heap_node)HEAP_NODE_INIT;
	p->schedule = schedule_new(p->loop, fell_due, set_back, p);
}

static void run(struct play *p, double most_seconds)
{
	struct ev_timer timer;
	ev_timer_init(&timer, too_late, most_seconds, 0.0);
	ev_timer_start(p->loop, &timer);
	ev_run(p->loop, 0);
	ev_timer_stop(p->loop, &timer);
}

static void end(struct play *p)
{
	schedule_free(p->schedule);
	ev_loop_destroy(p->loop);
}

static void what_is_overdue_comes_at_once_in_order(void **state)
{
	(void)state;
	struct play p;
	int64_t now = clock_now();
	begin(&p, 3);
	schedule_set(p.schedule, &p.nodes[2], now - 10);
	schedule_set(p.schedule, &p.nodes[0], now - 30);
	schedule_set(p.schedule, &p.nodes[1], now - 20);
	schedule_set(p.schedule, &p.nodes[3], now + 1000);
	assert_true(schedule_first(p.schedule) == now - 30);
	run(&p, 5);
	assert_int_equal(p.n_due, 3);
	for (int i = 0; i < 3; i++)
		assert_int_equal(p.due[i], i);
	assert_true(schedule_first(p.schedule) == now + 1000);
	end(&p);
}

static void nothing_comes_early(void **state)
{
	(void)state;
	struct play p;
	int64_t due = clock_now() + 2;
	begin(&p, 1);
	schedule_set(p.schedule, &p.nodes[0], due);
	run(&p, 5);
	assert_int_equal(p.n_due, 1);
	assert_true(ev_time() >= (double)due);
	assert_true(ev_time() < (double)due + 1);
	end(&p);
}

static void moved_and_removed_nodes_are_not_called(void **state)
{
	(void)state;
	struct play p;
	int64_t now = clock_now();
	begin(&p, 8);
	for (int i = 0; i < 4; i++)
		schedule_set(p.schedule, &p.nodes[i], now - 1);
	schedule_remove(p.schedule, &p.nodes[0]);
	schedule_remove(p.schedule, &p.nodes[0]);
	schedule_set(p.schedule, &p.nodes[1], now + 1000);
	schedule_set(p.schedule, &p.nodes[2], SCHEDULE_NEVER);
	run(&p, 0.2);
	assert_int_equal(p.n_due, 1);
	assert_int_equal(p.due[0], 3);
	schedule_remove(p.schedule, &p.nodes[1]);
	assert_true(schedule_first(p.schedule) == SCHEDULE_NEVER);
	end(&p);
}

static void a_node_put_back_into_the_past_does_not_stop_the_loop(void **state)
{
	(void)state;
	struct play p;
	begin(&p, 50);
	p.put_back = 0;
	p.put_back_at = clock_now() - 5;
	schedule_set(p.schedule, &p.nodes[0], p.put_back_at);
	schedule_set(p.schedule, &p.nodes[1], p.put_back_at + 1);
	run(&p, 5);
	assert_int_equal(p.n_due, 50);
	bool other = false;
	for (unsigned i = 0; i < p.n_due; i++)
		other |= p.due[i] == 1;
	assert_false(other); /* it is later, and its turn never comes: but the loop went on */
	end(&p);
}

static void waiting_keeps_no_loop_running(void **state)
{
	(void)state;
	struct play p;
	begin(&p, 1);
	schedule_set(p.schedule, &p.nodes[0], clock_now() + 1000);
	ev_run(p.loop, 0); /* returns: nothing else is active */
	assert_int_equal(p.n_due, 0);
	end(&p);
}

static void free_of_nothing_is_fine(void **state)
{
	(void)state;
	schedule_free(NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_overdue_comes_at_once_in_order),
		cmocka_unit_test(nothing_comes_early),
		cmocka_unit_test(moved_and_removed_nodes_are_not_called),
		cmocka_unit_test(a_node_put_back_into_the_past_does_not_stop_the_loop),
		cmocka_unit_test(waiting_keeps_no_loop_running),
		cmocka_unit_test(free_of_nothing_is_fine),
	};
	return cmocka_run_group_tests_name("schedule", tests, NULL, NULL);
}
