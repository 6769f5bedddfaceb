// Reading files: src/store/files/libc-files.ts does the same.
#include "front.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#ifdef __APPLE__
#define st_mtim st_mtimespec
#define st_ctim st_ctimespec
#endif

bool slice_is(struct slice text, const char *other, size_t length) {
  return text.length == length && memcmp(text.start, other, length) == 0;
}

// A file that does not fit into the buffer with a byte to spare is not read.
static bool read_all(int file, char *buffer, size_t size, size_t *length) {
  *length = 0;
  while (*length < size) {
    ssize_t got = read(file, buffer + *length, size - *length);
    if (got == 0) return true;
    if (got > 0)
      *length += (size_t)got;
    else if (errno != EINTR)
      return false;
  }
  return false;
}

static int open_file(const char *path) {
  // Not blocking: a pipe in a file's place must not stop a build.
  return open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
}

enum file_state read_private_file(const char *path, char *buffer, size_t size, size_t *length) {
  int file = open_file(path);
  if (file < 0) return errno == ENOENT || errno == ENOTDIR ? ABSENT : UNUSABLE;
  struct stat found;
  bool is_read = fstat(file, &found) == 0 && S_ISREG(found.st_mode) && found.st_uid == geteuid() &&
                 (found.st_mode & 077) == 0 && read_all(file, buffer, size, length);
  close(file);
  return is_read ? READ : UNUSABLE;
}

bool read_small_file(const char *path, char *buffer, size_t size, size_t *length) {
  int file = open_file(path);
  if (file < 0) return false;
  bool is_read = read_all(file, buffer, size, length);
  close(file);
  return is_read;
}

// Appends a number and a byte after it to a stamp.
static char *append(char *to, uint64_t number, char after) {
  char digits[20];
  size_t count = 0;
  do
    digits[count++] = (char)('0' + number % 10);
  while ((number /= 10) > 0);
  while (count > 0) *to++ = digits[--count];
  *to++ = after;
  return to;
}

static bool nanoseconds(struct timespec time, uint64_t *value) {
  // Beyond these years 64 bits would not do.
  if (time.tv_sec < 0 || time.tv_sec >= INT64_C(18000000000)) return false;
  *value = (uint64_t)time.tv_sec * 1000000000u + (uint64_t)time.tv_nsec;
  return true;
}

bool has_stamp(const char *path, struct slice stamp) {
  struct stat found;
  uint64_t modified, changed;
  if (stat(path, &found) != 0) return slice_is(stamp, "absent", 6);
  if (!nanoseconds(found.st_mtim, &modified) || !nanoseconds(found.st_ctim, &changed)) return false;
  char text[4 * 21], *end = append(text, modified, '-');
  end = append(end, changed, '-');
  end = append(end, (uint64_t)found.st_size, '-');
  end = append(end, (uint64_t)found.st_ino, '\0');
  return slice_is(stamp, text, (size_t)(end - text) - 1);
}

bool exists(const char *path) {
  struct stat found;
  return stat(path, &found) == 0;
}

bool is_of_another_user(const char *path) {
  struct stat found;
  return stat(path, &found) == 0 && found.st_uid != geteuid();
}

bool write_whole(int file, const char *text, size_t length) {
  while (length > 0) {
    ssize_t written = write(file, text, length);
    if (written < 0 && errno == EAGAIN) {
      struct pollfd output = {.fd = file, .events = POLLOUT};
      if (poll(&output, 1, -1) < 0 && errno != EINTR) return false;
      continue;
    }
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return false;
    text += written, length -= (size_t)written;
  }
  return true;
}
