// Delegates the call to the TypeScript program, which replaces this process.
#include "front.h"

#include <errno.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#ifdef __linux__
#include <sys/auxv.h>
#endif
#ifdef __APPLE__
#include <mach-o/dyld.h>
#endif

static const char below_prefix[] = "/lib/docker-credential-ecr/docker-credential-ecr";

// The path of this program without links.
static bool own_path(char path[PATH_MAX]) {
#ifdef __APPLE__
  char given[PATH_MAX];
  uint32_t size = sizeof given;
  return _NSGetExecutablePath(given, &size) == 0 && realpath(given, path) != NULL;
#else
  ssize_t length = readlink("/proc/self/exe", path, PATH_MAX - 1);
  if (length > 0 && length < PATH_MAX - 1) {
    path[length] = '\0';
    return path[0] == '/';
  }
  // Without /proc: the path that was passed to the kernel.
  unsigned long given = getauxval(AT_EXECFN);
  return given != 0 && realpath((const char *)given, path) != NULL;
#endif
}

// PREFIX/bin/NAME to PREFIX/lib/...
static bool program_path(char path[PATH_MAX + sizeof below_prefix]) {
  if (!own_path(path)) return false;
  for (int steps = 0; steps < 2; steps++) {
    char *slash = strrchr(path, '/');
    if (slash == NULL) return false;
    *slash = '\0';
  }
  memcpy(path + strlen(path), below_prefix, sizeof below_prefix);
  return true;
}

// Clients show stdout, users see stderr.
static int fail(const char *what, const char *path, const char *why, const char *fix) {
  char line[PATH_MAX + 512];
  int length = snprintf(line, sizeof line, "docker-credential-ecr: %s%s (%s). Fix: %s\n", what, path, why, fix);
  if (length < 0) return 1;
  size_t shown = (size_t)length < sizeof line ? (size_t)length : sizeof line - 1;
  size_t name = strlen("docker-credential-ecr: ");
  (void)write_whole(STDERR_FILENO, line, shown);
  (void)write_whole(STDOUT_FILENO, line + name, shown - name);
  return 1;
}

// A caller may ignore or block the signal of a child that ends: the runtime would then lose the exit of its children. A
// signal that the caller ignores otherwise, as nohup does, stays ignored.
static void reset_signals(void) {
  sigset_t none;
  sigemptyset(&none);
  (void)signal(SIGCHLD, SIG_DFL);
  (void)sigprocmask(SIG_SETMASK, &none, NULL);
}

int delegate(char **arguments, char **environment) {
  char path[PATH_MAX + sizeof below_prefix];
  if (!program_path(path)) {
    return fail("the path of this program can't be determined", "", strerror(errno),
                "mount /proc, or start the program by its full path. [PROGRAM_MISSING]");
  }
  remove_runtime_variables(environment);
  reset_signals();
  execve(path, arguments, environment);
  return fail("can't start the other part of this program, ", path, strerror(errno),
              "install the program again, with ./install.sh [PROGRAM_MISSING]");
}
