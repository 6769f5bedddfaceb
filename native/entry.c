// Reads the text of a token file and checks its conditions: docs/token-file.md. src/token/parse-entry.ts and
// src/store/tokens/warm-get.ts make the same decisions.
#include "front.h"

#include <string.h>

enum { checksum_line_length = 7 + sha256_hex_length + 1 };  // "sha256 ", digits, line end

// The remaining lines.
struct lines {
  const char *at, *end;
};

// Reads the next line if it has this name.
static bool take(struct lines *lines, const char *name, struct slice *value) {
  size_t length = strlen(name), left = (size_t)(lines->end - lines->at);
  if (left <= length || memcmp(lines->at, name, length) != 0 || lines->at[length] != ' ') return false;
  const char *start = lines->at + length + 1;
  const char *line_end = memchr(start, '\n', (size_t)(lines->end - start));
  if (line_end == NULL) return false;
  *value = (struct slice){start, (size_t)(line_end - start)};
  lines->at = line_end + 1;
  return true;
}

// Splits a value at its first space.
static bool halve(struct slice value, struct slice *before, struct slice *after) {
  const char *space = memchr(value.start, ' ', value.length);
  if (space == NULL) return false;
  *before = (struct slice){value.start, (size_t)(space - value.start)};
  *after = (struct slice){space + 1, value.length - before->length - 1};
  return true;
}

// At most 15 digits, so that no sum of a few numbers overflows; only the canonical form.
static bool integer(struct slice text, int64_t *value) {
  bool is_negative = text.length > 0 && text.start[0] == '-';
  if (is_negative) text.start++, text.length--;
  if (text.length == 0 || text.length > 15) return false;
  if (text.start[0] == '0' && (text.length > 1 || is_negative)) return false;
  *value = 0;
  for (size_t i = 0; i < text.length; i++) {
    if (text.start[i] < '0' || text.start[i] > '9') return false;
    *value = *value * 10 + (text.start[i] - '0');
  }
  if (is_negative) *value = -*value;
  return true;
}

static bool take_integer(struct lines *lines, const char *name, int64_t *value) {
  struct slice text;
  return take(lines, name, &text) && integer(text, value);
}

static bool is_hex(char digit) {
  return (digit >= '0' && digit <= '9') || (digit >= 'a' && digit <= 'f') || (digit >= 'A' && digit <= 'F');
}

// Whether a text is a JSON string in ASCII. Without escapes its text is its value.
static bool is_json_string(struct slice text, bool *has_escapes) {
  *has_escapes = false;
  if (text.length < 2 || text.start[0] != '"' || text.start[text.length - 1] != '"') return false;
  for (size_t i = 1; i < text.length - 1; i++) {
    unsigned char c = (unsigned char)text.start[i];
    if (c < 0x20 || c > 0x7e || c == '"') return false;
    if (c != '\\') continue;
    *has_escapes = true;
    c = (unsigned char)text.start[++i];
    if (i == text.length - 1) return false;
    if (c == 'u') {
      for (size_t digits = 0; digits < 4; digits++)
        if (++i == text.length - 1 || !is_hex(text.start[i])) return false;
    } else if (memchr("\"\\/bfnrt", c, 8) == NULL) {
      return false;
    }
  }
  return true;
}

// The lines of an entry of this kind. False if the checksum is wrong.
static bool lines_of(struct slice whole, const char *header, struct lines *lines) {
  size_t header_length = strlen(header);
  if (whole.length < header_length + checksum_line_length) return false;
  size_t length = whole.length - checksum_line_length;
  if (memcmp(whole.start, header, header_length) != 0) return false;
  struct sha256 hash;
  char line[checksum_line_length];
  memcpy(line, "sha256 ", 7);
  sha256_begin(&hash);
  sha256_add(&hash, whole.start, length);
  sha256_end(&hash, line + 7);
  line[checksum_line_length - 1] = '\n';
  if (memcmp(whole.start + length, line, sizeof line) != 0) return false;
  *lines = (struct lines){whole.start + header_length, whole.start + length};
  return true;
}

static bool take_life(struct lines *lines, struct life *life) {
  struct slice value, age;
  memset(life, 0, sizeof *life);
  if (!take_integer(lines, "issued", &life->issued) || !take_integer(lines, "fresh-until", &life->fresh_until) ||
      !take_integer(lines, "expires", &life->expires))
    return false;
  life->has_expires_by_aws = take(lines, "expires-by-aws", &value);
  if (life->has_expires_by_aws && !integer(value, &life->expires_by_aws)) return false;
  life->has_boot = take(lines, "boot", &value);
  return !life->has_boot || (halve(value, &age, &life->boot_id) && integer(age, &life->uptime) &&
                             life->boot_id.length > 0);
}

