/*
 * The long texts of entries and revisions in statements: packed (packing.h) by the writer, read
 * again by everybody, with the dictionaries of the database, which are read when they are needed.
 */
#ifndef COURANT_DB_TEXTS_H
#define COURANT_DB_TEXTS_H

#include "db/connection.h"
#include "db/packing.h"

/* contents.texts, in their order. */
enum entry_texts { TEXT_GUID, TEXT_COMMENTS_URL, TEXT_SUMMARY, TEXT_CONTENT, ENTRY_TEXTS };
/* revisions.texts. */
enum revision_texts { TEXT_REVISED_SUMMARY, TEXT_REVISED_CONTENT, REVISION_TEXTS };

/* Binds n texts as the next placeholder. One statement at a time: the value lives until the next
 * one is packed. */
void stmt_texts(struct stmt *s, const char *const *texts, size_t n);
/* Reads the next column. Texts that are damaged are as if they had not been said; a connection
 * tells so in the log, once: one entry without its text is no reason to show none. */
void stmt_read_texts(struct stmt *s, size_t n, struct unpacked *ret);
/* The same of a value, for SQL functions. False when the database failed. */
bool texts_unpack(struct db *db, const void *value, size_t size, size_t n, struct unpacked *ret);
/* A dictionary was added: what is packed from now on is packed with the newest. */
void texts_renew(struct db *db);

#endif
