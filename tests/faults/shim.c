/* Fails, or kills at, the Nth system call that changes a file. For tests only; loaded with LD_PRELOAD.
 *
 * Every process that has FI_STATE in its environment maps that file. It holds one `struct state`, so that crm and all
 * the gits that it starts number their calls together. The test fills it in (tests/faults/machine.py knows the layout);
 * nothing happens until `armed` is set. Counted are calls that make, change, move or remove something below `root`, and
 * those that see it onto the disk. Calls that libc makes inside itself do not come by here, hence `fopen` is wrapped as
 * well, and its writes, which cannot be, are as good as not counted: git and SQLite write with `write` and `pwrite`.
 *
 * Syncing is counted and may fail, but is not done: nobody pulls the plug of the machine that runs the tests.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

enum action { NOTHING, FAIL, KILL, TEAR, ORPHAN };

struct state {
    int64_t armed;      /* whether calls are counted now */
    int64_t at;         /* the number of the call that it happens at */
    int64_t action;     /* what happens there */
    int64_t error;      /* errno for FAIL */
    int64_t sticky;     /* FAIL: whether all later calls fail too */
    int64_t pid;        /* crm itself */
    int64_t run;        /* the number of this run: what an earlier one left alive is not ours */
    int64_t dead;       /* the run that was killed: whoever of it is still there dies at its next call */
    int64_t count;      /* calls so far */
    int64_t others;     /* those of them that were not crm's own */
    int64_t struck;     /* how often something happened */
    char root[4096];    /* the directory below which calls count, with / at the end */
    char call[4096];    /* the call that was struck, for people */
};

static struct state *state;
static int64_t run;

