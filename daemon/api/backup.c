/* POST /v1/backup: a copy of the database, beside it. Its bytes never go over the socket: there are
 * passwords of feeds in it, and who may use the socket may not read files. */
#include "api/resources.h"
#include "api/server.h"

static void copy_made(void *arg, const struct care_copy *copy)
{
	struct request *rq = request_back(arg);
	if (rq == NULL)
		return;
	if (copy->fail.status == STATUS_OK) {
		struct json_writer w = request_json(rq, MHD_HTTP_CREATED);
		jw_object(&w, NULL);
		jw_string(&w, "path", copy->path);
		jw_int(&w, "bytes", copy->bytes);
		jw_time(&w, "taken_at", copy->taken);
		jw_object_end(&w);
	} else {
		request_fail(rq, &copy->fail);
	}
	request_send(rq);
}

void backup_make_now(struct request *rq)
{
	care_copy(rq->api->options.care, copy_made, request_out(rq));
}
