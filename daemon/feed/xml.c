#include "feed/xml.h"

#include "base/mem.h"
#include "base/text.h"
#include "feed/crowd.h"
#include "feed/declared.h"
#include "feed/entity.h"

#include <libxml/parser.h>
#include <libxml/parserInternals.h>
#include <stdio.h>
#include <stdlib.h>

/* libxml2 looks for the end of a tag or CDATA section from its start again with every piece: few
 * pieces for large documents, each of which is memory. */
#define PIECE_LEAST ((size_t)32 * KIB)
#define PIECES 12

struct reader {
	struct build *build;
	xmlParserCtxtPtr ctxt;
	struct xml_fault *fault;
	bool faulty;
	/* The answer to getEntity; valid until the next question, which is as long as libxml2 looks
	 * at it. */
	xmlEntity entity;
	char entity_name[24], entity_text[8];
	struct declared declared;
	int declared_attributes;
	const char **attributes; /* a copy of libxml2's list, where values change */
	size_t attributes_cap;
};

static int line_of(const struct reader *r, int line)
{
	return line + r->build->skipped_lines;
}

/* Notes the first fault; the document is left to the recovering reader. */
__attribute__((format(printf, 3, 4))) static void fault(
	struct reader *r, int line, const char *format, ...)
{
	char text[sizeof(r->fault->text)];
	va_list ap;

	if (r->faulty)
		return;
	r->faulty = true;
	r->fault->line = line;
	va_start(ap, format);
	vsnprintf(text, sizeof(text), format, ap);
	va_end(ap);
	text_safe_copy(r->fault->text, sizeof(r->fault->text), text);
}

static void refuse_expansion(struct reader *r)
{
	build_refuse(r->build, STATUS_ENTITY_REFUSED,
		"line %d: the entities that the document declares make more than %u MiB of it",
		line_of(r, r->ctxt->input->line), LIMIT_ENTITY_USE / MIB);
	xmlStopParser(r->ctxt);
}

static void expand_value(struct reader *r, const char **attribute)
{
	struct span value = { attribute[3], (size_t)(attribute[4] - attribute[3]) };
	struct strbuf text = STRBUF_INIT(LIMIT_BODY_MAX + LIMIT_ENTITY_USE);

	if (value.n == 0 || memchr(value.s, '&', value.n) == NULL)
		return;
	if (!declared_expand(&r->declared, &text, value))
		refuse_expansion(r);
	const char *kept = arena_strndup(&r->build->doc->arena, strbuf_str(&text), text.len);
	attribute[3] = kept != NULL ? kept : "";
	attribute[4] = attribute[3] + (kept != NULL ? text.len : 0);
	strbuf_release(&text);
}

/* In attributes libxml2 leaves references as they are; the builder knows HTML's, but not the
 * document's own. */
static void expand_attributes(struct reader *r, struct attributes *attrs)
{
	size_t n = (size_t)attrs->n * 5;

	if (r->declared.n == 0 || n == 0)
		return;
	if (n > r->attributes_cap) {
		free(r->attributes);
		r->attributes = xcalloc(n, sizeof(*r->attributes));
		r->attributes_cap = n;
	}
	memcpy(r->attributes, attrs->list, n * sizeof(*r->attributes));
	attrs->list = r->attributes;
	for (size_t i = 0; i < n; i += 5)
		expand_value(r, attrs->list + i);
}

static void start_element(void *data, const xmlChar *local, const xmlChar *prefix,
	const xmlChar *uri, int n_namespaces, const xmlChar **namespaces, int n_attributes,
	int n_defaulted, const xmlChar **attributes)
{
	struct reader *r = data;
	struct element_name name = { (const char *)local, (const char *)prefix, (const char *)uri,
		NULL };
	/* What a DTD adds to every element (the last ones) is amplification, too. */
	struct attributes attrs = { (const char **)attributes, n_attributes - n_defaulted };

	expand_attributes(r, &attrs);
	for (int i = 0; i < n_namespaces; i++)
		if (namespaces[i * 2] == NULL)
			name.default_uri = (const char *)namespaces[i * 2 + 1];
	r->build->line = line_of(r, r->ctxt->input->line);
	/* libxml2 looks through them for every prefix; its list holds pairs. */
	if (r->ctxt->nsNr / 2 > LIMIT_NAMESPACES) {
		fault(r, r->build->line, "more than %d namespace declarations are in force",
			LIMIT_NAMESPACES);
		xmlStopParser(r->ctxt);
	} else if (!build_start(r->build, &name, &attrs))
		xmlStopParser(r->ctxt);
}

