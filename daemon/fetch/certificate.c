/*
 * A connection may outlive the transfer that made it, and may be verified again (a renegotiation):
 * so what is noted belongs to both, and goes with the last of them.
 */
#include "fetch/certificate.h"
#include "base/mem.h"

#include <openssl/ssl.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

struct certificate_date {
	unsigned n_owners; /* the transfer, and the contexts of its connections */
	char text[16];
};

static int place = -1; /* of the note in an SSL_CTX */

void certificate_unwatch(struct certificate_date *date)
{
	if (date && --date->n_owners == 0)
		free(date);
}

static void context_freed(
	void *parent, void *note, CRYPTO_EX_DATA *data, int index, long argl, void *argp)
{
	(void)parent, (void)data, (void)index, (void)argl, (void)argp;
	certificate_unwatch(note);
}

/* OpenSSL asks what to think of each certificate: its own opinion stays. */
static int verified(int good, X509_STORE_CTX *store)
{
	int error = X509_STORE_CTX_get_error(store);
	if (good ||
		(error != X509_V_ERR_CERT_HAS_EXPIRED && error != X509_V_ERR_CERT_NOT_YET_VALID))
		return good;
	SSL *ssl = X509_STORE_CTX_get_ex_data(store, SSL_get_ex_data_X509_STORE_CTX_idx());
	struct certificate_date *date = SSL_CTX_get_ex_data(SSL_get_SSL_CTX(ssl), place);
	const X509 *certificate = X509_STORE_CTX_get_current_cert(store);
	const ASN1_TIME *time = error == X509_V_ERR_CERT_HAS_EXPIRED
					? X509_get0_notAfter(certificate)
					: X509_get0_notBefore(certificate);
	struct tm tm;
	if (date && ASN1_TIME_to_tm(time, &tm) == 1)
		strftime(date->text, sizeof(date->text), "%Y-%m-%d", &tm);
	return good;
}

static CURLcode context_made(CURL *easy, void *context, void *arg)
{
	(void)easy;
	struct certificate_date *date = arg;
	if (SSL_CTX_set_ex_data(context, place, date) == 1) {
		date->n_owners++;
		SSL_CTX_set_verify(context, SSL_CTX_get_verify_mode(context), verified);
	}
	return CURLE_OK;
}

struct certificate_date *certificate_watch(CURL *easy)
{
	const char *library = curl_version_info(CURLVERSION_NOW)->ssl_version;
	if (place < 0)
		place = SSL_CTX_get_ex_new_index(0, NULL, NULL, NULL, context_freed);
	if (place < 0 || !library || strncmp(library, "OpenSSL/", 8) != 0 ||
		curl_easy_setopt(easy, CURLOPT_SSL_CTX_FUNCTION, context_made) != CURLE_OK)
		return NULL;
	struct certificate_date *date = xcalloc(1, sizeof(*date));
	date->n_owners = 1;
	curl_easy_setopt(easy, CURLOPT_SSL_CTX_DATA, date);
	return date;
}

const char *certificate_date(const struct certificate_date *date)
{
	return date ? date->text : "";
}
