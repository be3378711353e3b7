#include "schedule/policy.h"
#include "schedule/rhythm.h"

#include <assert.h>
#include <math.h>

#define HOUR INT64_C(3600)
#define DAY (24 * HOUR)

/* A document is read at least so many times before all of its entries are replaced, on average. */
#define WINDOW_SHARE 2
/* A feed that cannot be asked conditionally is fetched daily, unless so many fetches bring an
 * entry. */
#define UNCONDITIONAL_SHARE 4
/* Where entries may have been missed, the next look comes after a third of the time since the last.
 */
#define GAP_FASTER 3

/* How failures are answered: the first wait is BACK_OFF_FIRST, each further failure in a row
 * doubles it up to the longest. What a person has to mend (404, a page instead of a feed, a bad
 * redirect) gets rare; what mends itself is asked daily. */
#define BACK_OFF_FIRST HOUR
#define LONGEST_MENDED_BY_HAND (7 * DAY)
#define LONGEST_PASSING DAY
#define GONE_AGAIN_AFTER DAY
#define RATE_LIMITED_LEAST HOUR /* up to twice of it, by chance */

/* A day before which the second 410 of a row does not count is a day less what a timer may be off.
 */
#define GONE_AGAIN_SLACK (10 * 60)

static int64_t longer(int64_t a, int64_t b)
{
	return a > b ? a : b;
}

static int64_t shorter(int64_t a, int64_t b)
{
	return a < b ? a : b;
}

static int64_t plus(int64_t a, int64_t b)
{
	int64_t sum;
	return __builtin_add_overflow(a, b, &sum) ? SCHEDULE_NEVER - 1 : sum;
}

static void at_least(struct schedule_decision *d, int64_t wait, enum due_reason reason)
{
	if (wait > d->wait)
		*d = (struct schedule_decision){ .wait = wait, .reason = reason };
}

static void at_most(struct schedule_decision *d, int64_t wait, enum due_reason reason)
{
	if (wait < d->wait)
		*d = (struct schedule_decision){ .wait = wait, .reason = reason };
}

/* The interval, with the floor that spares other people's servers (etiquette P3). */
static int64_t own_interval(const struct schedule_policy *policy)
{
	return longer(policy->interval, policy->floor_exempt ? 1 : LIMIT_INTERVAL_FLOOR);
}

/* What the feed's own history suggests (etiquette P5, C2). */
static struct schedule_decision learned(
	const struct schedule_policy *policy, const struct schedule_outcome *o)
{
	double gap = rhythm_gap(&o->rhythm);
	struct schedule_decision d = { .wait = (int64_t)sqrt((double)policy->interval * gap),
		.reason = DUE_RHYTHM };
	at_most(&d, policy->max_interval, DUE_MAX_INTERVAL);
	if (o->rhythm.window > 0)
		at_most(&d, (int64_t)((double)o->rhythm.window * gap / WINDOW_SHARE), DUE_WINDOW);
	if (o->gap && o->last_success > 0)
		at_most(&d, (o->now - o->last_success) / GAP_FASTER, DUE_GAP);
	/* A whole document for nothing is what a fetch without news costs such a server. */
	if (!o->validators)
		at_least(&d, shorter(DAY, (int64_t)(gap / UNCONDITIONAL_SHARE)), DUE_UNCONDITIONAL);
	at_least(&d, policy->min_interval, DUE_MIN_INTERVAL);
	return d;
}

/* What we would do if nobody else had a say. Nothing is known of a feed that never answered. */
static void keep_own_pace(struct schedule_decision *d, const struct schedule_policy *policy,
	const struct schedule_outcome *o)
{
	if (policy->stated || o->rhythm.at == 0) {
		at_least(d, policy->interval, DUE_INTERVAL);
	} else {
		struct schedule_decision own = learned(policy, o);
		at_least(d, own.wait, own.reason);
	}
	at_least(d, policy->floor_exempt ? 1 : LIMIT_INTERVAL_FLOOR, DUE_MIN_INTERVAL);
}

/* A duration of the tables above in the feed's own measure: an hour of theirs is one interval of an
 * exempt feed. */
static int64_t scaled(const struct schedule_policy *policy, int64_t seconds)
{
	int64_t interval = own_interval(policy), product;
	if (!policy->floor_exempt || interval >= HOUR)
		return seconds;
	bool overflow = __builtin_mul_overflow(seconds, interval, &product);
	assert(!overflow);
	(void)overflow;
	return longer(product / HOUR, 1);
}

/* Whether the failure is likely to last until somebody mends the feed or its address. */
static bool mended_by_hand(const struct failure *fail)
{
	static const enum status lasting[] = { STATUS_BAD_URL, STATUS_GONE, STATUS_CHALLENGED,
		STATUS_TOO_LARGE, STATUS_REDIRECT_LOOP, STATUS_REDIRECT_REFUSED,
		STATUS_ADDRESS_REFUSED, STATUS_NOT_A_FEED, STATUS_QUARANTINED };
	for (unsigned i = 0; i < sizeof(lasting) / sizeof(lasting[0]); i++)
		if (fail->status == lasting[i])
			return true;
	return fail->status == STATUS_HTTP_ERROR && fail->http_code < 500;
}