static void end_element(void *data, const xmlChar *local, const xmlChar *prefix, const xmlChar *uri)
{
	struct reader *r = data;

	(void)prefix;
	(void)uri;
	if (!build_end(r->build, (const char *)local))
		xmlStopParser(r->ctxt);
}

static void characters(void *data, const xmlChar *s, int n)
{
	struct reader *r = data;

	build_text(r->build, (const char *)s, (size_t)n);
}

/* A reference that stands for that text. Of a predefined entity in an attribute libxml2 takes the
 * first byte only; of others it keeps the reference, which is decoded later. */
static xmlEntityPtr answer(struct reader *r, const char *name, const char *text)
{
	/* Nobody writes into it. */
	union {
		const char *given;
		xmlChar *taken;
	} n = { .given = name }, t = { .given = text };

	memset(&r->entity, 0, sizeof(r->entity));
	r->entity.type = XML_ENTITY_DECL;
	r->entity.name = n.taken;
	r->entity.content = t.taken;
	r->entity.length = (int)strlen(text);
	r->entity.checked = 1;
	r->entity.etype = r->ctxt->instate == XML_PARSER_ATTRIBUTE_VALUE
				  ? XML_INTERNAL_GENERAL_ENTITY
				  : XML_INTERNAL_PREDEFINED_ENTITY;
	return &r->entity;
}

/* HTML's entities are known to every publisher's editor, if not to XML. */
static xmlEntityPtr get_entity(void *data, const xmlChar *name)
{
	struct reader *r = data;
	const char *declared = declared_find(&r->declared, span_of((const char *)name));
	int32_t cp;

	/* After a declaration libxml2 asks for the entity to hang its source on. */
	if (r->ctxt->inSubset != 0)
		return NULL;
	if (declared != NULL) {
		if (!declared_spend(&r->declared, declared))
			refuse_expansion(r);
		return answer(r, (const char *)name, declared);
	}
	cp = entity_named(span_of((const char *)name));
	if (cp == 0)
		return NULL;
	build_warn(r->build, line_of(r, r->ctxt->input->line),
		"&%s; is not declared in XML: write the character itself, or &#%d;",
		(const char *)name, (int)cp);
	r->entity_text[utf8_encode(cp, r->entity_text)] = '\0';
	snprintf(r->entity_name, sizeof(r->entity_name), "%s", (const char *)name);
	return answer(r, r->entity_name, r->entity_text);
}

/* An entity that nobody declared, in a document whose DTD might (RSS 0.91): shown as written. */
static void reference(void *data, const xmlChar *name)
{
	struct reader *r = data;

	build_text(r->build, "&", 1);
	build_text(r->build, (const char *)name, strlen((const char *)name));
	build_text(r->build, ";", 1);
}

/* A parameter entity: declared (see entity_declared) or not, it stands for nothing, and libxml2
 * does not fetch it. */
static xmlEntityPtr get_parameter_entity(void *data, const xmlChar *name)
{
	struct reader *r = data;

	memset(&r->entity, 0, sizeof(r->entity));
	snprintf(r->entity_name, sizeof(r->entity_name), "%s", (const char *)name);
	r->entity.type = XML_ENTITY_DECL;
	r->entity.name = (xmlChar *)r->entity_name;
	r->entity.etype = XML_EXTERNAL_PARAMETER_ENTITY;
	/* After a declaration libxml2 asks, to hang its source on the answer: it has one. */
	r->entity.orig = (xmlChar *)r->entity_name;
	return &r->entity;
}

static void entity_declared(void *data, const xmlChar *name, int type, const xmlChar *public_id,
	const xmlChar *system_id, xmlChar *content)
{
	struct reader *r = data;

	(void)public_id;
	(void)system_id;
	/* RDF feeds mention the DTD of HTML's entities; it is never fetched, and they are known
	 * here. */
	if (type == XML_EXTERNAL_PARAMETER_ENTITY)
		return;
	if (type == XML_INTERNAL_GENERAL_ENTITY &&
		declared_add(&r->declared, &r->build->doc->arena, (const char *)name,
			(const char *)content))
		return;
	build_refuse(r->build, STATUS_ENTITY_REFUSED,
		"line %d: the document declares the entity %.40s, which is no short plain text",
		line_of(r, r->ctxt->input->line), (const char *)name);
	xmlStopParser(r->ctxt);
}

