/* courant doctor: what is not well, what happens next, and what a person can do. */
#include <inttypes.h>

#include "client/api_path.h"
#include "client/doctor.h"
#include "client/feed_ref.h"
#include "client/json_get.h"
#include "client/paragraph.h"

static unsigned since_cell(struct strbuf *out, const json_t *row, const struct printer *p)
{
	return time_cell(out, row, "health_since", p);
}

static unsigned next_cell(struct strbuf *out, const json_t *row, const struct printer *p)
{
	return time_cell(out, row, "next_check_at", p);
}

static const struct column columns[] = {
	{ .name = "id", .path = "id", .heading = "id", .shown = true, .right = true, .firm = true },
	{ .name = "title", .path = "title", .heading = "feed", .shown = true, .share = 30 },
	{ .name = "health", .path = "health", .heading = "health", .shown = true, .firm = true },
	{ .name = "health_since",
		.path = "health_since",
		.heading = "since",
		.cell = since_cell,
		.shown = true,
		.firm = true },
	{ .name = "error_http_code", .path = "error.http_code", .shown = true, .right = true },
	{ .name = "error_code", .path = "error.code", .shown = true },
	{ .name = "error_detail",
		.path = "error.detail",
		.heading = "what was seen",
		.shown = true },
	{ .name = "next_check_at",
		.path = "next_check_at",
		.heading = "next",
		.cell = next_cell,
		.shown = true,
		.firm = true },
	{ .name = "next_check_reason", .path = "next_check_reason", .shown = true },
	{ .name = "advice", .path = "advice", .shown = true },
	{ .name = "feed_url", .path = "feed_url" },
	{ .name = "health_text", .path = "health_text" },
	{ .name = "health_alarming", .path = "health_alarming" },
	{ .name = "moved_to", .path = "moved_to" },
	{ .name = "redirected_to", .path = "redirected.to" },
	{ .name = "error_count", .path = "parsing_error_count", .right = true },
	{ 0 },
};

/* What there is to show: all that is said of the feeds, and of the installation unless one feed was
 * named. */
struct findings {
	json_t *status;
	int64_t now;   /* for courantd */
	bool one;      /* a feed was named */
	json_t *feeds; /* to be listed, the most urgent first */
	struct checks checks;
	bool alarming; /* a person should look */
};

/* The feeds that are listed, in order of rank; within one, as the daemon has them. */
static json_t *listed_feeds(const json_t *feeds)
{
	size_t i;
	json_t *feed, *listed = json_array(), *ret = json_array();
	json_array_foreach(feeds, i, feed)
	{
		if (doctor_lists(feed)) {
			json_array_append(listed, feed);
		}
	}
	for (unsigned rank = 0; rank < DOCTOR_WELL && json_array_size(listed) > 0; rank++) {
		json_array_foreach(listed, i, feed)
		{
			if (doctor_rank(feed) == rank) {
				json_array_append(ret, feed);
			}
		}
	}
	json_decref(listed);
	return ret;
}

static enum outcome examine_one(struct client *c, struct findings *f)
{
	struct api_path path;
	json_t *feed = NULL;
	int64_t id;
	enum outcome outcome = feed_resolve(c, c->invocation.args[0], &id);
	if (outcome == OUTCOME_OK) {
		api_path_init(&path, "/v1/feeds/%" PRId64, id);
		outcome = call_get(c, api_path_str(&path), &feed);
		api_path_release(&path);
	}
	if (outcome == OUTCOME_OK) {
		f->one = true;
		f->feeds = json_array();
		json_array_append_new(f->feeds, feed);
	}
	return outcome;
}

static enum outcome examine_all(struct client *c, struct findings *f)
{
	json_t *editions = NULL;
	const json_t *feeds = NULL;
	enum outcome outcome = call_get(c, "/v1/digests?limit=1", &editions);
	if (outcome == OUTCOME_OK) {
		outcome = feed_list(c, &feeds);
	}
	if (outcome == OUTCOME_OK) {
		checks_make(&f->checks, f->status, feeds, editions, c->now);
		f->feeds = listed_feeds(feeds);
	}
	json_decref(editions);
	return outcome;
}

static void judge(struct findings *f)
{
	size_t i;
	json_t *feed;
	json_array_foreach(f->feeds, i, feed)
	{
		f->alarming |= get_flag(feed, "health_alarming");
	}
	for (i = 0; i < f->checks.n; i++) {
		f->alarming |= f->checks.list[i].result == CHECK_PROBLEM;
	}
}

static void print_for_people(struct client *c, const struct findings *f)
{
	static const unsigned styles[] = { STYLE_PLAIN, STYLE_YELLOW, STYLE_RED };
	struct output *o = &c->output;
	if (f->one) {
		doctor_print_feed(o, json_array_get(f->feeds, 0), f->now);
		return;
	}
	for (size_t i = 0; i < f->checks.n; i++) {
		const struct check *check = &f->checks.list[i];
		char label[LAYOUT_MARKER];
		snprintf(label, sizeof label, "%-10s ", check->name);
		paragraph_print(
			o, label, o->columns, styles[check->result], strbuf_str(&check->text));
	}
	doctor_print_groups(o, f->feeds, f->now);
	doctor_print_moved(o, c->feeds);
	doctor_print_gaps(o, c->feeds);
	if (!f->alarming) {
		output_addstr(o, "\nNothing needs you.\n");
	}
}

static json_t *as_json(const struct findings *f)
{
	json_t *ret = json_object(), *checks = json_array();
	json_object_set_new(ret, "healthy", json_boolean(!f->alarming));
	for (size_t i = 0; i < f->checks.n; i++) {
		const struct check *check = &f->checks.list[i];
		json_array_append_new(checks, json_pack("{s:s, s:s, s:s}", "name", check->name,
						      "result", check_result_name(check->result),
						      "text", strbuf_str(&check->text)));
	}
	json_object_set_new(ret, "checks", checks);
	json_object_set(ret, "feeds", f->feeds);
	return ret;
}

static void print(struct client *c, struct printer *p, const struct findings *f)
{
	if (p->format == FORMAT_TABLE && !p->chosen) {
		print_for_people(c, f);
	} else if (p->format == FORMAT_JSON && !p->chosen) {
		json_t *all = as_json(f);
		print_json(&c->output, all, FORMAT_JSON);
		json_decref(all);
	} else {
		printer_answer(p, f->feeds, f->feeds);
	}
}

static enum outcome run(struct client *c)
{
	struct printer p;
	struct findings findings = { 0 };
	enum outcome outcome = printer_init(&p, c);
	if (outcome == OUTCOME_OK) {
		outcome = call_get(c, "/v1/status", &findings.status);
	}
	if (outcome == OUTCOME_OK) {
		findings.now = doctor_now(findings.status, c->now);
		outcome = c->invocation.n_args > 0 ? examine_one(c, &findings)
						   : examine_all(c, &findings);
	}
	if (outcome == OUTCOME_OK) {
		judge(&findings);
		print(c, &p, &findings);
		outcome = findings.alarming ? OUTCOME_PARTLY : OUTCOME_OK;
	}
	checks_release(&findings.checks);
	json_decref(findings.status);
	json_decref(findings.feeds);
	printer_release(&p);
	return outcome;
}

const struct command cmd_doctor = {
	.name = "doctor",
	.synopsis = "[FEED]",
	.summary = "say what is not well, what happens next and what to do",
	.about = "Looks at the installation and at all feeds, or at one. It ends with 6 when "
		 "something "
		 "needs a person, with 0 when nothing does.",
	.max_args = 1,
	.columns = columns,
	.run = run,
};
