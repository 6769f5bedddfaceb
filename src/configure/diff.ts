import { createTwoFilesPatch, FILE_HEADERS_ONLY } from "diff";
import { withoutSecrets } from "../clients/docker/edit-config.ts";

/** What would change in a config of Docker's, for a person. Masked: what is shown ends up in tickets and logs. */
export function difference(path: string, before: string, after: string): string {
  if (before === after) return `${path}: nothing to change`;
  return changedLines(path, withoutSecrets(before), withoutSecrets(after));
}

/** The lines alone that two texts without secrets differ in. */
export function changedLines(path: string, before: string, after: string): string {
  return createTwoFilesPatch(path, path, before, after, "now", "then", {
    headerOptions: FILE_HEADERS_ONLY,
    context: 0,
  }).trimEnd();
}
