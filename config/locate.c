#include "config/locate.h"

#include "base/mem.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* The variable when it holds an absolute path: the XDG specification has others ignored, and
 * systemd sets no others. */
static const char *env_path(const char *name)
{
	const char *value = getenv(name);

	return value != NULL && value[0] == '/' ? value : NULL;
}

/* $xdg/courant or $HOME/fallback/courant; NULL without either. */
static char *xdg_dir(const char *xdg, const char *fallback)
{
	const char *dir = env_path(xdg), *home = env_path("HOME");

	if (dir != NULL)
		return xasprintf("%s/courant", dir);
	return home != NULL ? xasprintf("%s/%s/courant", home, fallback) : NULL;
}

/* systemd separates several directories by colons; ours is the first. */
static char *first_dir(const char *dirs)
{
	return xstrndup(dirs, strcspn(dirs, ":"));
}

static char *if_there(char *path)
{
	if (access(path, F_OK) == 0 || (errno != ENOENT && errno != ENOTDIR))
		return path;
	free(path);
	return NULL;
}

char *conf_locate_file(void)
{
	char *dir = xdg_dir("XDG_CONFIG_HOME", ".config"), *file = NULL;

	if (dir != NULL)
		file = if_there(xasprintf("%s/courant.conf", dir));
	free(dir);
	return file != NULL ? file : if_there(xstrdup(COURANT_SYSCONFDIR "/courant/courant.conf"));
}

char *conf_locate_state_dir(void)
{
	const char *given = env_path("STATE_DIRECTORY");
	char *dir = NULL;

	if (given != NULL)
		return first_dir(given);
	if (geteuid() != 0)
		dir = xdg_dir("XDG_STATE_HOME", ".local/state");
	return dir != NULL ? dir : xstrdup("/var/lib/courant");
}

char *conf_locate_socket(const char *state_dir)
{
	const char *given = env_path("COURANT_SOCKET"), *runtime = env_path("RUNTIME_DIRECTORY");
	const char *xdg = env_path("XDG_RUNTIME_DIR");

	if (given != NULL)
		return xstrdup(given);
	if (runtime != NULL) {
		char *dir = first_dir(runtime), *path = xasprintf("%s/courant.sock", dir);
		free(dir);
		return path;
	}
	if (geteuid() == 0)
		return xstrdup("/run/courant/courant.sock");
	return xdg != NULL ? xasprintf("%s/courant/courant.sock", xdg)
			   : xasprintf("%s/courant.sock", state_dir);
}
