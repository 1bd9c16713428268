/* Between a process and its disk: records every change below one folder, in order, and refuses changes from one on.
 *
 * Loaded with LD_PRELOAD; tests/torture/disk.py builds it, sets it up and reads what it recorded. What is asked to be
 * forced to the disk is recorded and not forced. Changes through mapped memory and through C's own streams pass by.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/fs.h>
#include <sched.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

enum { WRITE = 1, SIZE, CREATE, RENAME, LINK, SYMLINK, REMOVE, MKDIR, SYNC, SYNC_FOLDER, SYNC_ALL, MARK, KNOWN,
       TIMES };
enum { FULL = 1, FAILING, READ_ONLY };

/* Shared by all processes of one watch; the layout is that of Control in disk.py. */
struct control {
    int64_t lock;
    int64_t n_growing, n_changes; /* changes so far that need room, and all of them */
    int64_t from;                 /* the change from which on they are refused; -1 for none */
    int64_t how, with;            /* FULL, FAILING or READ_ONLY, and the error */
    int64_t n_refused;
};
struct head {
    uint32_t kind, n_first, n_second, pid;
    uint64_t inode;
    int64_t at;
};

static struct control *control;
static char root[PATH_MAX];
static size_t root_length;
static dev_t device;
static int record = -1;
static uint64_t *inodes; /* those of files below the root, a bit each in a small filter */
#define FILTER (1u << 22)

#define REAL(name) ((__typeof__(&name))real(#name))
static void *real(const char *name) { return dlsym(RTLD_NEXT, name); }

