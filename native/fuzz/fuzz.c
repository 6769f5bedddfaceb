// libFuzzer's harness: docs/native-front.md. The first byte of an input chooses what is fuzzed.
#include "../front.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerInitialize(int *count, char ***arguments);

static const char host[] = "111122223333.dkr.ecr.us-east-1.amazonaws.com";
static char folder[] = "/tmp/ecr-fuzz-XXXXXX";
static char path_of_token[256], path_of_login[256], home[128];

static void remove_all(void) {
  char command[256];
  snprintf(command, sizeof command, "rm -rf -- '%s'", folder);
  if (system(command) != 0) abort();
}

int LLVMFuzzerInitialize(int *count, char ***arguments) {
  (void)count, (void)arguments;
  char command[512];
  if (mkdtemp(folder) == NULL) abort();
  snprintf(command, sizeof command, "mkdir -p '%s/docker-credential-ecr/tokens' '%s/docker-credential-ecr/logins'", folder,
           folder);
  if (system(command) != 0) abort();
  snprintf(path_of_token, sizeof path_of_token, "%s/docker-credential-ecr/tokens/%s.entry", folder, host);
  snprintf(path_of_login, sizeof path_of_login, "%s/docker-credential-ecr/logins/%s.entry", folder, host);
  snprintf(home, sizeof home, "XDG_STATE_HOME=%s", folder);
  atexit(remove_all);
  return 0;
}

// Writes a file with this text, and with a valid checksum if its lines are to be read.
static void write_file(const char *path, const uint8_t *data, size_t size, bool is_valid) {
  int file = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);
  if (file < 0 || !write_whole(file, (const char *)data, size)) abort();
  if (is_valid) {
    struct sha256 hash;
    char hex[sha256_hex_length];
    sha256_begin(&hash);
    sha256_add(&hash, data, size);
    sha256_end(&hash, hex);
    if (!write_whole(file, "sha256 ", 7) || !write_whole(file, hex, sizeof hex) || !write_whole(file, "\n", 1)) abort();
  }
  close(file);
}

// Checks an answer: a line of JSON with printable characters only.
static void check(struct slice answer) {
  if (answer.length < 2 || answer.start[answer.length - 1] != '\n' || answer.start[0] != '{') abort();
  for (size_t i = 0; i < answer.length - 1; i++)
    if (answer.start[i] < ' ' || answer.start[i] > '~') abort();
}

// Splits an environment: texts that each end with a zero byte.
static size_t split(char *text, size_t size, char **parts, size_t most) {
  size_t count = 0;
  for (size_t at = 0; at < size && count < most; at += strlen(text + at) + 1) parts[count++] = text + at;
  return count;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  if (size < 1) return 0;
  uint8_t kind = data[0];
  char *text = malloc(size);
  if (text == NULL) abort();
  memcpy(text, data + 1, size - 1);
  text[size - 1] = '\0';
  char *environment[40] = {home};
  struct slice input = {host, sizeof host - 1}, answer;
  unlink(path_of_token);
  unlink(path_of_login);
  switch (kind % 4) {
    case 0:
      write_file(path_of_token, data + 1, size - 1, (kind & 4) == 0);
      break;
    case 1:
      write_file(path_of_login, data + 1, size - 1, (kind & 4) == 0);
      break;
    case 2:
      input = (struct slice){text, size - 1};
      break;
    default: {
      // With or without XDG_STATE_HOME; a valid token depends on some of these names.
      size_t count = split(text, size, environment + (kind & 4 ? 1 : 0), 32);
      environment[count + (kind & 4 ? 1 : 0)] = NULL;
      struct slice names = {"A B AWS_PROFILE", 15}, none = {"", 0};
      (void)has_fingerprint(environment, names, none);
      (void)get(input, environment, &answer);
      remove_runtime_variables(environment);
      break;
    }
  }
  if (get(input, environment, &answer)) check(answer);
  free(text);
  return 0;
}
