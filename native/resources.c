// The limits of this process (setrlimit) that the TypeScript program can't start with: its runtime would crash, without a
// word about the reason. A limit is raised only if it is too low, and as far as this user may.
#include "front.h"

#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

static const struct need {
  int resource;
  rlim_t least, wanted;
  const char *what, *command;
} needs[] = {
    {RLIMIT_STACK, 256 << 10, 8 << 20, "too little stack", "ulimit -s 8192"},
    {RLIMIT_NOFILE, 10, 256, "too few open files", "ulimit -n 256"},
    {RLIMIT_DATA, 288 << 20, RLIM_INFINITY, "too little memory for data", "ulimit -d unlimited"},
#ifdef RLIMIT_AS
    {RLIMIT_AS, 384 << 20, RLIM_INFINITY, "too little address space", "ulimit -v unlimited"},
#endif
};

static bool is_enough(const struct need *need, struct rlimit *limit) {
  return getrlimit(need->resource, limit) != 0 || limit->rlim_cur >= need->least;
}

static bool raise_limit(const struct need *need) {
  struct rlimit limit;
  if (is_enough(need, &limit)) return true;
  struct rlimit raised = {need->wanted, limit.rlim_max < need->wanted ? need->wanted : limit.rlim_max};
  // Only root may raise the second one.
  if (setrlimit(need->resource, &raised) != 0) {
    raised.rlim_max = limit.rlim_max;
    raised.rlim_cur = limit.rlim_max < need->wanted ? limit.rlim_max : need->wanted;
    (void)setrlimit(need->resource, &raised);
  }
  return is_enough(need, &limit);
}

bool raise_limits(void) {
  for (size_t i = 0; i < sizeof needs / sizeof *needs; i++) {
    const struct need *need = &needs[i];
    if (raise_limit(need)) continue;
    char line[256];
    int length = snprintf(line, sizeof line,
                          "the limits of this process allow %s. Fix: run '%s' before the program that starts "
                          "this one, or raise the limit there. [PROCESS_LIMIT]\n",
                          need->what, need->command);
    if (length <= 0) return false;
    size_t shown = (size_t)length < sizeof line ? (size_t)length : sizeof line - 1;
    (void)write_whole(STDERR_FILENO, line, shown);
    (void)write_whole(STDOUT_FILENO, line, shown);
    return false;
  }
  return true;
}