// Reads the last lines. `is_ready`: username and secret can be printed unchanged.
static bool take_answer(struct lines *lines, struct answer *answer, bool *is_ready) {
  bool escapes_in_username, escapes_in_secret = false;
  if (!take(lines, "username", &answer->username) || !is_json_string(answer->username, &escapes_in_username))
    return false;
  bool is_sealed = take(lines, "sealed", &answer->secret);
  if (!is_sealed && (!take(lines, "secret", &answer->secret) || !is_json_string(answer->secret, &escapes_in_secret)))
    return false;
  *is_ready = !is_sealed && !escapes_in_username && !escapes_in_secret;
  return lines->at == lines->end;
}

static int digit_of(char hex) { return hex <= '9' ? hex - '0' : (hex & 0xdf) - 'A' + 10; }

// Decodes the %XX of a path. False if the result is not a path, or if the text in the file is not ASCII.
static bool unescape(struct slice text, char path[largest_path]) {
  size_t length = 0;
  for (size_t i = 0; i < text.length; i++) {
    int c = (unsigned char)text.start[i];
    if (c > 0x7e || length >= largest_path - 1) return false;
    if (c == '%') {
      if (text.length - i < 3 || !is_hex(text.start[i + 1]) || !is_hex(text.start[i + 2])) return false;
      c = digit_of(text.start[i + 1]) << 4 | digit_of(text.start[i + 2]);
      i += 2;
    }
    if (c == 0) return false;
    path[length++] = (char)c;
  }
  path[length] = '\0';
  return length > 0 && is_utf8(path);
}

static bool files_are_unchanged(struct lines lines) {
  struct slice value, stamp, escaped;
  char path[largest_path];
  while (take(&lines, "file", &value))
    if (!halve(value, &stamp, &escaped) || !unescape(escaped, path) || !has_stamp(path, stamp)) return false;
  return true;
}

static bool is_this_boot(struct slice boot_id, const struct time_reading *time) {
  return time->boot_id_length > 0 && slice_is(boot_id, time->boot_id, time->boot_id_length);
}

enum verdict read_login(struct slice text, struct slice host, const struct time_reading *time, struct answer *answer) {
  struct lines lines;
  struct slice value;
  struct life life;
  int64_t logged_out;
  bool is_ready;
  if (lines_of(text, "docker-credential-ecr 2 logout\n", &lines)) {
    bool is_logout = take(&lines, "host", &value) && slice_is(value, host.start, host.length) &&
                     take_integer(&lines, "logged-out", &logged_out) && lines.at == lines.end;
    return is_logout ? NO_LOGIN : DELEGATED;
  }
  if (!lines_of(text, "docker-credential-ecr 2 login\n", &lines) || !take(&lines, "host", &value) ||
      !slice_is(value, host.start, host.length) || !take_life(&lines, &life) ||
      !take_answer(&lines, answer, &is_ready))
    return DELEGATED;
  if (life_state(&life, time) == EXPIRED) return NO_LOGIN;
  return is_ready ? ANSWERED : DELEGATED;
}

enum verdict read_token(struct slice text, struct slice host, const struct time_reading *time,
                        char *const *environment, struct answer *answer) {
  struct lines lines;
  struct slice value, fingerprint, names = {"", 0}, machine;
  struct life life;
  bool has_escapes, is_ready;
  if (!lines_of(text, "docker-credential-ecr 2 token\n", &lines) || !take(&lines, "host", &value) ||
      !slice_is(value, host.start, host.length) || !take(&lines, "identity", &value) ||
      !is_json_string(value, &has_escapes) || !take(&lines, "authorization", &value) || !take_life(&lines, &life) ||
      !take(&lines, "environment", &value))
    return DELEGATED;
  bool has_names = halve(value, &fingerprint, &names);
  if (!has_names) fingerprint = value;
  if (has_names && names.length == 0) return DELEGATED;
  struct lines files = lines;
  while (take(&lines, "file", &value)) continue;
  bool has_machine = take(&lines, "machine", &machine);
  if (!take_answer(&lines, answer, &is_ready) || !is_ready) return DELEGATED;
  bool holds = life_state(&life, time) == FRESH && (!has_machine || is_this_boot(machine, time)) &&
               has_fingerprint(environment, names, fingerprint) && files_are_unchanged(files);
  return holds ? ANSWERED : DELEGATED;
}
