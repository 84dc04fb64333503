// What Swift cannot call itself: functions with a variable number of arguments, or behind a macro, and a variable that
// anybody may set.

#ifndef QUORATE_LINUX_H
#define QUORATE_LINUX_H

#include <signal.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

extern char **environ;

/// This process is killed when the thread that started it ends.
static inline int linux_die_with_parent(void) { return prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0); }

/// Whatever descends from this process becomes its child when its own parent is gone.
static inline int linux_adopt_orphans(void) { return prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0); }

/// Closes every descriptor from this one on.
static inline int linux_close_from(unsigned first) { return (int)syscall(SYS_close_range, first, ~0U, 0); }

/// Which processors the calling thread may run on, a bit for each.
///
/// Returns how many bytes were written, or -1.
static inline int linux_get_affinity(unsigned char *bits, unsigned long size) {
    return (int)syscall(SYS_sched_getaffinity, 0, size, bits);
}

static inline int linux_set_affinity(const unsigned char *bits, unsigned long size) {
    return (int)syscall(SYS_sched_setaffinity, 0, size, bits);
}

static inline char *const *linux_environment(void) { return environ; }

#endif
