// Whether a text is UTF-8: RFC 3629, without overlong forms, surrogates and characters above U+10FFFF.
#include "front.h"

static bool follows(unsigned char byte) { return (byte & 0xc0) == 0x80; }

bool is_utf8(const char *text) {
  const unsigned char *at = (const unsigned char *)text;
  while (*at != 0) {
    unsigned char first = at[0];
    if (first < 0x80) {
      at += 1;
    } else if (first >= 0xc2 && first <= 0xdf && follows(at[1])) {
      at += 2;
    } else if (first >= 0xe0 && first <= 0xef && follows(at[1]) && follows(at[2])) {
      if ((first == 0xe0 && at[1] < 0xa0) || (first == 0xed && at[1] > 0x9f)) return false;
      at += 3;
    } else if (first >= 0xf0 && first <= 0xf4 && follows(at[1]) && follows(at[2]) && follows(at[3])) {
      if ((first == 0xf0 && at[1] < 0x90) || (first == 0xf4 && at[1] > 0x8f)) return false;
      at += 4;
    } else {
      return false;
    }
  }
  return true;
}
