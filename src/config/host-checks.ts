import { readServerUrl } from "../registry/server-url.ts";
import { type Complaint, type KeyPath, quoted, spell } from "./problem.ts";
import { hostRegionProblem } from "./region-names.ts";
import type { RawConfig } from "./schema.ts";

/** For a key that must hold the host name of an ECR registry, spelled as programs compare it. */
export function hostComplaints(path: KeyPath, text: string): Complaint[] {
  const read = readServerUrl(text);
  const key = `${spell(path)} (${quoted(text)})`;
  if (read.kind !== "ecr") {
    const fix = "write ACCOUNT.dkr.ecr.REGION.amazonaws.com or public.ecr.aws";
    return [{ path, what: `${key} is no host of ECR's`, fix }];
  }
  const problem = hostRegionProblem(read.registry);
  if (problem) return [{ path, what: `${key}: ${problem.what}`, fix: problem.fix }];
  if (read.host === text) return [];
  return [{ path, what: `${key} is more than a host name in lower case`, fix: `write ${read.host}` }];
}

/** Aliases must lead from hosts that are not ECR's to hosts that are: nothing is found out by following two. */
export function aliasComplaints(config: RawConfig): Complaint[] {
  return Object.entries(config.aliases ?? {}).flatMap(([alias, target]) => {
    const path = ["aliases", alias];
    return [...nameComplaints(path, alias), ...hostComplaints(path, target)];
  });
}

function nameComplaints(path: KeyPath, alias: string): Complaint[] {
  const read = readServerUrl(alias);
  const told = (what: string, fix: string): Complaint[] => [
    { path, atKey: true, what: `alias ${quoted(alias)} ${what}`, fix },
  ];
  if (read.kind === "malformed") return told(`is no host name: ${read.reason}`, "write a host name");
  if (read.kind === "ecr") return told("is a host of ECR's itself", "remove it");
  if (read.host !== alias)
    return told("is more than a host name in lower case", `write ${quoted(read.host)}`);
  return [];
}
