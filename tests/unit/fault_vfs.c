#include "fault_vfs.h"

#include <assert.h>
#include <pthread.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SECTOR 512

struct image {
	unsigned char *bytes;
	size_t n;
};

struct change { /* that was not synced */
	bool truncates;
	size_t at;
	struct image data; /* of a truncation: n is the new size */
};

/* What is known of one of the two files. */
struct tracked {
	struct image synced;
	struct change *changes;
	size_t n, cap;
};

struct fault_file {
	sqlite3_file base;
	struct tracked *tracked; /* NULL: of no interest */
	sqlite3_file *real;      /* lies behind this struct */
};

static struct {
	pthread_mutex_t lock;
	sqlite3_vfs *unix_vfs;
	struct tracked db, wal;
	struct {
		unsigned left;
		int code;
		bool stay;
	} faults[FAULT_OPS];
	bool failed;
	fault_snapshot_fn *each;
	void *arg;
} vfs = { .lock = PTHREAD_MUTEX_INITIALIZER };

/* ---- images ---- */

static void image_put(struct image *image, size_t at, const void *bytes, size_t n)
{
	if (at + n > image->n) {
		image->bytes = realloc(image->bytes, at + n);
		memset(image->bytes + image->n, 0, at + n - image->n);
		image->n = at + n;
	}
	memcpy(image->bytes + at, bytes, n);
}

static void image_cut(struct image *image, size_t n)
{
	if (n < image->n)
		image->n = n;
}

static void apply(struct image *image, const struct change *c, size_t n)
{
	if (c->truncates)
		image_cut(image, c->data.n);
	else
		image_put(image, c->at, c->data.bytes, n);
}

static struct change *change_add(struct tracked *t)
{
	if (t->n == t->cap) {
		t->cap = t->cap * 2 + 64;
		t->changes = realloc(t->changes, t->cap * sizeof(*t->changes));
	}
	t->changes[t->n] = (struct change){ 0 };
	return &t->changes[t->n++];
}

static void forget_changes(struct tracked *t)
{
	for (size_t i = 0; i < t->n; i++)
		free(t->changes[i].data.bytes);
	t->n = 0;
}

static void sync_all(struct tracked *t)
{
	for (size_t i = 0; i < t->n; i++)
		apply(&t->synced, &t->changes[i], t->changes[i].data.n);
	forget_changes(t);
}

static void tracked_release(struct tracked *t)
{
	forget_changes(t);
	free(t->changes);
	free(t->synced.bytes);
	*t = (struct tracked){ 0 };
}

/* ---- faults ---- */

/* The code with which this operation is to fail, or SQLITE_OK. */
static int fault(enum fault_op op)
{
	int code = SQLITE_OK;

	pthread_mutex_lock(&vfs.lock);
	if (vfs.faults[op].left > 0 && --vfs.faults[op].left == 0) {
		code = vfs.faults[op].code;
		vfs.failed = true;
		if (vfs.faults[op].stay)
			vfs.faults[op].left = 1;
	}
	pthread_mutex_unlock(&vfs.lock);
	return code;
}

static void look(void)
{
	if (vfs.each != NULL)
		vfs.each(vfs.arg);
}

/* ---- the methods that differ ---- */

static struct fault_file *of(sqlite3_file *file)
{
	return (struct fault_file *)file;
}

static int f_close(sqlite3_file *file)
{
	return of(file)->real->pMethods->xClose(of(file)->real);
}

static int f_read(sqlite3_file *file, void *buffer, int n, sqlite3_int64 at)
{
	return of(file)->real->pMethods->xRead(of(file)->real, buffer, n, at);
}

static int f_write(sqlite3_file *file, const void *bytes, int n, sqlite3_int64 at)
{
	struct tracked *t = of(file)->tracked;
	int code = t != NULL ? fault(FAULT_WRITE) : SQLITE_OK;

	if (code != SQLITE_OK)
		return code;
	code = of(file)->real->pMethods->xWrite(of(file)->real, bytes, n, at);
	if (code != SQLITE_OK || t == NULL)
		return code;
	pthread_mutex_lock(&vfs.lock);
	struct change *c = change_add(t);
	c->at = (size_t)at;
	image_put(&c->data, 0, bytes, (size_t)n);
	pthread_mutex_unlock(&vfs.lock);
	look();
	return code;
}

static int f_truncate(sqlite3_file *file, sqlite3_int64 size)
{
	struct tracked *t = of(file)->tracked;
	int code = of(file)->real->pMethods->xTruncate(of(file)->real, size);

	if (code == SQLITE_OK && t != NULL) {
		pthread_mutex_lock(&vfs.lock);
		struct change *c = change_add(t);
		c->truncates = true;
		c->data.n = (size_t)size;
		pthread_mutex_unlock(&vfs.lock);
	}
	return code;
}

static int f_sync(sqlite3_file *file, int flags)
{
	struct tracked *t = of(file)->tracked;

	if (t != NULL)
		look();
	int code = t != NULL ? fault(FAULT_SYNC) : SQLITE_OK;
	if (code == SQLITE_OK)
		code = of(file)->real->pMethods->xSync(of(file)->real, flags);
	if (code == SQLITE_OK && t != NULL) {
		pthread_mutex_lock(&vfs.lock);
		sync_all(t);
		pthread_mutex_unlock(&vfs.lock);
	}
	return code;
}

/* ---- those that are passed on ---- */

#define PASS(name, declared, ...)                                                      \
	static int f_##name declared                                                   \
	{                                                                              \
		return of(file)->real->pMethods->x##name(of(file)->real, __VA_ARGS__); \
	}
