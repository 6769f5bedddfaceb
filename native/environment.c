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

typedef bool order(const char *one, const char *other);

static void sift_down(char **entries, size_t at, size_t count, order *is_before) {
  for (size_t child; (child = 2 * at + 1) < count; at = child) {
    if (child + 1 < count && is_before(entries[child], entries[child + 1])) child++;
    if (!is_before(entries[at], entries[child])) return;
    char *larger = entries[child];
    entries[child] = entries[at], entries[at] = larger;
  }
}

// Heapsort: in place, and never slower than n log n.
static void sort(char **entries, size_t count, order *is_before) {
  for (size_t i = count / 2; i > 0; i--) sift_down(entries, i - 1, count, is_before);
  for (size_t end = count; end > 1; end--) {
    char *largest = entries[0];
    entries[0] = entries[end - 1], entries[end - 1] = largest;
    sift_down(entries, 0, end - 1, is_before);
  }
}

// What "AWS_*" does not mean, since it chooses no principal: harmlessNames in src/token/variable-patterns.ts. With "=" a
// name, without it the beginning of one.
static const char *const harmless[] = {
    "AWS_CA_BUNDLE=",
    "AWS_CLI_",
    "AWS_DEFAULTS_MODE=",
    "AWS_DEFAULT_OUTPUT=",
    "AWS_DEFAULT_REGION=",
    "AWS_EXECUTION_ENV=",
    "AWS_MAX_ATTEMPTS=",
    "AWS_OUTPUT=",
    "AWS_PAGER=",
    "AWS_REGION=",
    "AWS_REQUEST_CHECKSUM_CALCULATION=",
    "AWS_RESPONSE_CHECKSUM_VALIDATION=",
    "AWS_RETRY_MODE=",
    "AWS_SDK_UA_APP_ID=",
    "AWS_STS_REGIONAL_ENDPOINTS=",
    "AWS_USE_DUALSTACK_ENDPOINT=",
    "AWS_USE_FIPS_ENDPOINT=",
    NULL};

// What "*" does not mean, since it differs in each shell or terminal: sessionNames there.
static const char *const session[] = {
    "_=",
    "ALACRITTY_",
    "ATUIN_",
    "BUN_",
    "COLORTERM=",
    "COLUMNS=",
    "DBUS_SESSION_BUS_ADDRESS=",
    "DESKTOP_SESSION=",
    "DESKTOP_STARTUP_ID=",
    "DISPLAY=",
    "DOCKER_CLI_PLUGIN_",
    "FNM_MULTISHELL_PATH=",
    "GNOME_TERMINAL_",
    "GPG_TTY=",
    "HIST",
    "INVOCATION_ID=",
    "ITERM_SESSION_ID=",
    "JOURNAL_STREAM=",
    "JSC_",
    "KITTY_",
    "KONSOLE_",
    "LANG=",
    "LANGUAGE=",
    "LC_",
    "LESS",
    "LINES=",
    "LISTEN_",
    "LS_COLORS=",
    "MAIL=",
    "MANAGERPID=",
    "MANAGERPIDFDID=",
    "MCFLY_SESSION_ID=",
    "MEMORY_PRESSURE_",
    "MIMALLOC_",
    "NAPI_RS_",
    "NODE_CHANNEL_",
    "NODE_COMPILE_CACHE",
    "NODE_DEBUG",
    "NODE_OPTIONS=",
    "NODE_REDIRECT_",
    "NODE_TLS_",
    "NOTIFY_SOCKET=",
    "OLDPWD=",
    "OTEL_",
    "PACKER_",
    "PAGER=",
    "PLUGIN_CLIENT_CERT=",
    "PLUGIN_MAX_PORT=",
    "PLUGIN_MIN_PORT=",
    "PLUGIN_PROTOCOL_VERSIONS=",
    "POSH_SESSION_ID=",
    "PROMPT_COMMAND=",
    "PS1=",
    "PWD=",
    "SESSION_MANAGER=",
    "SHELL_SESSION_ID=",
    "SHLVL=",
    "SSH_CLIENT=",
    "SSH_CONNECTION=",
    "SSH_TTY=",
    "STARSHIP_",
    "STY=",
    "SUDO_COMMAND=",
    "SYSTEMD_EXEC_PID=",
    "TERM=",
    "TERM_",
    "TMUX=",
    "TMUX_PANE=",
    "TRACEPARENT=",
    "TRACESTATE=",
    "TRIGGER_TIMER_",
    "TZ=",
    "TZDIR=",
    "VSCODE_",
    "VTE_VERSION=",
    "WATCHDOG_",
    "WAYLAND_DISPLAY=",
    "WEZTERM_",
    "WINDOW=",
    "WINDOWID=",
    "WSL_INTEROP=",
    "WT_SESSION=",
    "XAUTHORITY=",
    "XDG_ACTIVATION_TOKEN=",
    "XDG_SEAT=",
    "XDG_SESSION_",
    "XDG_VTNR=",
    "ZELLIJ_",
    NULL};

