// The lifetime of a token: the same decisions as in src/token/life.ts, which has the reasons.
#include "front.h"

#include <string.h>

static const int64_t longest_life = 12 * 3600000;
static const int64_t set_back_tolerance = 2 * 60000;

static int64_t larger(int64_t one, int64_t other) { return one > other ? one : other; }
static int64_t smaller(int64_t one, int64_t other) { return one < other ? one : other; }

enum life_state life_state(const struct life *life, const struct time_reading *time) {
  bool boot_is_known = time->boot_id_length > 0;
  bool is_same_boot =
      boot_is_known && life->has_boot && slice_is(life->boot_id, time->boot_id, time->boot_id_length);
  bool is_set_back = time->now < life->issued - set_back_tolerance;

  int64_t end = life->issued + smaller(longest_life, larger(0, life->expires - life->issued));
  if (!is_same_boot && life->has_expires_by_aws) end = smaller(end, life->expires_by_aws);

  int64_t at = time->now;
  if (is_same_boot)
    at = larger(at, life->issued + time->uptime - life->uptime);
  else if (is_set_back && boot_is_known)
    at = larger(at, life->issued + time->uptime);

  if (at >= end || (!boot_is_known && life->issued - time->now > longest_life)) return EXPIRED;
  if (at >= life->fresh_until - (life->expires - end) || is_set_back) return USABLE;
  return FRESH;
}
