// The environment: variables that an identity depends on, and variables that a runtime reads.
#include "front.h"

#include <string.h>

// False if a variable is set twice: programs differ in which of the two they use.
bool variable(char *const *environment, struct slice name, struct slice *value, bool *is_set) {
  *is_set = false;
  for (; *environment != NULL; environment++) {
    const char *entry = *environment;
    if (strncmp(entry, name.start, name.length) != 0 || entry[name.length] != '=') continue;
    if (*is_set) return false;
    *is_set = true;
    value->start = entry + name.length + 1;
    value->length = strlen(value->start);
  }
  return true;
}

// Printable ASCII, like all names that a token depends on.
static bool is_name(struct slice text) {
  for (size_t i = 0; i < text.length; i++)
    if (text.start[i] <= ' ' || text.start[i] > '~' || text.start[i] == '=') return false;
  return text.length > 0;
}

// Whether the variables have this fingerprint. The names are separated by spaces; there may be none.
bool has_fingerprint(char *const *environment, struct slice names, struct slice fingerprint) {
  struct sha256 hash;
  sha256_begin(&hash);
  while (names.length > 0) {
    const char *space = memchr(names.start, ' ', names.length);
    struct slice value, name = {names.start, space == NULL ? names.length : (size_t)(space - names.start)};
    bool is_set;
    if (!is_name(name) || !variable(environment, name, &value, &is_set)) return false;
    sha256_add(&hash, name.start, name.length);
    if (is_set) sha256_add(&hash, "=", 1), sha256_add(&hash, value.start, value.length);
    sha256_add(&hash, "", 1);
    if (space == NULL) break;
    names.length -= name.length + 1, names.start = space + 1;
    if (names.length == 0) return false;
  }
  char hex[sha256_hex_length];
  sha256_end(&hash, hex);
  return slice_is(fingerprint, hex, sizeof hex);
}

// A TZ that names a file instead of a time zone. The runtime opens it when it starts: a pipe would hang it.
static bool is_zone_file(const char *entry) {
  if (strncmp(entry, "TZ=", 3) != 0) return false;
  const char *zone = entry + 3;
  return *zone == ':' || *zone == '/' || strstr(zone, "..") != NULL;
}

// Variables that Bun, JavaScriptCore or a library in them reads, and those of Node that Bun reads: docs/security.md.
static bool is_runtime_variable(const char *entry) {
  static const char *const prefixes[] = {"BUN_",           "JSC_",          "MIMALLOC_", "NAPI_RS_",
                                         "NODE_CHANNEL_",  "NODE_OPTIONS=", "NODE_TLS_", "NODE_COMPILE_CACHE",
                                         "NODE_REDIRECT_", "NODE_DEBUG",    "TZDIR="};
  for (size_t i = 0; i < sizeof prefixes / sizeof *prefixes; i++)
    if (strncmp(entry, prefixes[i], strlen(prefixes[i])) == 0) return true;
  return is_zone_file(entry);
}

// Whether a previous entry has the same name.
static bool is_repeated(char *const *environment, char *const *entry) {
  const char *equals = strchr(*entry, '=');
  if (equals == NULL) return false;
  size_t length = (size_t)(equals - *entry) + 1;
  for (; environment < entry; environment++)
    if (strncmp(*environment, *entry, length) == 0) return true;
  return false;
}

// Of two variables with the same name the first stays, as for the AWS CLI and getenv(); Bun would use the last.
void remove_runtime_variables(char **environment) {
  char **to = environment;
  for (char **from = environment; *from != NULL; from++) {
    char *entry = *from;
    *to = entry;
    if (!is_runtime_variable(entry) && !is_repeated(environment, to)) to++;
  }
  *to = NULL;
}
