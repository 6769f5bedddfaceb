// Reads the clocks: src/store/files/clock.ts.
#include "front.h"

#include <string.h>
#include <time.h>

// The first number of /proc/uptime, seconds with two decimals, in milliseconds.
static bool milliseconds(const char *text, size_t length, int64_t *value) {
  int64_t whole = 0, scale = 1000;
  size_t at = 0;
  for (; at < length && text[at] >= '0' && text[at] <= '9'; at++) {
    if (at > 11) return false;
    whole = whole * 10 + (text[at] - '0');
  }
  if (at == 0) return false;
  *value = whole * 1000;
  if (at < length && text[at] == '.') {
    for (at++; at < length && text[at] >= '0' && text[at] <= '9' && scale > 1; at++) {
      scale /= 10;
      *value += (text[at] - '0') * scale;
    }
  }
  return true;
}

// Without a boot if the system reports none, as on macOS. False if the time can't be read.
bool read_time(struct time_reading *reading) {
  struct timespec now;
  if (clock_gettime(CLOCK_REALTIME, &now) != 0) return false;
  reading->now = (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
  reading->uptime = 0;
  reading->boot_id_length = 0;
#ifdef __linux__
  char id[largest_boot_id + 2], uptime[128];
  size_t id_length, uptime_length;
  if (!read_small_file("/proc/sys/kernel/random/boot_id", id, sizeof id, &id_length) ||
      !read_small_file("/proc/uptime", uptime, sizeof uptime, &uptime_length))
    return false;
  while (id_length > 0 && (unsigned char)id[id_length - 1] <= ' ') id_length--;
  if (id_length == 0 || id_length > largest_boot_id) return false;
  if (!milliseconds(uptime, uptime_length, &reading->uptime)) return false;
  memcpy(reading->boot_id, id, id_length);
  reading->boot_id_length = id_length;
#endif
  return true;
}