void guildbook_disk_begin(void)
{
    const char *folder = getenv("TORTURE_DISK_ROOT"), *shared = getenv("TORTURE_DISK_CONTROL");
    const char *file = getenv("TORTURE_DISK_RECORD");
    if (record >= 0) syscall(SYS_close, record);
    record = -1;
    control = NULL;
    if (!folder || !shared || !*folder) return;
    struct stat of;
    if (!realpath(folder, root) || stat(root, &of)) return;
    root_length = strlen(root);
    device = of.st_dev;
    if (!inodes) inodes = mmap(NULL, FILTER / 8, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    memset(inodes, 0, FILTER / 8);
    int fd = syscall(SYS_openat, AT_FDCWD, shared, O_RDWR | O_CLOEXEC);
    if (fd < 0) return;
    control = mmap(NULL, sizeof *control, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    syscall(SYS_close, fd);
    if (file && *file) {
        fd = syscall(SYS_openat, AT_FDCWD, file, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0600);
        record = syscall(SYS_fcntl, fd, F_DUPFD_CLOEXEC, 500);
        syscall(SYS_close, fd);
    }
}
__attribute__((constructor)) static void begin(void) { guildbook_disk_begin(); }

static void take(void)
{
    while (__sync_lock_test_and_set(&control->lock, 1)) sched_yield();
}
static void let_go(void) { __sync_lock_release(&control->lock); }

static void note(int kind, uint64_t inode, int64_t at, const void *first, size_t n_first, const void *second, size_t n)
{
    if (record < 0) return;
    struct head head = {kind, n_first, n, getpid(), inode, at};
    struct iovec parts[] = {{&head, sizeof head}, {(void *)first, n_first}, {(void *)second, n}};
    size_t left = sizeof head + n_first + n;
    int one = 0;
    while (left) { /* a large write may be cut; the lock keeps others out meanwhile */
        ssize_t done = syscall(SYS_writev, record, parts + one, 3 - one);
        if (done < 0) abort();
        left -= done;
        while (one < 3 && (size_t)done >= parts[one].iov_len) done -= parts[one++].iov_len;
        if (one < 3) parts[one].iov_base = (char *)parts[one].iov_base + done, parts[one].iov_len -= done;
    }
}
static void note_paths(int kind, const char *one, const char *other)
{
    note(kind, 0, 0, one, strlen(one), other, other ? strlen(other) : 0);
}

void guildbook_disk_mark(const char *text)
{
    if (!control) return;
    take();
    int64_t counts[] = {control->n_growing, control->n_changes};
    note(MARK, 0, 0, text, strlen(text), counts, sizeof counts);
    let_go();
}

static int below(const char *path)
{
    return !strncmp(path, root, root_length) && (path[root_length] == '/' || !path[root_length]);
}

/* The path with every link on the way to its last part followed; not below the root: 0. */
static int resolved(int folder, const char *path, char *out)
{
    char whole[PATH_MAX], parent[PATH_MAX];
    if (!control || !path) return 0;
    if (path[0] == '/') {
        if (snprintf(whole, sizeof whole, "%s", path) >= PATH_MAX) return 0;
    } else {
        char base[PATH_MAX], link[64];
        snprintf(link, sizeof link, folder == AT_FDCWD ? "/proc/self/cwd" : "/proc/self/fd/%d", folder);
        ssize_t n = readlink(link, base, sizeof base - 1);
        if (n < 0) return 0;
        base[n] = 0;
        if (snprintf(whole, sizeof whole, "%s/%s", base, path) >= PATH_MAX) return 0;
    }
    size_t n = strlen(whole);
    while (n > 1 && whole[n - 1] == '/') whole[--n] = 0;
    char *last = strrchr(whole, '/');
    if (!last) return 0;
    *last = 0;
    if (!realpath(*whole ? whole : "/", parent)) return 0;
    if (snprintf(out, PATH_MAX, "%s/%s", parent, last + 1) >= PATH_MAX) return 0;
    return below(out);
}

static int path_of(int fd, char *out)
{
    char link[64];
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    ssize_t n = control ? readlink(link, out, PATH_MAX - 1) : -1;
    if (n < 0) return 0;
    out[n] = 0;
    return below(out);
}

static void remember(uint64_t inode) { inodes[inode / 64 % (FILTER / 64)] |= 1ull << inode % 64; }
static int watched(int fd, struct stat *of)
{
    return control && !fstat(fd, of) && S_ISREG(of->st_mode) && of->st_dev == device &&
           inodes[of->st_ino / 64 % (FILTER / 64)] >> of->st_ino % 64 & 1;
}

/* Whether a change is refused; counts it. The caller holds the lock. */
static int refused(int needs_room)
{
    int64_t number = control->how == FULL ? control->n_growing : control->n_changes;
    control->n_growing += needs_room;
    control->n_changes++;
    if (control->from < 0 || number < control->from || (control->how == FULL && !needs_room)) return 0;
    control->n_refused++;
    errno = control->with;
    return 1;
}

static int opened(int folder, const char *path, int flags, mode_t mode)
{
    char whole[PATH_MAX];
    struct stat of, before;
    int changes = flags & (O_WRONLY | O_RDWR | O_CREAT | O_TRUNC);
    if (!control || !changes || (flags & O_TMPFILE) == O_TMPFILE || !resolved(folder, path, whole))
        return syscall(SYS_openat, folder, path, flags, mode);
    take();
    int was_there = !stat(whole, &before), fd = -1;
    if (control->how == READ_ONLY ? !refused(0) : was_there || !(flags & O_CREAT) || !refused(0))
        fd = syscall(SYS_openat, folder, path, flags, mode);
    int error = errno;
    if (fd >= 0 && !fstat(fd, &of) && S_ISREG(of.st_mode) && path_of(fd, whole)) {
        remember(of.st_ino);
        if (!was_there) note(CREATE, of.st_ino, of.st_mode & 07777, whole, strlen(whole), NULL, 0);
        else note(KNOWN, of.st_ino, 0, whole, strlen(whole), NULL, 0);
        if (was_there && flags & O_TRUNC && before.st_size) note(SIZE, of.st_ino, 0, NULL, 0, NULL, 0);
    }
    let_go();
    errno = error;
    return fd;
}
static mode_t mode_in(int flags, va_list more)
{
    return flags & O_CREAT || (flags & O_TMPFILE) == O_TMPFILE ? va_arg(more, mode_t) : 0;
}
#define OPENING(name) \
    int name(const char *path, int flags, ...) \
    { \
        va_list more; \
        va_start(more, flags); \
        mode_t mode = mode_in(flags, more); \
        va_end(more); \
        return opened(AT_FDCWD, path, flags, mode); \
    }
#define OPENING_AT(name) \
    int name(int folder, const char *path, int flags, ...) \
    { \
        va_list more; \
        va_start(more, flags); \
        mode_t mode = mode_in(flags, more); \
        va_end(more); \
        return opened(folder, path, flags, mode); \
    }
OPENING(open)
OPENING(open64)
OPENING_AT(openat)
OPENING_AT(openat64)
int __open_2(const char *path, int flags) { return opened(AT_FDCWD, path, flags, 0); }
int __open64_2(const char *path, int flags) { return opened(AT_FDCWD, path, flags, 0); }
int creat(const char *path, mode_t mode) { return opened(AT_FDCWD, path, O_CREAT | O_WRONLY | O_TRUNC, mode); }
int creat64(const char *path, mode_t mode) { return creat(path, mode); }

/* What a change of `n` bytes from `at` on (-1: where the file stands) is to do, and what it then did. */
static void read_back(int fd, uint64_t inode, int64_t at, int64_t n)
{
    char link[64], *bytes = n > 0 && record >= 0 ? malloc(n) : NULL;
    if (!bytes) return;
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    int again = syscall(SYS_openat, AT_FDCWD, link, O_RDONLY | O_CLOEXEC);
    int64_t done = 0, got;
    while (done < n && (got = syscall(SYS_pread64, again, bytes + done, n - done, at + done)) > 0) done += got;
    note(WRITE, inode, at, NULL, 0, bytes, done);
    syscall(SYS_close, again);
    free(bytes);
}
#define CHANGING(fd, start, n, call) \
    struct stat of; \
    if (!watched(fd, &of)) return call; \
    take(); \
    int64_t at = start; \
    if (at < 0) at = fcntl(fd, F_GETFL) & O_APPEND ? of.st_size : syscall(SYS_lseek, fd, 0, SEEK_CUR); \
    fstat(fd, &of); \
    ssize_t done = -1; \
    if (!refused(at + (int64_t)(n) > of.st_size)) done = call; \
    int error = errno; \
    if (done > 0) read_back(fd, of.st_ino, at, done); \
    let_go(); \
    errno = error; \
    return done;

static size_t length(const struct iovec *parts, int n)
{
    size_t sum = 0;
    while (n--) sum += parts[n].iov_len;
    return sum;
}
ssize_t write(int fd, const void *from, size_t n) { CHANGING(fd, -1, n, syscall(SYS_write, fd, from, n)) }
ssize_t pwrite(int fd, const void *from, size_t n, off_t to) { CHANGING(fd, to, n, syscall(SYS_pwrite64, fd, from, n, to)) }
ssize_t pwrite64(int fd, const void *from, size_t n, off_t to) { return pwrite(fd, from, n, to); }
ssize_t writev(int fd, const struct iovec *parts, int n) { CHANGING(fd, -1, length(parts, n), syscall(SYS_writev, fd, parts, n)) }
ssize_t pwritev(int fd, const struct iovec *parts, int n, off_t to) { CHANGING(fd, to, length(parts, n), REAL(pwritev)(fd, parts, n, to)) }
ssize_t pwritev64(int fd, const struct iovec *parts, int n, off_t to) { return pwritev(fd, parts, n, to); }
ssize_t sendfile(int fd, int from, off_t *start, size_t n) { CHANGING(fd, -1, n, syscall(SYS_sendfile, fd, from, start, n)) }
ssize_t sendfile64(int fd, int from, off_t *start, size_t n) { return sendfile(fd, from, start, n); }
ssize_t copy_file_range(int from, off_t *start, int fd, off_t *to, size_t n, unsigned flags)
{
    CHANGING(fd, to ? *to : -1, n, syscall(SYS_copy_file_range, from, start, fd, to, n, flags))
}

static int sized(int fd, int64_t size, int needs_room, int (*change)(int, int64_t, int64_t, int64_t), int64_t a, int64_t b)
{
    struct stat of;
    if (!watched(fd, &of)) return change(fd, size, a, b);
    take();
    fstat(fd, &of);
    int done = -1;
    if (!refused(needs_room && size > of.st_size)) done = change(fd, size, a, b);
    int error = errno;
    if (!done) fstat(fd, &of), note(SIZE, of.st_ino, of.st_size, NULL, 0, NULL, 0);
    let_go();
    errno = error;
    return done;
}
static int cut(int fd, int64_t size, int64_t a, int64_t b) { return (void)a, (void)b, syscall(SYS_ftruncate, fd, size); }
static int allot(int fd, int64_t size, int64_t mode, int64_t at)
{
    if (mode & FALLOC_FL_PUNCH_HOLE) return errno = EOPNOTSUPP, -1; /* then nothing is punched */
    return syscall(SYS_fallocate, fd, mode, at, size - at);
}
int ftruncate(int fd, off_t size) { return sized(fd, size, 0, cut, 0, 0); }
int ftruncate64(int fd, off_t size) { return ftruncate(fd, size); }
int fallocate(int fd, int mode, off_t at, off_t n) { return sized(fd, at + n, 1, allot, mode, at); }
int fallocate64(int fd, int mode, off_t at, off_t n) { return fallocate(fd, mode, at, n); }
int posix_fallocate(int fd, off_t at, off_t n) { return fallocate(fd, 0, at, n) ? errno : 0; }
int posix_fallocate64(int fd, off_t at, off_t n) { return posix_fallocate(fd, at, n); }
int truncate(const char *path, off_t size)
{
    int fd = open(path, O_WRONLY | O_CLOEXEC);
    if (fd < 0) return -1;
    int done = ftruncate(fd, size), error = errno;
    close(fd);
    errno = error;
    return done;
}
int truncate64(const char *path, off_t size) { return truncate(path, size); }
int ioctl(int fd, unsigned long asked, ...)
{
    va_list more;
    va_start(more, asked);
    void *with = va_arg(more, void *);
    va_end(more);
    struct stat of;
    if ((asked == FICLONE || asked == FICLONERANGE) && watched(fd, &of)) return errno = EOPNOTSUPP, -1;
    return syscall(SYS_ioctl, fd, asked, with);
}

/* Names. A change that is refused or fails is not recorded. */
#define NAMING(needs_room, inside, call, noting) \
    if (!(inside)) return call; \
    take(); \
    int done = -1; \
    if (!refused(needs_room)) done = call; \
    int error = errno; \
    if (!done) noting; \
    let_go(); \
    errno = error; \
    return done;
int renameat2(int old_folder, const char *old, int folder, const char *path, unsigned flags)
{
    char from[PATH_MAX], to[PATH_MAX];
    int inside = resolved(old_folder, old, from) && resolved(folder, path, to);
    NAMING(0, inside, syscall(SYS_renameat2, old_folder, old, folder, path, flags), note_paths(RENAME, from, to))
}
int renameat(int old_folder, const char *old, int folder, const char *path) { return renameat2(old_folder, old, folder, path, 0); }
int rename(const char *old, const char *path) { return renameat2(AT_FDCWD, old, AT_FDCWD, path, 0); }
int linkat(int old_folder, const char *old, int folder, const char *path, int flags)
{
    char from[PATH_MAX], to[PATH_MAX];
    int inside = resolved(old_folder, old, from) && resolved(folder, path, to);
    NAMING(0, inside, syscall(SYS_linkat, old_folder, old, folder, path, flags), note_paths(LINK, from, to))
}
int link(const char *old, const char *path) { return linkat(AT_FDCWD, old, AT_FDCWD, path, 0); }
int symlinkat(const char *old, int folder, const char *path)
{
    char to[PATH_MAX];
    int inside = resolved(folder, path, to);
    NAMING(0, inside, syscall(SYS_symlinkat, old, folder, path), note_paths(SYMLINK, to, old))
}
int symlink(const char *old, const char *path) { return symlinkat(old, AT_FDCWD, path); }
int unlinkat(int folder, const char *path, int flags)
{
    char of[PATH_MAX];
    int inside = resolved(folder, path, of);
    NAMING(0, inside, syscall(SYS_unlinkat, folder, path, flags), note_paths(REMOVE, of, NULL))
}
int unlink(const char *path) { return unlinkat(AT_FDCWD, path, 0); }
int rmdir(const char *path) { return unlinkat(AT_FDCWD, path, AT_REMOVEDIR); }
int remove(const char *path)
{
    struct stat of;
    return unlinkat(AT_FDCWD, path, !lstat(path, &of) && S_ISDIR(of.st_mode) ? AT_REMOVEDIR : 0);
}
int mkdirat(int folder, const char *path, mode_t mode)
{
    char of[PATH_MAX];
    int inside = resolved(folder, path, of);
    NAMING(1, inside, syscall(SYS_mkdirat, folder, path, mode), note_paths(MKDIR, of, NULL))
}
int mkdir(const char *path, mode_t mode) { return mkdirat(AT_FDCWD, path, mode); }

/* The time of a file's last change, in nanoseconds; never refused, so that counts of changes stay as they are. */
static int64_t nanoseconds(const struct stat *of) { return of->st_mtim.tv_sec * 1000000000ll + of->st_mtim.tv_nsec; }
int utimensat(int folder, const char *path, const struct timespec times[2], int flags)
{
    char of[PATH_MAX];
    struct stat now;
    int inside = resolved(folder, path, of);
    if (!inside) return syscall(SYS_utimensat, folder, path, times, flags);
    take();
    int done = syscall(SYS_utimensat, folder, path, times, flags), error = errno;
    if (!done && !lstat(of, &now) && S_ISREG(now.st_mode))
        note(TIMES, now.st_ino, nanoseconds(&now), of, strlen(of), NULL, 0);
    let_go();
    errno = error;
    return done;
}
int futimens(int fd, const struct timespec times[2])
{
    char of[PATH_MAX];
    if (path_of(fd, of)) return utimensat(AT_FDCWD, of, times, 0);
    return syscall(SYS_utimensat, fd, NULL, times, 0);
}

/* Forcing to the disk: recorded, not done. */
int fsync(int fd)
{
    char path[PATH_MAX];
    struct stat of;
    if (!path_of(fd, path) || fstat(fd, &of)) {
        if (watched(fd, &of)) goto file; /* its name is gone */
        return control ? 0 : syscall(SYS_fsync, fd);
    }
    if (S_ISDIR(of.st_mode)) {
        take();
        note_paths(SYNC_FOLDER, path, NULL);
        let_go();
        return 0;
    }
file:
    take();
    int fails = control->how == FAILING && control->from >= 0 && control->n_changes >= control->from;
    if (!fails) note(SYNC, of.st_ino, 0, NULL, 0, NULL, 0);
    let_go();
    if (fails) errno = control->with;
    return fails ? -1 : 0;
}
int fdatasync(int fd) { return fsync(fd); }
static void sync_all(void)
{
    take();
    note(SYNC_ALL, 0, 0, NULL, 0, NULL, 0);
    let_go();
}
void sync(void)
{
    if (control) sync_all();
    else syscall(SYS_sync);
}
int syncfs(int fd)
{
    if (control) sync_all();
    return control ? 0 : syscall(SYS_syncfs, fd);
}
