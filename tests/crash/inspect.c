/*
 * inspect DATABASE: checks a copy of a database with courant's own connection, which knows the
 * search index's tokenizer. Prints "ok", or what is wrong and exits with 1.
 */
#include "db/check.h"

#include <stdio.h>

int main(int argc, char **argv)
{
	char detail[512] = "";
	struct db db;

	if (argc != 2)
		return 2;
	bool sound = db_open(&db, argv[1], DB_WRITER) &&
		     db_quick_check(&db, NULL, detail, sizeof(detail)) == DB_SOUND &&
		     db_search_check(&db, detail, sizeof(detail)) == DB_SOUND;
	printf("%s\n", sound ? "ok" : detail[0] != '\0' ? detail : db.error);
	db_close(&db);
	return sound ? 0 : 1;
}
