/* How feeds are, as JSON: what schedule/health.h makes of their rows, their entries and the loop.
 */
#include "api/resources.h"

#include "base/clock.h"
#include "schedule/policy.h"

void facts_read(struct health_facts *facts, const struct feed_record *feed)
{
	const struct feed_fetch_state *state = &feed->state;
	*facts = (struct health_facts){
		.disabled = feed->config.disabled,
		.stopped = state->next_due == SCHEDULE_NEVER,
		.created = feed->created,
		.last_fetch = state->last_fetch,
		.last_success = state->last_success,
		.failing_since = state->failing_since,
		.n_failures = state->n_failures,
		.status = state->failure.status,
		.http_code = state->failure.http_code,
	};
}

bool facts_read_pulse(struct health_facts *facts, int64_t feed_id, struct query *q)
{
	struct query_pulse pulse;
	if (facts->status != STATUS_OK)
		return true; /* what fails is not called quiet */
	if (!query_pulse(q, feed_id, clock_now() - HEALTH_QUIET_LEAST, &pulse))
		return false;
	facts->newest = pulse.newest;
	facts->oldest = pulse.oldest;
	facts->n_days = pulse.n_days;
	return true;
}

void facts_complete(struct health_facts *facts, const struct refresher *r, int64_t feed_id)
{
	facts->resting_until = refresher_resting_until(r, feed_id);
	facts->offline = refresher_is_cut_off(r, feed_id);
}

void health_write(struct json_writer *w, const struct health_facts *facts)
{
	int64_t since;
	enum health health = health_judge(facts, clock_now(), &since);
	jw_string(w, "health", health_name(health));
	jw_time(w, "health_since", since);
	jw_string(w, "health_text", health_text(health));
	jw_bool(w, "health_alarming", health_is_alarming(health));
	jw_string(w, "advice", health_advice(health, facts));
}
