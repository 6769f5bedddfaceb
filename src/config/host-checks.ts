import { readServerUrl } from "../registry/server-url.ts";
import { type Complaint, type KeyPath, quoted, spell } from "./problem.ts";
import { hostRegionProblem } from "./region-names.ts";
import type { RawConfig } from "./schema.ts";

/** Checks a key whose value must be the host name of an ECR registry in its canonical form. */
export function hostComplaints(path: KeyPath, text: string): Complaint[] {
  const read = readServerUrl(text);
  const key = `${spell(path)} (${quoted(text)})`;
  if (read.kind !== "ecr") {
    const fix = "write ACCOUNT.dkr.ecr.REGION.amazonaws.com or public.ecr.aws";
    return [{ path, what: `${key} is not an ECR host`, fix }];
  }
  const problem = hostRegionProblem(read.registry);
  if (problem) return [{ path, what: `${key}: ${problem.what}`, fix: problem.fix }];
  if (read.host === text) return [];
  return [{ path, what: `${key} is not just a host name in lower case`, fix: `write ${read.host}` }];
}

/** An alias must be a host outside ECR, and its target an ECR host: an alias of an alias is not resolved. */
export function aliasComplaints(config: RawConfig): Complaint[] {
  return Object.entries(config.aliases ?? {}).flatMap(([alias, target]) => {
    const path = ["aliases", alias];
    return [...nameComplaints(path, alias), ...hostComplaints(path, target)];
  });
}

function nameComplaints(path: KeyPath, alias: string): Complaint[] {
  const read = readServerUrl(alias);
  const complaint = (what: string, fix: string): Complaint[] => [
    { path, atKey: true, what: `alias ${quoted(alias)} ${what}`, fix },
  ];
  if (read.kind === "malformed") return complaint(`is not a host name: ${read.reason}`, "write a host name");
  if (read.kind === "ecr") return complaint("is itself an ECR host", "remove it");
  if (read.host !== alias)
    return complaint("is not just a host name in lower case", `write ${quoted(read.host)}`);
  return [];
}
