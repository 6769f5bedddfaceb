/** Where journald listens, with its own protocol: https://systemd.io/JOURNAL_NATIVE_PROTOCOL/ */
export const journalSocket = "/run/systemd/journal/socket";

/** A message with these fields. A value in this form is one line. @param fields undefined: there is none */
export function journalMessage(fields: Readonly<Record<string, string | undefined>>): string {
  return Object.entries(fields)
    .filter(([, value]) => value !== undefined)
    .map(([name, value = ""]) => `${name}=${value.replace(/\p{Cc}+/gu, " ")}\n`)
    .join("");
}
