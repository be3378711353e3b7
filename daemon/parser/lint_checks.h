/*
 * The inside of lint: the state that its checks share, one file for each group of them.
 */
#ifndef COURANT_PARSER_LINT_CHECKS_H
#define COURANT_PARSER_LINT_CHECKS_H

#include "feed/feed.h"
#include "parser/lint_rules.h"
#include "parser/outline.h"

/* Kinds of formats, as sets. */
enum lint_family {
	LINT_RSS = 1,
	LINT_RDF = 2, /* RSS 0.90 and 1.0 */
	LINT_ATOM = 4,
	LINT_JSON = 8,
	LINT_CDF = 16
};

struct lint_finding {
	enum lint_rule rule;
	int line;
	size_t number;      /* in the order of finding: keeps findings of one line in order */
	const char *detail; /* safe, or NULL */
};

struct lint {
	const struct feed_input *in;
	const struct feed_doc *doc;
	int64_t now;
	enum lint_family family;
	unsigned core; /* the namespaces of the format itself: a set of 1 << NS_... */
	struct outline outline;
	struct lint_finding *findings;
	size_t n_findings, findings_cap, n_lost;
};

/* Notes a finding; the detail is what stands there, or an empty span. It is made safe and cut. */
void lint_find(struct lint *l, enum lint_rule rule, int line, struct span detail);
/* The first child of the format's own namespace. */
const struct outline_node *lint_child(
	const struct lint *l, const struct outline_node *node, const char *name);

/* The document itself: encodings, type, version. */
void lint_check_document(struct lint *l, const struct outline_node *root);
/* The channel or feed: what it must have, its language, its schedule. */
void lint_check_feed(struct lint *l, const struct outline_node *feed);
/* Names of elements: spelling, prefixes, repetition. Descends to entries and no further. */
void lint_check_names(struct lint *l, const struct outline_node *node);
/* One entry on its own. */
void lint_check_entry(struct lint *l, const struct outline_node *entry, bool feed_has_author);
/* All entries together: ids that repeat. */
void lint_check_ids(struct lint *l, const struct outline_node **entries, size_t n);
/* What directories and players of podcasts demand, where iTunes' namespace is used. */
void lint_check_podcast(struct lint *l, const struct outline_node *feed,
	const struct outline_node **entries, size_t n);
/* The dates that are children of a feed or an entry. */
void lint_check_dates(struct lint *l, const struct outline_node *parent);
/* The links and attachments that are children of a feed or an entry. */
void lint_check_links(struct lint *l, const struct outline_node *parent);
/* An address found anywhere. */
void lint_check_url(
	struct lint *l, const struct outline_node *node, struct span url, enum lint_rule relative);
/* Titles, descriptions and contents that are children of a feed or an entry. */
void lint_check_texts(struct lint *l, const struct outline_node *parent);

#endif
