/** ISO 8601 in UTC, to the second: "2026-11-27T10:03:00Z". @param time milliseconds since the epoch */
export function isoTime(time: number): string {
  const date = new Date(time);
  return Number.isNaN(date.getTime()) ? "unknown" : date.toISOString().replace(/\.\d+Z$/, "Z");
}
