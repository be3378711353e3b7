#include "parser/sandbox.h"
#include "base/limits.h"
#include "base/log.h"
#include "parser/landlock.h"
#include "parser/seccomp.h"

#include <errno.h>
#include <iconv.h>
#include <jansson.h>
#include <libxml/parser.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

/*
 * One charset for each conversion module of glibc that the encodings of the WHATWG standard need.
 * libxml2 decodes by iconv, and glibc loads a module when a charset is opened first; a descriptor
 * that is never closed keeps it.
 */
static const char *const charsets[] = { "UTF-16", "UTF-32", "UTF-7", "ISO-8859-1", "ISO-8859-2",
	"ISO-8859-3", "ISO-8859-4", "ISO-8859-5", "ISO-8859-6", "ISO-8859-7", "ISO-8859-8",
	"ISO-8859-9", "ISO-8859-9E", "ISO-8859-10", "ISO-8859-11", "ISO-8859-13", "ISO-8859-14",
	"ISO-8859-15", "ISO-8859-16", "WINDOWS-874", "IBM874", "WINDOWS-1250", "WINDOWS-1251",
	"WINDOWS-1252", "WINDOWS-1253", "WINDOWS-1254", "WINDOWS-1255", "WINDOWS-1256",
	"WINDOWS-1257", "WINDOWS-1258", "KOI8-R", "KOI8-U", "IBM437", "IBM850", "IBM852", "IBM855",
	"IBM862", "IBM866", "IBM037", "IBM500", "IBM1047", "IBM1140", "MACINTOSH", "MAC-CYRILLIC",
	"TIS-620", "VISCII", "GB18030", "GBK", "GB2312", "HZ-GB-2312", "BIG5", "BIG5-HKSCS",
	"EUC-TW", "EUC-JP", "SHIFT_JIS", "CP932", "ISO-2022-JP", "EUC-KR", "CP949", "ISO-2022-KR" };

static int compare_bytes(const void *a, const void *b)
{
	return *(const char *)a - *(const char *)b;
}

/* What the libraries ask the system once and remember. */
static void ask_what_is_asked_once(void)
{
	char large[2048] = "";
	qsort(large, sizeof large, 1,
		compare_bytes); /* glibc: sysinfo(2), at the first large sort */
	json_object_seed(0);    /* jansson: /dev/urandom, at the first object */
	tzset();                /* glibc: /etc/localtime, in timegm() */
}

static void open_converters(void)
{
	xmlInitParser();
	for (size_t i = 0; i < sizeof charsets / sizeof *charsets; i++) {
		if (iconv_open("UTF-8", charsets[i]) == (iconv_t)-1)
			log_debug("no converter for %s", charsets[i]);
	}
}

static void forbid_new_privileges(void)
{
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0)
		log_fatal("cannot give up new privileges: %s", strerror(errno));
}

static void limit(__rlimit_resource_t resource, rlim_t most)
{
	struct rlimit old;
	if (getrlimit(resource, &old) == 0 && old.rlim_max < most)
		most = old.rlim_max;
	struct rlimit now = { most, most };
	if (setrlimit(resource, &now) != 0)
		log_fatal("cannot lower resource limit %d: %s", (int)resource, strerror(errno));
}

static void limit_resources(enum sandbox_kind kind)
{
	if (!SANITIZED)
		limit(RLIMIT_AS, LIMIT_WORKER_MEMORY);
	limit(RLIMIT_NOFILE, 0);
	limit(RLIMIT_NPROC, 0);
	limit(RLIMIT_CORE, 0);
	/* A sanitizer's report may go to a file. */
	if (kind == SANDBOX_WORKER && !SANITIZED)
		limit(RLIMIT_FSIZE, 0);
}

/* What a worker that was taken over prints would reach the terminal or the log of whoever runs the
 * daemon. */
static void silence(enum sandbox_kind kind)
{
	if (kind == SANDBOX_WORKER && !SANITIZED)
		dup2(STDOUT_FILENO, STDERR_FILENO);
}

void sandbox_close(enum sandbox_kind kind, struct sandbox *ret_sandbox)
{
	ask_what_is_asked_once();
	open_converters();
	forbid_new_privileges();
	ret_sandbox->landlock_abi = landlock_deny_all();
	silence(kind);
	limit_resources(kind);
	ret_sandbox->seccomp = seccomp_close();
}

void sandbox_grant_cpu(unsigned seconds)
{
	struct timespec used;
	struct rlimit cpu;
	if (clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &used) != 0 || getrlimit(RLIMIT_CPU, &cpu) != 0)
		return;
	/* The limit counts whole seconds: one more for the one under way. */
	cpu.rlim_cur = (rlim_t)used.tv_sec + 1 + seconds;
	if (cpu.rlim_cur > cpu.rlim_max)
		cpu.rlim_cur = cpu.rlim_max;
	setrlimit(RLIMIT_CPU, &cpu);
}
