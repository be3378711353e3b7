#include "digest/format.h"

const struct digest_renderer digest_renderers[] = {
	{ DIGEST_HTML, "html", render_html },
	{ DIGEST_MD, "md", render_md },
	{ DIGEST_TXT, "txt", render_txt },
};
const size_t n_digest_renderers = sizeof(digest_renderers) / sizeof(digest_renderers[0]);
