/** Parses a word in double quotes by systemd.syntax(7) and systemd.unit(5), to check written units. */
export function readSystemdWord(quoted: string): string {
  if (!/^"(?:[^"\\]|\\.)*"$/s.test(quoted)) throw new Error(`no word in quotes: ${quoted}`);
  const unescaped = quoted.slice(1, -1).replace(/\\x([0-9a-f]{2})|\\(.)/gs, (_, hex, sign) => {
    if (hex !== undefined) return String.fromCharCode(Number.parseInt(hex, 16));
    if (sign !== "\\" && sign !== '"') throw new Error(`unknown escape \\${sign}`);
    return sign;
  });
  return unescaped.replace(/%(.?)/gs, (_, specifier) => {
    if (specifier !== "%") throw new Error(`specifier %${specifier}`);
    return "%";
  });
}