PASS(FileSize, (sqlite3_file * file, sqlite3_int64 *size), size)
PASS(Lock, (sqlite3_file * file, int level), level)
PASS(Unlock, (sqlite3_file * file, int level), level)
PASS(CheckReservedLock, (sqlite3_file * file, int *ret), ret)
PASS(FileControl, (sqlite3_file * file, int op, void *arg), op, arg)
PASS(ShmMap, (sqlite3_file * file, int page, int size, int extend, void volatile **ret), page, size,
	extend, ret)
PASS(ShmLock, (sqlite3_file * file, int at, int n, int flags), at, n, flags)
PASS(ShmUnmap, (sqlite3_file * file, int remove), remove)

static int f_sector_size(sqlite3_file *file)
{
	(void)file;
	return SECTOR;
}

/* Nothing is promised: neither that an append is safe nor that a write of a sector spares others.
 */
static int f_characteristics(sqlite3_file *file)
{
	(void)file;
	return 0;
}

static void f_shm_barrier(sqlite3_file *file)
{
	of(file)->real->pMethods->xShmBarrier(of(file)->real);
}

static const sqlite3_io_methods methods = {
	.iVersion = 2,
	.xClose = f_close,
	.xRead = f_read,
	.xWrite = f_write,
	.xTruncate = f_truncate,
	.xSync = f_sync,
	.xFileSize = f_FileSize,
	.xLock = f_Lock,
	.xUnlock = f_Unlock,
	.xCheckReservedLock = f_CheckReservedLock,
	.xFileControl = f_FileControl,
	.xSectorSize = f_sector_size,
	.xDeviceCharacteristics = f_characteristics,
	.xShmMap = f_ShmMap,
	.xShmLock = f_ShmLock,
	.xShmBarrier = f_shm_barrier,
	.xShmUnmap = f_ShmUnmap,
};

static int v_open(sqlite3_vfs *v, const char *name, sqlite3_file *file, int flags, int *ret_flags)
{
	struct fault_file *f = of(file);

	(void)v;
	memset(f, 0, sizeof(*f));
	f->real = (sqlite3_file *)(f + 1);
	f->tracked = flags & SQLITE_OPEN_MAIN_DB ? &vfs.db
		     : flags & SQLITE_OPEN_WAL   ? &vfs.wal
						 : NULL;
	int code = vfs.unix_vfs->xOpen(vfs.unix_vfs, name, f->real, flags, ret_flags);
	f->base.pMethods = code == SQLITE_OK ? &methods : NULL;
	return code;
}

void fault_vfs_install(void)
{
	static sqlite3_vfs fault_vfs;

	if (vfs.unix_vfs != NULL)
		return;
	vfs.unix_vfs = sqlite3_vfs_find(NULL);
	fault_vfs = *vfs.unix_vfs;
	fault_vfs.zName = "fault";
	fault_vfs.pNext = NULL;
	fault_vfs.szOsFile = (int)sizeof(struct fault_file) + vfs.unix_vfs->szOsFile;
	fault_vfs.xOpen = v_open;
	int code = sqlite3_vfs_register(&fault_vfs, 1);
	assert(code == SQLITE_OK);
	(void)code;
}

void fault_vfs_reset(void)
{
	tracked_release(&vfs.db);
	tracked_release(&vfs.wal);
	memset(vfs.faults, 0, sizeof(vfs.faults));
	vfs.failed = false;
	vfs.each = NULL;
}

void fault_vfs_fail(enum fault_op op, unsigned n, int code, bool stay)
{
	pthread_mutex_lock(&vfs.lock);
	vfs.faults[op].left = n;
	vfs.faults[op].code = code;
	vfs.faults[op].stay = stay;
	vfs.failed = false;
	pthread_mutex_unlock(&vfs.lock);
}

bool fault_vfs_failed(void)
{
	pthread_mutex_lock(&vfs.lock);
	bool failed = vfs.failed;
	pthread_mutex_unlock(&vfs.lock);
	return failed;
}

void fault_vfs_watch(fault_snapshot_fn *each, void *arg)
{
	vfs.each = each;
	vfs.arg = arg;
}

/* ---- the loss of power ---- */

static uint64_t dice(uint64_t *random)
{
	*random ^= *random << 13;
	*random ^= *random >> 7;
	*random ^= *random << 17;
	return *random;
}

static void write_image(const char *path, const struct image *image)
{
	FILE *f = fopen(path, "wb");

	assert(f != NULL);
	if (image->n > 0 && fwrite(image->bytes, 1, image->n, f) != image->n)
		abort();
	fclose(f);
}

/* Of the changes each is there, is not, or is there up to some sector. Once in a while all are: the
 * cache was just written back. */
static void leave(const struct tracked *t, const char *path, uint64_t *random)
{
	struct image image = { 0 };
	bool all = dice(random) % 4 == 0;

	if (t->synced.n > 0)
		image_put(&image, 0, t->synced.bytes, t->synced.n);
	for (size_t i = 0; i < t->n; i++) {
		const struct change *c = &t->changes[i];
		size_t n = c->data.n;
		unsigned fate = all ? 0 : dice(random) % 4;
		if (fate == 1)
			continue;
		if (fate == 2 && !c->truncates)
			n = n / SECTOR == 0 ? 0 : dice(random) % (n / SECTOR) * SECTOR;
		apply(&image, c, n);
	}
	write_image(path, &image);
	free(image.bytes);
}

void fault_vfs_cut_power(const char *path, uint64_t *random)
{
	char wal[256];

	snprintf(wal, sizeof(wal), "%s-wal", path);
	pthread_mutex_lock(&vfs.lock);
	leave(&vfs.db, path, random);
	leave(&vfs.wal, wal, random);
	pthread_mutex_unlock(&vfs.lock);
}
