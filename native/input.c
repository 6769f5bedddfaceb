// Reads stdin, and restores it for the TypeScript program.
#include "front.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

// Like read(), but waits if stdin is non-blocking.
static ssize_t read_some(char *buffer, size_t size) {
  for (;;) {
    ssize_t count = read(STDIN_FILENO, buffer, size);
    if (count >= 0 || (errno != EINTR && errno != EAGAIN)) return count;
    struct pollfd input = {.fd = STDIN_FILENO, .events = POLLIN};
    if (errno == EAGAIN && poll(&input, 1, -1) < 0 && errno != EINTR) return -1;
  }
}

enum input_state read_input(char *buffer, size_t size, size_t *length) {
  *length = 0;
  while (*length < size) {
    ssize_t count = read_some(buffer + *length, size - *length);
    if (count < 0) return *length == 0 ? UNREADABLE : TRUNCATED;
    if (count == 0) return WHOLE;
    *length += (size_t)count;
  }
  return LONGER;
}

// A file without a name, in memory if the system supports it.
static int unnamed_file(void) {
  int file = -1;
#ifdef MFD_CLOEXEC
  file = memfd_create("stdin", 0);
  if (file >= 0) return file;
#endif
  char name[] = "/tmp/docker-credential-ecr.XXXXXX";
  file = mkstemp(name);
  if (file >= 0) unlink(name);
  return file;
}

// A short input fits into a pipe. A longer one, with its rest, is written to a file without a name.
bool restore_input(struct slice input, enum input_state state) {
  if (state == TRUNCATED) return false;
  if (state == WHOLE) {
    int ends[2];
    if (pipe(ends) != 0) return false;
    bool is_done = write_whole(ends[1], input.start, input.length) && dup2(ends[0], STDIN_FILENO) >= 0;
    close(ends[0]);
    close(ends[1]);
    return is_done;
  }
  int file = unnamed_file();
  if (file < 0) return false;
  bool is_done = write_whole(file, input.start, input.length);
  char part[16384];
  for (size_t length = input.length; is_done && length <= largest_delegated_input;) {
    ssize_t count = read_some(part, sizeof part);
    if (count == 0) break;
    is_done = count > 0 && write_whole(file, part, (size_t)count);
    if (is_done) length += (size_t)count;
  }
  is_done = is_done && lseek(file, 0, SEEK_SET) == 0 && dup2(file, STDIN_FILENO) >= 0;
  close(file);
  return is_done;
}
