import { withAuths } from "../clients/docker/auths.ts";
import { emptyConfig } from "../clients/docker/edit-config.ts";
import { isReplaceableManifest, type SecretName, secretManifest } from "../clients/kubernetes/secret.ts";
import { takenFailure } from "../outputs/output.ts";
import type { OutputTokens } from "../outputs/tokens.ts";
import { Failure } from "../token/failure.ts";
import { printable } from "../token/printable.ts";

export const formats = ["docker-config", "kubernetes-secret"] as const;
export type Format = (typeof formats)[number];

const noEntries = { hosts: [], auths: false };

/**
 * The text to write. A Docker config.json keeps everything else in it; a manifest is written from scratch.
 *
 * @param before the content of the file at `path`; undefined: there is none
 * @throws Failure EXPORT_FOREIGN, EXPORT_TOO_LARGE, OUTPUT_SYNTAX, OUTPUT_TAKEN
 */
export function exported(
  format: Format,
  place: SecretName,
  { logins, firstEndsAt }: OutputTokens,
  before: string | undefined,
  path: string,
): string {
  const sorted = new Map([...logins].sort(([a], [b]) => (a < b ? -1 : 1)));
  if (format === "docker-config") {
    const { text, taken } = withAuths(before ?? emptyConfig, path, sorted, noEntries);
    if (taken.length > 0) throw takenFailure(path, taken);
    return text;
  }
  if (before !== undefined && !isReplaceableManifest(before)) {
    const what = `${printable(path)} exists and is not a Secret of this program`;
    throw new Failure("EXPORT_FOREIGN", what, "name another file, or remove it");
  }
  const { text } = withAuths(emptyConfig, path, sorted, noEntries);
  return secretManifest(place, text, firstEndsAt);
}
