#include "feed/fields.h"
#include "parser/lint_checks.h"

static const struct span nothing = { "", 0 };

#define ITUNES (1u << NS_ITUNES)

/* Elements whose value is one of a few words, or a number. */
static const struct {
	const char *name, *words; /* NULL: a number from 1 on */
	enum lint_rule rule;
} values[] = {
	{ "explicit", "true false yes no clean explicit", LINT_PODCAST_EXPLICIT },
	{ "type", "episodic serial", LINT_PODCAST_VALUE },
	{ "episodeType", "full trailer bonus", LINT_PODCAST_VALUE },
	{ "complete", "yes no", LINT_PODCAST_VALUE },
	{ "block", "yes no", LINT_PODCAST_VALUE },
	{ "season", NULL, LINT_PODCAST_VALUE },
	{ "episode", NULL, LINT_PODCAST_VALUE },
};

static bool is_word_of(struct span said, const char *words)
{
	while (*words != '\0') {
		size_t n = strcspn(words, " ");
		if (said.n == n && strncasecmp(said.s, words, n) == 0)
			return true;
		words += n + (words[n] == ' ');
	}
	return false;
}

static void check_values(struct lint *l, const struct outline_node *parent)
{
	for (size_t i = 0; i < sizeof(values) / sizeof(values[0]); i++) {
		const struct outline_node *n = outline_child(parent, ITUNES, values[i].name);
		for (; n != NULL; n = outline_again(n)) {
			struct span said = outline_text(&l->outline, n);
			if (values[i].words != NULL ? !is_word_of(said, values[i].words)
						    : field_number(said) < 1)
				lint_find(l, values[i].rule, n->line, said);
		}
	}
	for (const struct outline_node *n = outline_child(parent, ITUNES, "duration"); n != NULL;
		n = outline_again(n)) {
		struct span said = outline_text(&l->outline, n);
		if (field_duration(said) == FEED_UNKNOWN)
			lint_find(l, LINT_PODCAST_DURATION, n->line, said);
	}
}

/* What directories demand of a podcast. */
static void check_channel(struct lint *l, const struct outline_node *feed)
{
	const struct outline_node *image = outline_child(feed, ITUNES, "image");
	const struct outline_node *category = outline_child(feed, ITUNES, "category");

	if (image == NULL || span_trim(outline_attribute(image, "href")).n == 0)
		lint_find(l, LINT_PODCAST_IMAGE, image != NULL ? image->line : feed->line, nothing);
	if (category == NULL || span_trim(outline_attribute(category, "text")).n == 0)
		lint_find(l, LINT_PODCAST_CATEGORY, category != NULL ? category->line : feed->line,
			nothing);
	if (outline_child(feed, ITUNES, "explicit") == NULL)
		lint_find(l, LINT_PODCAST_EXPLICIT, feed->line, nothing);
}

static bool is_podcast(const struct outline_node *feed)
{
	for (const struct outline_node *n = feed->first; n != NULL; n = n->next)
		if (n->ns == NS_ITUNES)
			return true;
	return false;
}

void lint_check_podcast(struct lint *l, const struct outline_node *feed,
	const struct outline_node **entries, size_t n)
{
	if (l->family != LINT_RSS || !is_podcast(feed))
		return;
	check_channel(l, feed);
	check_values(l, feed);
	for (size_t i = 0; i < n; i++) {
		check_values(l, entries[i]);
		if (lint_child(l, entries[i], "enclosure") == NULL)
			lint_find(l, LINT_PODCAST_RECORDING, entries[i]->line, nothing);
	}
}
