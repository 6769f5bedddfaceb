// A get ends within 20 seconds of its start. The TypeScript program gets the time that stdin took as an argument, and a
// timer that ends it if it can't end itself, for example in a read from a disk that hangs. The front's own read from such
// a disk (NFS, FUSE) is interrupted by no handler, so a second timer then ends the front.
#include "front.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>
#ifdef __linux__
#include <sys/syscall.h>
#endif

enum { answer_limit = 19000, whole_limit = 20000, reported_from = 1000 };  // milliseconds since the start

static int64_t began;
static volatile sig_atomic_t has_input;
static bool has_callers_alarm;

static int64_t monotonic_time(void) {
  struct timespec now;
  if (clock_gettime(CLOCK_MONOTONIC, &now) != 0) return 0;
  return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static void set_timer(int64_t milliseconds) {
  struct itimerval timer = {.it_value = {.tv_sec = (time_t)(milliseconds / 1000),
                                         .tv_usec = (suseconds_t)(milliseconds % 1000 * 1000)}};
  (void)setitimer(ITIMER_REAL, &timer, NULL);
}

static void on_timeout(int signal_number) {
  (void)signal_number;
  const char *what =
      has_input ? "no answer within 19 s. Fix: check whether the disk of the state folder hangs. [GET_TIMEOUT]\n"
                : "stdin did not end within 19 s. Fix: close it after the registry's host name. [STDIN_READ]\n";
  // The next signal ends the process, if stderr or stdout is a pipe that is full.
  set_timer(whole_limit - answer_limit);
  (void)write_whole(STDERR_FILENO, what, strlen(what));
  (void)write_whole(STDOUT_FILENO, what, strlen(what));
  _exit(1);
}

// Without a message: a process that a disk holds can print none. The timer ends with execve. Called by number, since the
// function is in a library of its own in older versions of glibc. macOS has no such timers.
static void set_last_timer(void) {
#ifdef __linux__
  struct {
    long interval[2], value[2];  // seconds, nanoseconds
  } limit = {{0, 0}, {whole_limit / 1000, 0}};
  struct sigevent event = {.sigev_notify = SIGEV_SIGNAL, .sigev_signo = SIGKILL};
  int timer;
  if (syscall(SYS_timer_create, CLOCK_MONOTONIC, &event, &timer) == 0)
    (void)syscall(SYS_timer_settime, timer, 0, &limit, NULL);
#endif
}

// Whether the caller has set a shorter limit, as alarm() before exec does.
static bool is_alarm_set(void) {
  struct itimerval timer;
  struct sigaction action;
  return getitimer(ITIMER_REAL, &timer) == 0 && (timer.it_value.tv_sec > 0 || timer.it_value.tv_usec > 0) &&
         timer.it_value.tv_sec < answer_limit / 1000 && sigaction(SIGALRM, NULL, &action) == 0 &&
         action.sa_handler == SIG_DFL;
}

void begin_deadline(void) {
  began = monotonic_time();
  set_last_timer();
  has_callers_alarm = is_alarm_set();
  struct sigaction action = {.sa_handler = on_timeout, .sa_flags = SA_RESETHAND | SA_NODEFER};
  if (!has_callers_alarm) sigaction(SIGALRM, &action, NULL);
  sigset_t timer_signal;
  sigemptyset(&timer_signal);
  sigaddset(&timer_signal, SIGALRM);
  sigprocmask(SIG_UNBLOCK, &timer_signal, NULL);
  if (!has_callers_alarm) set_timer(answer_limit);
  // Without it, a limit of the size of files ends this process without a message.
  (void)signal(SIGXFSZ, SIG_IGN);
}

void note_input(void) { has_input = 1; }

// The timer outlives execve, and its signal then ends the program: no handler does.
bool delegate_deadline(char *argument, size_t size) {
  int64_t waited = monotonic_time() - began;
  if (!has_callers_alarm) set_timer(waited < whole_limit - 100 ? whole_limit - waited : 100);
  if (waited < reported_from) return false;
  int length = snprintf(argument, size, "--waited=%lld", (long long)waited);
  return length > 0 && (size_t)length < size;
}
