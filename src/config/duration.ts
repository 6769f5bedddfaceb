import { Failure } from "../token/failure.ts";

/** Hours, minutes and seconds in this order, each at most once and at least one of them: "90s", "2h", "1h30m". */
export const durationPattern = /^(?=\d)(?:\d{1,6}h)?(?:\d{1,6}m)?(?:\d{1,6}s)?$/;

/** The milliseconds of a duration such as "1h30m"; undefined if the text is not a duration. */
export function parseDuration(text: string): number | undefined {
  if (!durationPattern.test(text)) return undefined;
  const count = (unit: string) => Number(new RegExp(`(\\d+)${unit}`).exec(text)?.[1] ?? 0);
  return ((count("h") * 60 + count("m")) * 60 + count("s")) * 1000;
}

/** The value of an option, in milliseconds. @param example "30m or 2h". @throws Failure USAGE */
export function durationOption(option: string, text: string, example: string): number {
  const duration = parseDuration(text);
  if (duration !== undefined) return duration;
  throw new Failure("USAGE", `${option} is not a duration`, `use a duration such as ${example}`);
}
