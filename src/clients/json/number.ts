const plus = 0x2b;
const minus = 0x2d;
const dot = 0x2e;
const zero = 0x30;
const nine = 0x39;
const smallE = 0x65;
const capitalE = 0x45;

/** The end of the JSON number that begins at `at`; undefined if there is none. A regular expression takes ten times as long. */
export function endOfNumber(text: string, at: number): number | undefined {
  const start = text.charCodeAt(at) === minus ? at + 1 : at;
  const whole = text.charCodeAt(start) === zero ? start + 1 : endOfDigits(text, start);
  if (whole === undefined) return undefined;
  const end = text.charCodeAt(whole) === dot ? endOfDigits(text, whole + 1) : whole;
  if (end === undefined) return undefined;
  const letter = text.charCodeAt(end);
  if (letter !== smallE && letter !== capitalE) return end;
  const sign = text.charCodeAt(end + 1);
  return endOfDigits(text, sign === plus || sign === minus ? end + 2 : end + 1);
}

/** @returns undefined if there is no digit */
function endOfDigits(text: string, from: number): number | undefined {
  let at = from;
  for (; ; at++) {
    const code = text.charCodeAt(at);
    if (!(code >= zero && code <= nine)) return at > from ? at : undefined;
  }
}
