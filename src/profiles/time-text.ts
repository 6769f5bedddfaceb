/**
 * A time as AWS's tools write it: ISO 8601, also in its basic form, and with "UTC" at its end as older versions of the
 * AWS CLI write it.
 *
 * @returns milliseconds since the epoch; undefined for a text that is not a time, or has no time zone
 */
export function parseTime(text: string): number | undefined {
  const basic = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)(Z|[+-]\d\d:?\d\d)$/;
  const plain = text
    .trim()
    .replace(/\s*UTC$/, "Z")
    .replace(basic, "$1-$2-$3T$4:$5:$6$7");
  if (!/(?:Z|[+-]\d\d:?\d\d)$/i.test(plain)) return undefined;
  const time = Date.parse(plain);
  return Number.isNaN(time) ? undefined : time;
}
