/* courant: the command-line client of courantd. See courant(1). */
#include <signal.h>

#include "client/client.h"

/* A reader of our output that goes away is seen as EPIPE by write(2), where it ends courant
 * quietly. */
int main(int argc, char **argv)
{
	struct sigaction ignore = { .sa_handler = SIG_IGN };
	sigaction(SIGPIPE, &ignore, NULL);
	return client_main(argc, argv);
}
