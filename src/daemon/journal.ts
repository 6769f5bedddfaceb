/** Where journald listens, with its own protocol: https://systemd.io/JOURNAL_NATIVE_PROTOCOL/ */
export const journalSocket = "/run/systemd/journal/socket";

/** A message with these fields. Control characters are replaced, since a value is one line. @param fields undefined values are left out */
export function journalMessage(fields: Readonly<Record<string, string | undefined>>): string {
  return Object.entries(fields)
    .filter(([, value]) => value !== undefined)
    .map(([name, value = ""]) => `${name}=${value.replace(/\p{Cc}+/gu, " ")}\n`)
    .join("");
}
