// The program that clients start. A `get` whose answer is stored is printed; all else goes to the TypeScript program.
#include "front.h"

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

extern char **environ;

enum { longest_wait = 19 };  // seconds for stdin: a get ends within 20

static void end_late(int signal_number) {
  (void)signal_number;
  static const char what[] =
      "stdin did not end within 19 s. Fix: close it after the registry's host name. [STDIN_READ]\n";
  (void)write_whole(STDOUT_FILENO, what, sizeof what - 1);
  (void)write_whole(STDERR_FILENO, what, sizeof what - 1);
  _exit(1);
}

// An alarm that is not called off would end the TypeScript program too.
static void limit_wait(unsigned int seconds) {
  struct sigaction action = {.sa_handler = end_late};
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
      const char *what = "docker-credential-ecr: the answer can't be written to stdout. Fix: see the disk or program "
                         "that it goes to. [STDOUT_WRITE]\n";
      (void)write_whole(STDERR_FILENO, what, strlen(what));
      return 1;
    }
    if (state != UNREADABLE && !put_back_input(read_so_far, state)) {
      const char *what = "stdin can't be read to its end. Fix: see the program that writes it, and /tmp [STDIN_READ]\n";
      (void)write_whole(STDOUT_FILENO, what, strlen(what));
      (void)write_whole(STDERR_FILENO, what, strlen(what));
      return 1;
    }
    alarm(0);
  }
  return delegate(arguments, environ);
}
