/* Preloaded: lets syncs and writes of a home's files fail while a file says so, and can set the clock back.

   FAULT_HOME: the folder whose files are meant. FAULT_PLAN: a file that names what fails, such as "fdatasync,fsync" or
   "write"; empty or missing, nothing does. FAULT_LOG: a line for each call that was made to fail.
   CLOCK_BACK: by how many seconds the wall clock is set back. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static ssize_t plain_write(int fd, const void *bytes, size_t count) {
    ssize_t (*real)(int, const void *, size_t) = dlsym(RTLD_NEXT, "write");
    return real(fd, bytes, count);
}

static int is_planned(const char *what) {
    const char *path = getenv("FAULT_PLAN");
    int file = path ? open(path, O_RDONLY | O_CLOEXEC) : -1;
    if (file < 0) return 0;
    char plan[128];
    ssize_t length = read(file, plan, sizeof plan - 1);
    close(file);
    if (length <= 0) return 0;
    plan[length] = 0;
    char *rest = plan, *word;
    while ((word = strsep(&rest, ",\n"))) {
        if (strcmp(word, what) == 0) return 1;
    }
    return 0;
}

static int is_of_home(int fd) {
    const char *home = getenv("FAULT_HOME");
    char link[64], path[400];
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    ssize_t length = home ? readlink(link, path, sizeof path - 1) : 0;
    return length > 0 && strncmp(path, home, strlen(home)) == 0 && !strstr(path, "socket:");
}

static int fails(int fd, const char *what) {
    if (!is_of_home(fd) || !is_planned(what)) return 0;
    const char *path = getenv("FAULT_LOG");
    int file = path ? open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600) : -1;
    if (file >= 0) {
        plain_write(file, what, strlen(what));
        plain_write(file, "\n", 1);
        close(file);
    }
    return 1;
}

int fsync(int fd) {
    int (*real)(int) = dlsym(RTLD_NEXT, "fsync");
    if (fails(fd, "fsync")) return errno = EIO, -1;
    return real(fd);
}

int fdatasync(int fd) {
    int (*real)(int) = dlsym(RTLD_NEXT, "fdatasync");
    if (fails(fd, "fdatasync")) return errno = EIO, -1;
    return real(fd);
}

ssize_t write(int fd, const void *bytes, size_t count) {
    if (fails(fd, "write")) return errno = EIO, -1;
    return plain_write(fd, bytes, count);
}

ssize_t pwrite(int fd, const void *bytes, size_t count, off_t place) {
    ssize_t (*real)(int, const void *, size_t, off_t) = dlsym(RTLD_NEXT, "pwrite");
    if (fails(fd, "write")) return errno = EIO, -1;
    return real(fd, bytes, count, place);
}

ssize_t pwrite64(int fd, const void *bytes, size_t count, off64_t place) {
    ssize_t (*real)(int, const void *, size_t, off64_t) = dlsym(RTLD_NEXT, "pwrite64");
    if (fails(fd, "write")) return errno = EIO, -1;
    return real(fd, bytes, count, place);
}

int clock_gettime(clockid_t clock, struct timespec *now) {
    int (*real)(clockid_t, struct timespec *) = dlsym(RTLD_NEXT, "clock_gettime");
    int result = real(clock, now);
    const char *back = getenv("CLOCK_BACK");
    if (result == 0 && clock == CLOCK_REALTIME && back) now->tv_sec -= atol(back);
    return result;
}
