// Starts a program once, as Docker starts a helper: its input in a pipe, its output read to the end.
// Usage: start INPUT PROGRAM [ARG…]. Prints nanoseconds from the start to the end, peak resident KiB and
// the exit code on stderr. In C, because a process inherits the resident size of the program that starts it.
#include <fcntl.h>
#include <spawn.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

extern char **environ;

static long long now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return t.tv_sec * 1000000000LL + t.tv_nsec;
}

int main(int count, char **args) {
  int in[2], out[2], status;
  char buffer[65536];
  ssize_t length, total = 0;
  pid_t child;
  struct rusage used;
  posix_spawn_file_actions_t files;
  if (count < 3 || pipe(in) || pipe(out)) return 2;
  fcntl(in[1], F_SETFD, FD_CLOEXEC);
  fcntl(out[0], F_SETFD, FD_CLOEXEC);
  posix_spawn_file_actions_init(&files);
  posix_spawn_file_actions_adddup2(&files, in[0], 0);
  posix_spawn_file_actions_adddup2(&files, out[1], 1);
  posix_spawn_file_actions_addclose(&files, in[0]);
  posix_spawn_file_actions_addclose(&files, out[1]);
  if (write(in[1], args[1], strlen(args[1])) < 0) return 2;
  close(in[1]);
  long long began = now();
  if (posix_spawn(&child, args[2], &files, 0, args + 2, environ)) return 2;
  close(out[1]);
  while ((length = read(out[0], buffer, sizeof buffer)) > 0) {
    total += length;
    if (write(1, buffer, length) < 0) return 2;
  }
  wait4(child, &status, 0, &used);
  fprintf(stderr, "%lld %ld %d\n", now() - began, used.ru_maxrss, WEXITSTATUS(status));
  return 0;
}