static int64_t doubled(int64_t first, unsigned times, int64_t longest)
{
	int64_t wait = shorter(first, longest);
	for (; times > 0 && wait < longest; times--)
		wait = wait > longest / 2 ? longest : wait * 2;
	return wait;
}

static int64_t back_off(
	const struct schedule_policy *policy, const struct schedule_outcome *o, struct rng *rng)
{
	if (o->fail.status == STATUS_OK)
		return 0;
	if (o->fail.status == STATUS_GONE)
		return scaled(policy, GONE_AGAIN_AFTER);
	bool lasting = mended_by_hand(&o->fail);
	if (!lasting && o->retry_after >= 0) /* the server knows better than our guess */
		return 0;
	if (o->fail.status == STATUS_RATE_LIMITED) {
		int64_t least = scaled(policy, RATE_LIMITED_LEAST);
		return least + (int64_t)(rng_unit(rng) * (double)least);
	}
	return doubled(scaled(policy, BACK_OFF_FIRST), o->n_failures > 0 ? o->n_failures - 1 : 0,
		scaled(policy, lasting ? LONGEST_MENDED_BY_HAND : LONGEST_PASSING));
}

/* What the server and the publisher ask for, each capped (etiquette P1). */
static void keep_server_floors(struct schedule_decision *d, const struct schedule_outcome *o)
{
	/* capped before it can overflow */
	int64_t ttl = longer(0, shorter(o->ttl_minutes, LIMIT_SERVER_FLOOR)) * 60;
	at_least(d, shorter(o->retry_after, LIMIT_SERVER_FLOOR), DUE_RETRY_AFTER);
	at_least(d, shorter(o->max_age, LIMIT_SERVER_FLOOR), DUE_MAX_AGE);
	at_least(d, shorter(ttl, LIMIT_SERVER_FLOOR), DUE_TTL);
	at_least(d, shorter(o->update_interval_seconds, LIMIT_SERVER_FLOOR), DUE_UPDATE_PERIOD);
}

static bool skipped(uint32_t skip_hours, uint8_t skip_days, int64_t at)
{
	int64_t hour = at / HOUR;
	unsigned day = (unsigned)((hour / 24 + 4) % 7); /* 1970-01-01 was a Thursday */
	return (skip_hours >> (hour % 24) & 1) || (skip_days >> day & 1);
}

int64_t schedule_allowed_from(uint32_t skip_hours, uint8_t skip_days, int64_t at, struct rng *rng)
{
	uint32_t all_hours = (1u << 24) - 1;
	uint8_t all_days = (1u << 7) - 1;
	if ((skip_hours & all_hours) == all_hours || (skip_days & all_days) == all_days)
		return at;
	if (at < 0 || !skipped(skip_hours, skip_days, at))
		return at;
	do
		at = (at / HOUR + 1) * HOUR;
	while (skipped(skip_hours, skip_days, at));
	return at + (int64_t)(rng_unit(rng) * (double)HOUR);
}

static bool gone_for_good(const struct schedule_policy *policy, const struct schedule_outcome *o)
{
	int64_t apart = scaled(policy, GONE_AGAIN_AFTER - GONE_AGAIN_SLACK);
	return o->fail.status == STATUS_GONE && o->last_status == STATUS_GONE &&
	       o->last_fetch > 0 && o->now - o->last_fetch >= apart;
}

static enum due_reason failure_reason(const struct schedule_outcome *o)
{
	return o->fail.status == STATUS_GONE           ? DUE_GONE_ONCE
	       : o->fail.status == STATUS_RATE_LIMITED ? DUE_RATE_LIMITED
						       : DUE_BACK_OFF;
}

struct schedule_decision schedule_next(const struct schedule_policy *policy,
	const struct schedule_outcome *outcome, struct rng *rng)
{
	if (gone_for_good(policy, outcome))
		return (struct schedule_decision){ SCHEDULE_NEVER, 0, DUE_STOPPED };
	struct schedule_decision d = { 0 };
	at_least(&d, back_off(policy, outcome, rng), failure_reason(outcome));
	keep_server_floors(&d, outcome);
	keep_own_pace(&d, policy, outcome);
	int64_t jitter = (int64_t)(rng_unit(rng) * (double)d.wait * 0.1);
	d.due = plus(plus(outcome->now, d.wait), jitter);
	if (d.due == SCHEDULE_NEVER - 1)
		return d;
	int64_t allowed =
		schedule_allowed_from(outcome->skip_hours, outcome->skip_days, d.due, rng);
	if (allowed > d.due)
		d.reason = DUE_SKIPPED;
	d.due = allowed;
	return d;
}
