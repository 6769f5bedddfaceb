// Docker's `get` from stored tokens: src/protocol/serve.ts and src/store/tokens/warm-get.ts make the same decisions.
#include "front.h"

#include <string.h>
#include <unistd.h>

static char entry[largest_entry + 1], output[largest_entry + 512];

// A text buffer. A text that is too long is truncated and not used.
struct text {
  char *start;
  size_t length, size;
  bool is_whole;
};

static void append(struct text *text, const char *bytes, size_t length) {
  text->is_whole = text->is_whole && length < text->size - text->length;
  if (!text->is_whole) return;
  memcpy(text->start + text->length, bytes, length);
  text->length += length;
  text->start[text->length] = '\0';
}

static void append_string(struct text *text, const char *string) { append(text, string, strlen(string)); }

// Removes slashes at the end of a path. False if it is not absolute, which counts as unset.
static bool absolute(struct slice *path) {
  if (path->length == 0 || path->start[0] != '/') return false;
  while (path->length > 0 && path->start[path->length - 1] == '/') path->length--;
  return true;
}

// The state folder: src/config/folders.ts. False if it depends on more than two variables.
static bool append_state_folder(struct text *path, char *const *environment) {
  struct slice folder;
  bool is_set;
  if (!variable(environment, (struct slice){"XDG_STATE_HOME", 14}, &folder, &is_set)) return false;
  if (is_set && absolute(&folder)) {
    append(path, folder.start, folder.length);
  } else {
    if (!variable(environment, (struct slice){"HOME", 4}, &folder, &is_set) || !is_set || !absolute(&folder)) return false;
    bool is_root = geteuid() == 0;
    // The root folder is the HOME of a user without an account, who has another state folder.
    if (folder.length == 0 && !is_root) return false;
    append(path, folder.start, folder.length);
    // Root in another user's HOME has its state folder in root's own.
    if (is_root && folder.length > 0 && (!path->is_whole || belongs_to_other_user(path->start))) return false;
    append_string(path, "/.local/state");
  }
  append_string(path, "/docker-credential-ecr");
  return path->is_whole;
}

// Whether a text is only a lower-case host name, so that it is safe in a path and in JSON.
static bool is_plain_host(struct slice text) {
  if (text.length == 0 || text.length > largest_host) return false;
  for (size_t i = 0; i < text.length; i++) {
    char c = text.start[i];
    bool is_inner = i > 0 && i < text.length - 1;
    if (!((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || (is_inner && (c == '-' || c == '.')))) return false;
  }
  return true;
}

static const char *path_of(struct text *path, size_t folder_length, const char *folder, struct slice host,
                           const char *suffix) {
  path->length = folder_length;
  append_string(path, folder);
  append(path, host.start, host.length);
  append_string(path, suffix);
  return path->is_whole ? path->start : NULL;
}

// The answer for a host on stdin, with a line end. False if the TypeScript program must decide.
bool get(struct slice host, char *const *environment, struct slice *answer) {
  char buffer[largest_path];
  struct text path = {buffer, 0, sizeof buffer, true};
  struct slice content = {entry, 0};
  struct answer cached;
  struct time_reading time;
  if (host.length > 0 && host.start[host.length - 1] == '\n') host.length--;
  if (!is_plain_host(host) || !append_state_folder(&path, environment) || !read_time(&time)) return false;

  size_t folder_length = path.length;
  enum verdict verdict = NO_LOGIN;
  const char *login = path_of(&path, folder_length, "/logins/", host, ".entry");
  if (login == NULL) return false;
  enum file_state state = read_private_file(login, entry, sizeof entry, &content.length);
  if (state == READ) {
    verdict = read_login(content, host, &time, &cached);
  } else {
    if (state == UNUSABLE && exists(login)) return false;
    const char *previous = path_of(&path, folder_length, "/logins/", host, ".json");
    if (previous == NULL || exists(previous)) return false;
  }
  if (verdict == NO_LOGIN) {
    const char *token = path_of(&path, folder_length, "/tokens/", host, ".entry");
    if (token == NULL || read_private_file(token, entry, sizeof entry, &content.length) != READ) return false;
    verdict = read_token(content, host, &time, environment, &cached);
  }
  if (verdict != ANSWERED) return false;

  struct text text = {output, 0, sizeof output, true};
  append_string(&text, "{\"ServerURL\":\"");
  append(&text, host.start, host.length);
  append_string(&text, "\",\"Username\":");
  append(&text, cached.username.start, cached.username.length);
  append_string(&text, ",\"Secret\":");
  append(&text, cached.secret.start, cached.secret.length);
  append_string(&text, "}\n");
  *answer = (struct slice){output, text.length};
  return text.is_whole;
}
