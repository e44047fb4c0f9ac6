/* Writes down every change a program makes to files in one folder, in order, so that a test can stop the
   "disk" at any byte: preloaded with LD_PRELOAD, folder in POWERCUT_FOLDER, the account in POWERCUT_LOG.
   One entry: kind, time, path, second path (of a rename), offset, length, data; see power_cuts.py. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

static pthread_mutex_t order = PTHREAD_MUTEX_INITIALIZER;
static int account = -1;
static const char *folder;

#define REAL(type, name, ...) static type (*real)(__VA_ARGS__); if (!real) real = dlsym(RTLD_NEXT, name)

static ssize_t raw_write(int fd, const void *data, size_t size) {
  REAL(ssize_t, "write", int, const void *, size_t);
  return real(fd, data, size);
}

static int ready(void) {
  if (account >= 0) return 1;
  const char *log = getenv("POWERCUT_LOG");
  folder = getenv("POWERCUT_FOLDER");
  if (!log || !folder) return 0;
  account = open(log, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
  return account >= 0;
}

static int watched(const char *path) {
  return ready() && !strncmp(path, folder, strlen(folder)) && !strstr(path, "-shm");
}

static int path_of(int fd, char *path) {
  char link[64];
  snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
  ssize_t size = readlink(link, path, 4095);
  if (size < 0) return 0;
  path[size] = 0;
  return fd != account && watched(path);
}

static void tell(char kind, const char *path, const char *second, int64_t offset, const void *data, uint32_t size) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  double seconds = now.tv_sec + now.tv_nsec / 1e9;
  uint16_t first_size = strlen(path), second_size = strlen(second);
  uint32_t length = data ? size : 0;
  uint32_t all = 1 + 8 + 2 + 2 + 8 + 4 + first_size + second_size + length;
  char *entry = malloc(all), *at = entry;
  *at++ = kind;
  memcpy(at, &seconds, 8), at += 8;
  memcpy(at, &first_size, 2), at += 2;
  memcpy(at, &second_size, 2), at += 2;
  memcpy(at, &offset, 8), at += 8;
  memcpy(at, &length, 4), at += 4;
  memcpy(at, path, first_size), at += first_size;
  memcpy(at, second, second_size), at += second_size;
  if (length) memcpy(at, data, length);
  raw_write(account, entry, all);
  free(entry);
}

ssize_t write(int fd, const void *data, size_t size) {
  char path[4096];
  if (!ready() || !path_of(fd, path)) return raw_write(fd, data, size);
  pthread_mutex_lock(&order);
  struct stat about;
  fstat(fd, &about);
  int64_t offset = fcntl(fd, F_GETFL) & O_APPEND ? about.st_size : lseek(fd, 0, SEEK_CUR);
  ssize_t done = raw_write(fd, data, size);
  if (done > 0) tell('w', path, "", offset, data, done);
  pthread_mutex_unlock(&order);
  return done;
}

static ssize_t placed(const char *name, int fd, const void *data, size_t size, off64_t offset) {
  ssize_t (*real)(int, const void *, size_t, off64_t) = dlsym(RTLD_NEXT, name);
  char path[4096];
  if (!ready() || !path_of(fd, path)) return real(fd, data, size, offset);
  pthread_mutex_lock(&order);
  ssize_t done = real(fd, data, size, offset);
  if (done > 0) tell('w', path, "", offset, data, done);
  pthread_mutex_unlock(&order);
  return done;
}

ssize_t pwrite64(int fd, const void *data, size_t size, off64_t offset) { return placed("pwrite64", fd, data, size, offset); }
ssize_t pwrite(int fd, const void *data, size_t size, off_t offset) { return placed("pwrite", fd, data, size, offset); }

static int forced(const char *name, int fd) {
  int (*real)(int) = dlsym(RTLD_NEXT, name);
  char path[4096];
  if (!ready() || !path_of(fd, path)) return real(fd);
  int done = real(fd);
  pthread_mutex_lock(&order);
  if (!done) tell('s', path, "", 0, NULL, 0);
  pthread_mutex_unlock(&order);
  return done;
}

int fsync(int fd) { return forced("fsync", fd); }
int fdatasync(int fd) { return forced("fdatasync", fd); }

static int cut(const char *name, int fd, off64_t size) {
  int (*real)(int, off64_t) = dlsym(RTLD_NEXT, name);
  char path[4096];
  if (!ready() || !path_of(fd, path)) return real(fd, size);
  pthread_mutex_lock(&order);
  int done = real(fd, size);
  if (!done) tell('t', path, "", size, NULL, 0);
  pthread_mutex_unlock(&order);
  return done;
}

int ftruncate64(int fd, off64_t size) { return cut("ftruncate64", fd, size); }
int ftruncate(int fd, off_t size) { return cut("ftruncate", fd, size); }

int unlink(const char *path) {
  REAL(int, "unlink", const char *);
  pthread_mutex_lock(&order);
  int done = real(path);
  if (!done && watched(path)) tell('u', path, "", 0, NULL, 0);
  pthread_mutex_unlock(&order);
  return done;
}

int rename(const char *from, const char *to) {
  REAL(int, "rename", const char *, const char *);
  pthread_mutex_lock(&order);
  int done = real(from, to);
  if (!done && watched(to)) tell('r', from, to, 0, NULL, 0);
  pthread_mutex_unlock(&order);
  return done;
}
