#include "parser/lint_checks.h"

/* The elements of the formats themselves, where lint looks at them: others in no namespace are
 * misspelt, or belong to a module whose namespace was forgotten. */
static const struct {
	unsigned families;
	const char *parent, *names; /* names between blanks; capitals count */
} known[] = {
	{ LINT_RSS, "rss", " channel item image textinput textInput " },
	{ LINT_RSS, "channel",
		" title link description language copyright managingEditor webMaster pubDate "
		"lastBuildDate category generator docs cloud ttl image rating textInput textinput "
		"skipHours skipDays item items " },
	{ LINT_RSS, "item",
		" title link description author category comments enclosure guid pubDate source " },
	{ LINT_ATOM, "feed",
		" author category contributor generator icon id link logo rights subtitle title "
		"updated entry tagline modified copyright info " },
	{ LINT_ATOM, "entry",
		" author category content contributor id link published rights source summary "
		"title "
		"updated modified issued created " },
};

/* What may stand once only in a feed or an entry. */
static const struct {
	unsigned families;
	const char *names;
} single[] = {
	{ LINT_RSS | LINT_RDF,
		" channel title link description language copyright pubDate lastBuildDate ttl guid "
		"comments image " },
	{ LINT_ATOM,
		" content generator icon id logo published rights source subtitle summary title "
		"updated " },
	{ LINT_JSON, " id url title content_html content_text summary image date_published "
		     "date_modified version home_page_url feed_url description " },
};

static bool listed(const char *names, struct span name)
{
	const char *found = names;

	if (name.n == 0)
		return false;
	while ((found = memmem(found, strlen(found), name.s, name.n)) != NULL) {
		if (found[-1] == ' ' && found[name.n] == ' ')
			return true;
		found++;
	}
	return false;
}

static bool is_known(const struct lint *l, const struct outline_node *n)
{
	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++)
		if ((known[i].families & (unsigned)l->family) &&
			span_is(n->parent->name, known[i].parent))
			return listed(known[i].names, n->name);
	return true;
}

static bool is_bound(const struct outline_node *n)
{
	if (n->prefix.n == 0 || span_is(n->prefix, "xml"))
		return true;
	for (const struct outline_node *at = n->scope; at != NULL;
		at = at->parent == NULL ? NULL : at->parent->scope)
		for (size_t i = 0; i < at->n_attributes; i++)
			if (span_is(at->attributes[i].prefix, "xmlns") &&
				at->attributes[i].name.n == n->prefix.n &&
				memcmp(at->attributes[i].name.s, n->prefix.s, n->prefix.n) == 0)
				return true;
	return false;
}

static bool is_single(const struct lint *l, const struct outline_node *n)
{
	for (size_t i = 0; i < sizeof(single) / sizeof(single[0]); i++)
		if (single[i].families & (unsigned)l->family)
			return listed(single[i].names, n->name);
	return false;
}

static bool is_second(const struct outline_node *n)
{
	for (const struct outline_node *other = n->parent->first; other != n; other = other->next)
		if (other->ns == n->ns && other->name.n == n->name.n &&
			memcmp(other->name.s, n->name.s, n->name.n) == 0)
			return true;
	return false;
}

static void check_name(struct lint *l, const struct outline_node *n)
{
	/* The strict pass of the reader says so itself. */
	if (!l->outline.json && !l->doc->well_formed && !is_bound(n))
		lint_find(l, LINT_UNBOUND_PREFIX, n->line, n->prefix);
	if (!(l->core & 1u << n->ns) || n->prefix.n > 0)
		return;
	if (!is_known(l, n))
		lint_find(l, LINT_UNKNOWN_ELEMENT, n->line, n->name);
	else if (is_single(l, n) && is_second(n))
		lint_find(l, LINT_REPEATED, n->line, n->name);
}

static bool is_container(const struct lint *l, const struct outline_node *n)
{
	static const char names[] = " rss RDF feed channel item entry items ";

	return n == l->outline.root || ((l->core & 1u << n->ns) && listed(names, n->name));
}

void lint_check_names(struct lint *l, const struct outline_node *node)
{
	if (!is_container(l, node))
		return;
	for (const struct outline_node *n = node->first; n != NULL; n = n->next) {
		check_name(l, n);
		lint_check_names(l, n);
	}
}