__attribute__((constructor)) static void begin(void)
{
    const char *name = getenv("FI_STATE");
    int file = name ? syscall(SYS_openat, AT_FDCWD, name, O_RDWR | O_CLOEXEC) : -1;
    if (file < 0)
        return;
    void *found = mmap(NULL, sizeof *state, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
    syscall(SYS_close, file);
    if (found != MAP_FAILED) {
        state = found;
        run = state->run;
    }
}

/* ---- which calls count -------------------------------------------------------------------------------------- */

static int inside(const char *path)
{
    return !strncmp(path, state->root, strlen(state->root));
}

static int descriptor_path(int descriptor, char *out)
{
    char link[64];
    if (descriptor == AT_FDCWD)
        return getcwd(out, PATH_MAX) != NULL;
    snprintf(link, sizeof link, "/proc/self/fd/%d", descriptor);
    ssize_t length = syscall(SYS_readlinkat, AT_FDCWD, link, out, PATH_MAX - 1);
    if (length < 0)
        return 0;
    out[length] = 0;
    return 1;
}

static int path_inside(int folder, const char *path)
{
    char place[PATH_MAX];
    if (!path)
        return 0;
    if (path[0] == '/')
        return inside(path);
    return descriptor_path(folder, place) && inside(place);
}

static int file_inside(int descriptor)
{
    char place[PATH_MAX];
    return descriptor_path(descriptor, place) && inside(place);
}

/* ---- what happens at a call --------------------------------------------------------------------------------- */

static void die(void)
{
    state->dead = state->run;
    if (state->pid > 0)
        syscall(SYS_kill, (pid_t)state->pid, SIGKILL);
    syscall(SYS_kill, getpid(), SIGKILL);
    pause();
}

static void note(const char *name, const char *path, int descriptor)
{
    char place[PATH_MAX] = "";
    if (!path && descriptor_path(descriptor, place))
        path = place;
    snprintf(state->call, sizeof state->call, "%s %s %s", getpid() == state->pid ? "crm" : "git", name, path ? path : "");
}

/* Counts a call; the errno with which it fails, 0 to go on, -1 to write the half of it and die. */
static int strike(const char *name, const char *path, int descriptor)
{
    int mine = getpid() == state->pid;
    if (state->dead && state->dead == (mine ? state->run : run))
        die();
    if (!mine && run != state->run)
        return 0;
    int64_t number = __atomic_add_fetch(&state->count, 1, __ATOMIC_SEQ_CST);
    if (!mine)
        __atomic_add_fetch(&state->others, 1, __ATOMIC_SEQ_CST);
    int met = number == state->at || (state->action == FAIL && state->sticky && number > state->at);
    if (!met || state->action == NOTHING)
        return 0;
    if (!__atomic_fetch_add(&state->struck, 1, __ATOMIC_SEQ_CST))
        note(name, path, descriptor);
    if (state->action == KILL)
        die();
    if (state->action == ORPHAN) /* crm alone: a git that it started goes on */
        syscall(SYS_kill, (pid_t)state->pid, SIGKILL);
    if (state->action == TEAR)
        return -1;
    return state->action == FAIL ? (int)state->error : 0;
}

#define COUNTS(test) (state && state->armed && (test))

#define MEET(test, name, path, descriptor)                      \
    if (COUNTS(test)) {                                         \
        int error = strike(name, path, descriptor);             \
        if (error < 0)                                          \
            die();                                              \
        if (error) {                                            \
            errno = error;                                      \
            return -1;                                          \
        }                                                       \
    }

/* ---- opening ------------------------------------------------------------------------------------------------ */

static int open_at(const char *name, int folder, const char *path, int flags, mode_t mode)
{
    int changes = (flags & O_CREAT) || (flags & O_ACCMODE) != O_RDONLY;
    MEET(changes && path_inside(folder, path), name, path, folder)
    return syscall(SYS_openat, folder, path, flags, mode);
}

#define MODE(last)                                              \
    mode_t mode = 0;                                            \
    if (flags & (O_CREAT | O_TMPFILE)) {                        \
        va_list more;                                           \
        va_start(more, last);                                   \
        mode = va_arg(more, mode_t);                            \
        va_end(more);                                           \
    }

int open(const char *path, int flags, ...) { MODE(flags) return open_at("open", AT_FDCWD, path, flags, mode); }
int open64(const char *path, int flags, ...) { MODE(flags) return open_at("open", AT_FDCWD, path, flags, mode); }
int openat(int folder, const char *path, int flags, ...) { MODE(flags) return open_at("openat", folder, path, flags, mode); }
int openat64(int folder, const char *path, int flags, ...) { MODE(flags) return open_at("openat", folder, path, flags, mode); }
int __open_2(const char *path, int flags) { return open_at("open", AT_FDCWD, path, flags, 0); }
int __open64_2(const char *path, int flags) { return open_at("open", AT_FDCWD, path, flags, 0); }
int __openat_2(int folder, const char *path, int flags) { return open_at("openat", folder, path, flags, 0); }
int __openat64_2(int folder, const char *path, int flags) { return open_at("openat", folder, path, flags, 0); }
int creat(const char *path, mode_t mode) { return open_at("creat", AT_FDCWD, path, O_CREAT | O_WRONLY | O_TRUNC, mode); }
int creat64(const char *path, mode_t mode) { return open_at("creat", AT_FDCWD, path, O_CREAT | O_WRONLY | O_TRUNC, mode); }

static FILE *open_stream(const char *symbol, const char *path, const char *how)
{
    if (COUNTS(strpbrk(how, "wa+") && path_inside(AT_FDCWD, path))) {
        int error = strike("fopen", path, AT_FDCWD);
        if (error < 0)
            die();
        if (error) {
            errno = error;
            return NULL;
        }
    }
    FILE *(*real)(const char *, const char *) = (FILE * (*)(const char *, const char *)) dlsym(RTLD_NEXT, symbol);
    return real(path, how);
}

FILE *fopen(const char *path, const char *how) { return open_stream("fopen", path, how); }
FILE *fopen64(const char *path, const char *how) { return open_stream("fopen64", path, how); }

/* ---- writing ------------------------------------------------------------------------------------------------ */

static ssize_t put(const char *name, int file, const void *data, size_t size, off_t place)
{
    if (COUNTS(file_inside(file))) {
        int error = strike(name, NULL, file);
        if (error > 0) {
            errno = error;
            return -1;
        }
        if (error < 0) {
            if (place < 0)
                syscall(SYS_write, file, data, size / 2);
            else
                syscall(SYS_pwrite64, file, data, size / 2, place);
            die();
        }
    }
    return place < 0 ? syscall(SYS_write, file, data, size) : syscall(SYS_pwrite64, file, data, size, place);
}

ssize_t write(int file, const void *data, size_t size) { return put("write", file, data, size, -1); }
ssize_t pwrite(int file, const void *data, size_t size, off_t place) { return put("pwrite", file, data, size, place); }
ssize_t pwrite64(int file, const void *data, size_t size, off_t place) { return put("pwrite", file, data, size, place); }

ssize_t writev(int file, const struct iovec *parts, int count)
{
    if (COUNTS(file_inside(file))) {
        int error = strike("writev", NULL, file);
        if (error < 0) {
            syscall(SYS_writev, file, parts, count / 2);
            die();
        }
        if (error) {
            errno = error;
            return -1;
        }
    }
    return syscall(SYS_writev, file, parts, count);
}

ssize_t sendfile(int out, int in, off_t *place, size_t size)
{
    MEET(file_inside(out), "sendfile", NULL, out)
    return syscall(SYS_sendfile, out, in, place, size);
}
ssize_t sendfile64(int out, int in, off_t *place, size_t size) { return sendfile(out, in, place, size); }

ssize_t copy_file_range(int in, off_t *from, int out, off_t *to, size_t size, unsigned flags)
{
    MEET(file_inside(out), "copy_file_range", NULL, out)
    return syscall(SYS_copy_file_range, in, from, out, to, size, flags);
}

/* ---- everything else: NAME(arguments) counts where TEST says so, then makes the call ---------------------------- */

#define WRAP(name, arguments, test, path, file, ...)            \
    int name arguments                                          \
    {                                                           \
        MEET(test, #name, path, file)                           \
        return syscall(__VA_ARGS__);                            \
    }
#define HERE AT_FDCWD

WRAP(rename, (const char *a, const char *b), path_inside(HERE, a) || path_inside(HERE, b), b, HERE, SYS_renameat2, HERE, a, HERE, b, 0)
WRAP(renameat, (int d, const char *a, int e, const char *b), path_inside(d, a) || path_inside(e, b), b, HERE, SYS_renameat2, d, a, e, b, 0)
WRAP(renameat2, (int d, const char *a, int e, const char *b, unsigned f), path_inside(d, a) || path_inside(e, b), b, HERE, SYS_renameat2, d, a, e, b, f)
WRAP(link, (const char *a, const char *b), path_inside(HERE, b), b, HERE, SYS_linkat, HERE, a, HERE, b, 0)
WRAP(linkat, (int d, const char *a, int e, const char *b, int f), path_inside(e, b), b, HERE, SYS_linkat, d, a, e, b, f)
WRAP(symlink, (const char *a, const char *b), path_inside(HERE, b), b, HERE, SYS_symlinkat, a, HERE, b)
WRAP(symlinkat, (const char *a, int d, const char *b), path_inside(d, b), b, HERE, SYS_symlinkat, a, d, b)
WRAP(unlink, (const char *a), path_inside(HERE, a), a, HERE, SYS_unlinkat, HERE, a, 0)
WRAP(unlinkat, (int d, const char *a, int f), path_inside(d, a), a, HERE, SYS_unlinkat, d, a, f)
WRAP(rmdir, (const char *a), path_inside(HERE, a), a, HERE, SYS_unlinkat, HERE, a, AT_REMOVEDIR)
WRAP(mkdir, (const char *a, mode_t m), path_inside(HERE, a), a, HERE, SYS_mkdirat, HERE, a, m)
WRAP(mkdirat, (int d, const char *a, mode_t m), path_inside(d, a), a, HERE, SYS_mkdirat, d, a, m)
WRAP(truncate, (const char *a, off_t n), path_inside(HERE, a), a, HERE, SYS_truncate, a, n)
WRAP(truncate64, (const char *a, off_t n), path_inside(HERE, a), a, HERE, SYS_truncate, a, n)
WRAP(ftruncate, (int d, off_t n), file_inside(d), NULL, d, SYS_ftruncate, d, n)
WRAP(ftruncate64, (int d, off_t n), file_inside(d), NULL, d, SYS_ftruncate, d, n)
WRAP(chmod, (const char *a, mode_t m), path_inside(HERE, a), a, HERE, SYS_fchmodat, HERE, a, m)
WRAP(fchmod, (int d, mode_t m), file_inside(d), NULL, d, SYS_fchmod, d, m)
WRAP(utimensat, (int d, const char *a, const struct timespec t[2], int f), path_inside(d, a), a, HERE, SYS_utimensat, d, a, t, f)
WRAP(futimens, (int d, const struct timespec t[2]), file_inside(d), NULL, d, SYS_utimensat, d, NULL, t, 0)

#define SYNC(name)                                              \
    int name(int file)                                          \
    {                                                           \
        if (!state)                                             \
            return syscall(SYS_##name, file);                   \
        MEET(file_inside(file), #name, NULL, file)              \
        return 0;                                               \
    }

SYNC(fsync)
SYNC(fdatasync)
SYNC(syncfs)
