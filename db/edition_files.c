#include "db/edition_files.h"

#include "base/mem.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#define LABEL_SIZE 32

struct newest { /* edition of a digest, by its label */
	char label[LABEL_SIZE];
	int64_t published;
};

/* "2026-11-23", or with a number behind it. */
static bool read_label(const char *file, char label[LABEL_SIZE])
{
	struct tm tm;
	const char *end = strptime(file, "%Y-%m-%d", &tm), *dot = strchr(file, '.');

	return end != NULL && dot != NULL && dot >= end && dot - file < LABEL_SIZE &&
	       snprintf(label, LABEL_SIZE, "%.*s", (int)(dot - file), file) > 0;
}

/* label[0] is '\0' when there is none. */
static void find_newest(const char *folder, struct newest *ret)
{
	DIR *dir = opendir(folder);
	struct dirent *entry;
	char label[LABEL_SIZE];
	struct stat st;

	*ret = (struct newest){ 0 };
	while (dir != NULL && (entry = readdir(dir)) != NULL) {
		if (read_label(entry->d_name, label) && strcmp(label, ret->label) > 0 &&
			fstatat(dirfd(dir), entry->d_name, &st, AT_SYMLINK_NOFOLLOW) == 0 &&
			S_ISREG(st.st_mode)) {
			memcpy(ret->label, label, sizeof(label));
			ret->published = st.st_mtime;
		}
	}
	if (dir != NULL)
		closedir(dir);
}

/* One that is newer than all that the database knows of. */
static bool note(struct db *db, const char *name, const struct newest *newest, int64_t upto_id)
{
	struct stmt s = db_stmt(db, STATEMENT_EDITION_FOUND);

	stmt_text(&s, name);
	stmt_text(&s, newest->label);
	stmt_int(&s, upto_id);
	stmt_int(&s, newest->published);
	return stmt_run(&s);
}

bool edition_files_note(struct db *db, const char *path, int64_t upto_id)
{
	const char *slash = strrchr(path, '/');
	char *digests = xasprintf("%.*sdigests", slash == NULL ? 0 : (int)(slash + 1 - path), path);
	DIR *dir = opendir(digests);
	struct dirent *entry;
	bool ok = true;

	while (ok && dir != NULL && (entry = readdir(dir)) != NULL) {
		struct newest newest;
		if (entry->d_name[0] == '.')
			continue;
		char *folder = xasprintf("%s/%s", digests, entry->d_name);
		find_newest(folder, &newest);
		free(folder);
		ok = newest.label[0] == '\0' || note(db, entry->d_name, &newest, upto_id);
	}
	if (dir != NULL)
		closedir(dir);
	free(digests);
	return ok;
}
