// The program that clients start. It answers a `get` from stored tokens and delegates everything else to the TypeScript
// program.
#include "front.h"

#include <signal.h>
#include <string.h>
#include <unistd.h>

extern char **environ;

int main(int count, char **arguments) {
  if (count == 2 && strcmp(arguments[1], "get") == 0) {
    static char input[largest_input];
    struct slice read_so_far = {input, 0}, answer;
    begin_deadline();
    enum input_state state = read_input(input, sizeof input, &read_so_far.length);
    if (state == WHOLE) note_input();
    if (state == WHOLE && get(read_so_far, environ, &answer)) {
      // Only here: a program that execve starts would inherit it.
      (void)signal(SIGPIPE, SIG_IGN);
      if (write_whole(STDOUT_FILENO, answer.start, answer.length)) return 0;
      const char *what = "docker-credential-ecr: the answer can't be written to stdout. Fix: check the disk or program "
                         "that stdout goes to. [STDOUT_WRITE]\n";
      (void)write_whole(STDERR_FILENO, what, strlen(what));
      return 1;
    }
    if (!raise_limits()) return 1;
    if (state != UNREADABLE && !restore_input(read_so_far, state)) {
      const char *what = "stdin can't be read to its end. Fix: check the program that writes it, and /tmp [STDIN_READ]\n";
      (void)write_whole(STDOUT_FILENO, what, strlen(what));
      (void)write_whole(STDERR_FILENO, what, strlen(what));
      return 1;
    }
    char waited[64];
    char *with_time[] = {arguments[0], arguments[1], waited, NULL};
    return delegate(delegate_deadline(waited, sizeof waited) ? with_time : arguments, environ);
  }
  return raise_limits() ? delegate(arguments, environ) : 1;
}
