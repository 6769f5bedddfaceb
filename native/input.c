// Stdin: reads it, and gives it back for the TypeScript program to read.
#include "front.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

// As read(), waiting where stdin does not.
static ssize_t read_some(char *buffer, size_t size) {
  for (;;) {
    ssize_t got = read(STDIN_FILENO, buffer, size);
    if (got >= 0 || (errno != EINTR && errno != EAGAIN)) return got;
    struct pollfd input = {.fd = STDIN_FILENO, .events = POLLIN};
    if (errno == EAGAIN && poll(&input, 1, -1) < 0 && errno != EINTR) return -1;
  }
}

enum input_state read_input(char *buffer, size_t size, size_t *length) {
  *length = 0;
  while (*length < size) {
    ssize_t got = read_some(buffer + *length, size - *length);
    if (got < 0) return *length == 0 ? UNREADABLE : CUT_OFF;
    if (got == 0) return WHOLE;
    *length += (size_t)got;
  }
  return LONGER;
}

// A file without a name, in memory where the system can.
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

// A pipe takes that much at once. What is longer, and its rest, goes through a file without a name.
bool put_back_input(struct slice input, enum input_state state) {
  if (state == CUT_OFF) return false;
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
  for (size_t length = input.length; is_done && length <= largest_handed_over;) {
    ssize_t got = read_some(part, sizeof part);
    if (got == 0) break;
    is_done = got > 0 && write_whole(file, part, (size_t)got);
    if (is_done) length += (size_t)got;
  }
  is_done = is_done && lseek(file, 0, SEEK_SET) == 0 && dup2(file, STDIN_FILENO) >= 0;
  close(file);
  return is_done;
}