static bool begins_with_one(const char *entry, const char *const *starts) {
  for (; *starts != NULL; starts++)
    if (strncmp(entry, *starts, strlen(*starts)) == 0) return true;
  return false;
}

enum { most_matching = 1024 };

static bool is_less(const char *one, const char *other) { return strcmp(one, other) < 0; }

// Adds all variables whose name begins with a prefix, sorted. False if there are too many.
static bool add_matching(struct sha256 *hash, char *const *environment, struct slice prefix) {
  static char *matching[most_matching];
  size_t count = 0;
  static const char *const none[] = {NULL};
  const char *const *left_out = prefix.length == 0 ? session : slice_is(prefix, "AWS_", 4) ? harmless : none;
  for (; *environment != NULL; environment++) {
    char *entry = *environment;
    if (strncmp(entry, prefix.start, prefix.length) != 0 || strchr(entry, '=') == NULL) continue;
    if (begins_with_one(entry, left_out)) continue;
    if (count == most_matching) return false;
    matching[count++] = entry;
  }
  sort(matching, count, is_less);
  for (size_t i = 0; i < count; i++)
    if (i == 0 || strcmp(matching[i], matching[i - 1]) != 0) sha256_add(hash, matching[i], strlen(matching[i]) + 1);
  return true;
}

// Whether the variables have this fingerprint. The names are separated by spaces; there may be none. A name that ends
// with "*" means all variables that begin with it.
bool has_fingerprint(char *const *environment, struct slice names, struct slice fingerprint) {
  struct sha256 hash;
  sha256_begin(&hash);
  while (names.length > 0) {
    const char *space = memchr(names.start, ' ', names.length);
    struct slice value, name = {names.start, space == NULL ? names.length : (size_t)(space - names.start)};
    bool is_set;
    if (!is_name(name)) return false;
    sha256_add(&hash, name.start, name.length);
    if (name.start[name.length - 1] == '*') {
      sha256_add(&hash, "=", 2);
      if (!add_matching(&hash, environment, (struct slice){name.start, name.length - 1})) return false;
    } else {
      if (!variable(environment, name, &value, &is_set)) return false;
      if (is_set) sha256_add(&hash, "=", 1), sha256_add(&hash, value.start, value.length);
      sha256_add(&hash, "", 1);
    }
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

enum { searched_in_order = 128 };  // with more variables, comparing each with each would take seconds

// Whether an entry has the name of another one, which has a value.
static bool has_same_name(const char *entry, const char *other) {
  while (*entry == *other && *entry != '=' && *entry != 0) entry++, other++;
  return *entry == '=' && *other == '=';
}

// Whether one of the entries before `end` has the name of this one.
static bool is_among(char *const *entries, char *const *end, const char *entry) {
  for (; entries < end; entries++)
    if (has_same_name(*entries, entry)) return true;
  return false;
}

// The order by name. The kernel stores the texts in the order of the environment, so the first of a name comes first.
static bool is_before(const char *one, const char *other) {
  const unsigned char *a = (const unsigned char *)one, *b = (const unsigned char *)other;
  while (*a == *b && *a != '=' && *a != 0) a++, b++;
  int first = *a == '=' ? 0 : *a + 1, second = *b == '=' ? 0 : *b + 1;
  return first != second ? first < second : (uintptr_t)one < (uintptr_t)other;
}

// Of two variables with the same name the first stays, as for the AWS CLI and getenv(); Bun would use the last. The order
// of many variables changes, which no program notices once no name occurs twice.
void remove_runtime_variables(char **environment) {
  char **to = environment;
  for (char **from = environment; *from != NULL; from++)
    if (!is_runtime_variable(*from)) *to++ = *from;
  *to = NULL;
  size_t count = (size_t)(to - environment);
  bool is_sorted = count > searched_in_order;
  if (is_sorted) sort(environment, count, is_before);
  to = environment;
  for (char **from = environment; *from != NULL; from++) {
    char *entry = *from;
    bool is_first = to == environment || !has_same_name(to[-1], entry);
    if (is_sorted ? !is_first : is_among(environment, to, entry)) continue;
    *to++ = entry;
  }
  *to = NULL;
}
