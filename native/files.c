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

// Fails if the file does not fit into the buffer with a byte to spare.
static bool read_all(int file, char *buffer, size_t size, size_t *length) {
  *length = 0;
  while (*length < size) {
    ssize_t count = read(file, buffer + *length, size - *length);
    if (count == 0) return true;
    if (count > 0)
      *length += (size_t)count;
    else if (errno != EINTR)
      return false;
  }
  return false;
}

static int open_file(const char *path) {
  // Non-blocking: a pipe instead of the file must not stop a build.
  return open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
}

enum file_state read_private_file(const char *path, char *buffer, size_t size, size_t *length) {
  int file = open_file(path);
  if (file < 0) return errno == ENOENT || errno == ENOTDIR ? ABSENT : UNUSABLE;
  struct stat stats;
  bool is_read = fstat(file, &stats) == 0 && S_ISREG(stats.st_mode) && stats.st_uid == geteuid() &&
                 (stats.st_mode & 077) == 0 && read_all(file, buffer, size, length);
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
  // 64 bits are not sufficient beyond these years.
  if (time.tv_sec < 0 || time.tv_sec >= INT64_C(18000000000)) return false;
  *value = (uint64_t)time.tv_sec * 1000000000u + (uint64_t)time.tv_nsec;
  return true;
}

bool has_stamp(const char *path, struct slice stamp) {
  struct stat stats;
  uint64_t modified, changed;
  if (stat(path, &stats) != 0) return slice_is(stamp, "absent", 6);
  if (!nanoseconds(stats.st_mtim, &modified) || !nanoseconds(stats.st_ctim, &changed)) return false;
  char text[4 * 21], *end = append(text, modified, '-');
  end = append(end, changed, '-');
  end = append(end, (uint64_t)stats.st_size, '-');
  end = append(end, (uint64_t)stats.st_ino, '\0');
  return slice_is(stamp, text, (size_t)(end - text) - 1);
}

// Also true if it is unknown, because a folder is closed to this user.
bool exists(const char *path) {
  struct stat stats;
  return stat(path, &stats) == 0 || (errno != ENOENT && errno != ENOTDIR);
}

bool belongs_to_other_user(const char *path) {
  struct stat stats;
  return stat(path, &stats) == 0 && stats.st_uid != geteuid();
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
