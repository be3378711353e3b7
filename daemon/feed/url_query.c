#include "feed/url_query.h"

/* A name that ends in "_" stands for all names that begin with it. */
static const char *const tracking[] = {
	"utm_",
	"mtm_",
	"pk_",
	"hsa_",
	"fbclid",
	"gclid",
	"gclsrc",
	"dclid",
	"gbraid",
	"wbraid",
	"msclkid",
	"yclid",
	"ysclid",
	"twclid",
	"ttclid",
	"igshid",
	"igsh",
	"li_fat_id",
	"mc_cid",
	"mc_eid",
	"_hsenc",
	"_hsmi",
	"mkt_tok",
	"vero_id",
	"oly_anon_id",
	"oly_enc_id",
	"_openstat",
	"wt_mc",
	"wt.mc_id",
	"at_medium",
	"at_campaign",
	"at_custom1",
	"at_custom2",
	"at_custom3",
	"at_custom4",
	"xtor",
	"cmpid",
	"ncid",
	"ns_campaign",
	"ns_mchannel",
	"ns_source",
	"ns_linkname",
	"ns_fee",
	"guccounter",
	"guce_referrer",
	"guce_referrer_sig",
	"s_cid",
	"zanpid",
	"spm",
};

bool url_query_is_tracking(struct span name)
{
	for (size_t i = 0; i < sizeof(tracking) / sizeof(tracking[0]); i++) {
		const char *one = tracking[i];
		bool family = one[strlen(one) - 1] == '_';
		if (family ? span_starts(name, one) : span_is(name, one))
			return true;
	}
	return false;
}

void url_query_add_kept(struct strbuf *out, struct span query)
{
	char joint = '?';

	while (query.n > 0) {
		const char *amp = memchr(query.s, '&', query.n);
		struct span one = { query.s, amp == NULL ? query.n : (size_t)(amp - query.s) };
		const char *equals = one.n == 0 ? NULL : memchr(one.s, '=', one.n);
		struct span name = { one.s, equals == NULL ? one.n : (size_t)(equals - one.s) };
		if (one.n > 0 && !url_query_is_tracking(name)) {
			strbuf_addch(out, joint);
			strbuf_add(out, one.s, one.n);
			joint = '&';
		}
		size_t step = one.n + (amp != NULL);
		span_skip(&query, step);
	}
}
