/** The opening of a quoted value: with Python's prefix letters, and with backslashes if it is inside another quoted value. */
const openers =
  /^(?:[bBuUrRfF]{1,2}(?=["']))?\\{0,7}(?:"""|'''|["'`]|&(?:quot|apos|#3[49]);|\\{0,7}u002[27])/;

/** @returns undefined if no quoted value begins there */
export function openerAt(text: string, at: number): string | undefined {
  return openers.exec(text.slice(at, at + 16))?.[0];
}

/** The index after the closing quote, which has as many backslashes as the opening one; else the end of the text. */
export function endOfQuoted(text: string, value: number, opener: string): number {
  const closer = opener.replace(/^[a-z]{1,2}(?=["'])/i, "");
  for (let at = value + opener.length; at < text.length; at++) {
    if (!text.startsWith(closer, at)) continue;
    if (closer.length > 1 || backslashesBefore(text, at) % 2 === 0) return at + closer.length;
  }
  return text.length;
}

function backslashesBefore(text: string, at: number): number {
  let before = 0;
  while (before < 64 && text[at - 1 - before] === "\\") before++;
  return before;
}
