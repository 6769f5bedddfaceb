import { createTwoFilesPatch, FILE_HEADERS_ONLY } from "diff";
import { withoutSecrets } from "../clients/docker/mask-config.ts";

/** Milliseconds: the time grows with the square of the lines that differ. */
const longest = 2_000;

/** Control characters and those that change the direction of reading, except line ends and tabs. */
const unprintable = /[^\P{Cc}\n\t]|[\p{Zl}\p{Zp}\p{Bidi_Control}]/gu;

/** The changes of a Docker config for users. Masked, since the output ends up in tickets and logs. */
export function difference(path: string, before: string, after: string): string {
  if (before === after) return `${path}: nothing to change`;
  return changedLines(path, withoutSecrets(before), withoutSecrets(after));
}

/** The lines in which two texts without secrets differ. */
export function changedLines(path: string, before: string, after: string): string {
  const patch = createTwoFilesPatch(path, path, before, after, "now", "then", {
    headerOptions: FILE_HEADERS_ONLY,
    context: 0,
    timeout: longest,
  });
  return patch === undefined
    ? `${path}: too many changed lines to show`
    : patch.trimEnd().replace(unprintable, " ");
}
