/**
 * A word as systemd reads it back: in double quotes, with C's escapes, and without specifiers
 * (systemd.syntax(7), "Quoting"; systemd.unit(5), "Specifiers"). `$` stays as it is: it counts neither in
 * `Environment=` nor in the path of a program.
 */
export function quote(word: string): string {
  const escaped = word
    .replace(/[\\"]/g, "\\$&")
    .replaceAll("%", "%%")
    .replace(/\p{Cc}/gu, (control) => `\\x${control.charCodeAt(0).toString(16).padStart(2, "0")}`);
  return `"${escaped}"`;
}