/* libxml2 compares each of them with all others in every tag. */
static void attribute_declared(void *data, const xmlChar *element, const xmlChar *name, int type,
	int of_default, const xmlChar *value, xmlEnumerationPtr values)
{
	struct reader *r = data;

	(void)element;
	(void)name;
	(void)type;
	(void)of_default;
	(void)value;
	xmlFreeEnumeration(values);
	if (++r->declared_attributes <= LIMIT_DECLARED_ATTRIBUTES)
		return;
	fault(r, line_of(r, r->ctxt->input->line), "the document declares more than %d attributes",
		LIMIT_DECLARED_ATTRIBUTES);
	xmlStopParser(r->ctxt);
}

static void fault_found(void *data, xmlErrorPtr error)
{
	struct reader *r = data;

	if (error->level == XML_ERR_FATAL)
		fault(r, line_of(r, error->line), "%s", error->message);
	else if (error->domain == XML_FROM_NAMESPACE && error->level >= XML_ERR_ERROR)
		build_warn(r->build, line_of(r, error->line), "%s", error->message);
}

static const xmlSAXHandler handler = {
	.initialized = XML_SAX2_MAGIC,
	.startElementNs = start_element,
	.endElementNs = end_element,
	.characters = characters,
	.ignorableWhitespace = characters,
	.cdataBlock = characters,
	.getEntity = get_entity,
	.getParameterEntity = get_parameter_entity,
	.reference = reference,
	.entityDecl = entity_declared,
	.attributeDecl = attribute_declared,
	.serror = fault_found,
};

/* Whether the parser waits for the rest of a DTD. */
static bool waits_for_dtd(const struct reader *r)
{
	const xmlParserInput *in = r->ctxt->input;
	struct span rest = { (const char *)in->cur, (size_t)(in->end - in->cur) };

	return r->ctxt->instate == XML_PARSER_DTD ||
	       (!r->build->root_seen && span_starts(rest, "<!DOCTYPE"));
}

/* A DTD is looked at when it is all there: one that is not after a piece of its own is too long. */
static void feed_pieces(struct reader *r, const char *utf8, size_t n)
{
	size_t piece = n / PIECES < PIECE_LEAST ? PIECE_LEAST : n / PIECES, take;
	bool in_dtd = false;

	for (size_t at = 0; at < n && !r->faulty && r->build->fail.status == STATUS_OK;
		at += take) {
		take = r->build->root_seen ? piece : LIMIT_DTD;
		take = n - at < take ? n - at : take;
		xmlParseChunk(r->ctxt, utf8 + at, (int)take, 0);
		if (in_dtd && waits_for_dtd(r)) {
			fault(r, line_of(r, r->ctxt->input->line),
				"the document's DTD has more than %u KiB", LIMIT_DTD / KIB);
			xmlStopParser(r->ctxt);
		}
		in_dtd = !r->faulty && waits_for_dtd(r);
	}
}

bool xml_read(struct build *b, const char *utf8, size_t n, struct xml_fault *ret_fault)
{
	xmlSAXHandler sax = handler;
	struct reader r = { .build = b, .fault = ret_fault };
	const char *crowd = crowd_find((struct span){ utf8, n });
	bool good;

	*ret_fault = (struct xml_fault){ 0 };
	if (crowd != NULL) {
		int line = 1;
		for (const char *c = utf8; c < crowd; c++)
			line += *c == '\n';
		fault(&r, line_of(&r, line), "a tag has more than %d attributes", LIMIT_ATTRIBUTES);
		return false;
	}
	b->interned = true;
	r.ctxt = xmlCreatePushParserCtxt(&sax, &r, NULL, 0, NULL);
	if (r.ctxt == NULL)
		abort(); /* out of memory */
	xmlCtxtUseOptions(r.ctxt, XML_PARSE_NONET | XML_PARSE_IGNORE_ENC);
	feed_pieces(&r, utf8, n);
	if (!r.faulty && b->fail.status == STATUS_OK)
		xmlParseChunk(r.ctxt, NULL, 0, 1);
	good = !r.faulty && b->fail.status == STATUS_OK && r.ctxt->wellFormed;
	/* A DOCTYPE makes a document, which its context does not own. */
	xmlFreeDoc(r.ctxt->myDoc);
	xmlFreeParserCtxt(r.ctxt);
	declared_release(&r.declared);
	free(r.attributes);
	return good;
}
