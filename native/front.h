// The native front: answers a warm `get` and delegates everything else to the TypeScript program. docs/native-front.md
#ifndef FRONT_H
#define FRONT_H

#define _GNU_SOURCE
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
  largest_entry = 1024 * 1024,  // bytes of a token file, as in src/store/files/fast-files.ts
  largest_input = 4096,         // a pipe accepts this much without a reader
  largest_delegated_input = 1024 * 1024,
  largest_host = 253,
  largest_path = 4096,
  largest_boot_id = 64,
};

// A part of a text, which it does not own.
struct slice {
  const char *start;
  size_t length;
};

bool slice_is(struct slice text, const char *other, size_t length);

// Wall clock and uptime, in milliseconds. Without a boot if the system reports none.
struct time_reading {
  int64_t now;
  int64_t uptime;
  size_t boot_id_length;
  char boot_id[largest_boot_id];
};

// clock.c
bool read_time(struct time_reading *reading);

// The times of an entry: docs/token-file.md.
struct life {
  int64_t issued, fresh_until, expires, expires_by_aws, uptime;
  bool has_expires_by_aws, has_boot;
  struct slice boot_id;
};

// life.c
enum life_state { EXPIRED, USABLE, FRESH };
enum life_state life_state(const struct life *life, const struct time_reading *time);

// entry.c
struct answer {
  struct slice username, secret;  // JSON strings
};
enum verdict { DELEGATED, NO_LOGIN, ANSWERED };
enum verdict read_login(struct slice text, struct slice host, const struct time_reading *time,
                        struct answer *answer);
enum verdict read_token(struct slice text, struct slice host, const struct time_reading *time,
                        char *const *environment, struct answer *answer);

// files.c
enum file_state { ABSENT, UNUSABLE, READ };
enum file_state read_private_file(const char *path, char *buffer, size_t size, size_t *length);
bool read_small_file(const char *path, char *buffer, size_t size, size_t *length);
bool has_stamp(const char *path, struct slice stamp);
bool exists(const char *path);
bool belongs_to_other_user(const char *path);
bool write_whole(int file, const char *text, size_t length);

// environment.c
bool variable(char *const *environment, struct slice name, struct slice *value, bool *is_set);
bool has_fingerprint(char *const *environment, struct slice names, struct slice fingerprint);
void remove_runtime_variables(char **environment);

// utf8.c
bool is_utf8(const char *text);

// input.c
enum input_state { UNREADABLE, WHOLE, LONGER, TRUNCATED };
enum input_state read_input(char *buffer, size_t size, size_t *length);
bool restore_input(struct slice input, enum input_state state);

// get.c
bool get(struct slice host, char *const *environment, struct slice *answer);

// deadline.c: the time limit of a get
void begin_deadline(void);
void note_input(void);
// Before execve. True if stdin took long: the argument then says so.
bool delegate_deadline(char *argument, size_t size);

// resources.c: before delegate(). False if a limit of this process is too low; then the reason was printed.
bool raise_limits(void);

// delegate.c
int delegate(char **arguments, char **environment);

// sha256.c
enum { sha256_hex_length = 64 };
struct sha256 {
  uint32_t state[8];
  uint64_t length;
  unsigned char block[64];
};
void sha256_begin(struct sha256 *hash);
void sha256_add(struct sha256 *hash, const void *bytes, size_t length);
void sha256_end(struct sha256 *hash, char hex[sha256_hex_length]);

#endif
