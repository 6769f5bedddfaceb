// The program that clients start. It answers a `get` from stored tokens and delegates everything else to the TypeScript
// program.
#include "front.h"

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

extern char **environ;

enum { longest_wait = 19 };  // seconds for stdin: a get ends within 20

static void on_timeout(int signal_number) {
  (void)signal_number;
  static const char what[] =
      "stdin did not end within 19 s. Fix: close it after the registry's host name. [STDIN_READ]\n";
  (void)write_whole(STDOUT_FILENO, what, sizeof what - 1);
  (void)write_whole(STDERR_FILENO, what, sizeof what - 1);
  _exit(1);
}

// A pending alarm would also end the TypeScript program.
static void limit_wait(unsigned int seconds) {
  struct sigaction action = {.sa_handler = on_timeout};
  sigaction(SIGALRM, &action, NULL);
  alarm(seconds);
}

int main(int count, char **arguments) {
  if (count == 2 && strcmp(arguments[1], "get") == 0) {
    static char input[largest_input];
    struct slice read_so_far = {input, 0}, answer;
    limit_wait(longest_wait);
    enum input_state state = read_input(input, sizeof input, &read_so_far.length);
    if (state == WHOLE) alarm(0);
    if (state == WHOLE && get(read_so_far, environ, &answer)) {
      if (write_whole(STDOUT_FILENO, answer.start, answer.length)) return 0;
      const char *what = "docker-credential-ecr: the answer can't be written to stdout. Fix: check the disk or program "
                         "that stdout goes to. [STDOUT_WRITE]\n";
      (void)write_whole(STDERR_FILENO, what, strlen(what));
      return 1;
    }
    if (state != UNREADABLE && !restore_input(read_so_far, state)) {
      const char *what = "stdin can't be read to its end. Fix: check the program that writes it, and /tmp [STDIN_READ]\n";
      (void)write_whole(STDOUT_FILENO, what, strlen(what));
      (void)write_whole(STDERR_FILENO, what, strlen(what));
      return 1;
    }
    alarm(0);
  }
  return delegate(arguments, environ);
}
