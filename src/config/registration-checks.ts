import { parseHost, privateHost } from "../registry/host.ts";
import type { Partition } from "../registry/registry.ts";
import { hostComplaints } from "./host-checks.ts";
import { unknownIdentity } from "./identity-checks.ts";
import { type Complaint, type KeyPath, quoted, spell } from "./problem.ts";
import { regionProblem } from "./region-names.ts";
import type { RawConfig, RawIdentity, RawRegistration } from "./schema.ts";

type RawIdentities = Readonly<Record<string, RawIdentity>>;

/** Checks of `registries` that the schema can't express: existing and matching identities, real regions, ECR hosts. */
export function registrationComplaints(config: RawConfig): Complaint[] {
  const identities = config.identities ?? {};
  return (config.registries ?? []).flatMap((registration, index) => {
    const path = ["registries", index];
    const { identity, replication } = registration;
    const reader = replication?.identity;
    return [
      ...targetComplaints(path, registration),
      ...replicationComplaints(path, registration),
      ...unknownIdentity([...path, "identity"], identity, identities),
      ...unknownIdentity([...path, "replication", "identity"], reader, identities),
      ...roleComplaints([...path, "identity"], registration, identity, identities),
      ...roleComplaints([...path, "replication", "identity"], registration, reader, identities),
    ];
  });
}

function targetComplaints(path: KeyPath, { account, regions = [], host }: RawRegistration): Complaint[] {
  const key = spell(path);
  if (host !== undefined) {
    const extra = account !== undefined ? "account" : regions.length > 0 ? "regions" : undefined;
    if (extra === undefined) return hostComplaints([...path, "host"], host);
    const what = `${key} has both host and ${extra}`;
    return [{ path: [...path, extra], atKey: true, what, fix: "make two entries, or remove one of the two" }];
  }
  if (account === undefined) {
    return [
      {
        path,
        what: `${key} names no registry`,
        fix: "set account, with or without regions, or host",
      },
    ];
  }
  return regions.flatMap((region, index) => {
    const at = [...path, "regions", index];
    const problem = regionProblem(region);
    if (problem) {
      return [{ path: at, what: `${spell(at)} (${quoted(region)}) ${problem.what}`, fix: problem.fix }];
    }
    if (regions.indexOf(region) !== index) {
      return [{ path: at, what: `${spell(at)} repeats ${region}`, fix: "remove one of the two" }];
    }
    const [first = region] = regions;
    if (account === "*" || partitionOf(first) === partitionOf(region)) return [];
    const what = `${spell(at)}: ${first} and ${region} are in different partitions, but an account is in only one`;
    return [{ path: at, what, fix: "make an entry for each partition with its own account" }];
  });
}

function replicationComplaints(path: KeyPath, registration: RawRegistration): Complaint[] {
  const { account, regions, host, replication } = registration;
  if (!replication?.follow) return [];
  const at = [...path, "replication"];
  const isPublic = host !== undefined && parseHost(host)?.kind === "public";
  if (isPublic) {
    return [{ path: at, what: `${spell(at)}: ECR Public has no replication`, fix: "remove it" }];
  }
  if (host !== undefined || (account !== undefined && account !== "*" && regions !== undefined)) return [];
  // Each region has its own rules, and they are read before the first request.
  const what = `${spell(at)} follows replication rules, but the entry names no registry to read them from`;
  return [{ path: at, what, fix: "name the account and its regions" }];
}

/** The roles of an identity must be in the registry's partition, and `{account}` needs a registry with an account. */
function roleComplaints(
  path: KeyPath,
  registration: RawRegistration,
  identity: string | undefined,
  identities: RawIdentities,
): Complaint[] {
  for (const [name, roleArn] of rolesOf(identity, identities)) {
    const role = `role ${quoted(roleArn)} of identity ${quoted(name)}`;
    const wanted = partitionsOf(registration).find((partition) => partition !== roleArn.split(":")[1]);
    if (wanted !== undefined) {
      const what = `${spell(path)}: ${role} is not in the registry's partition ${wanted}, and credentials of one partition are not valid in another`;
      return [{ path, what, fix: `name an identity whose role is arn:${wanted}:…` }];
    }
    if (roleArn.includes("{account}") && parseHost(registration.host ?? "")?.kind === "public") {
      const what = `${spell(path)}: {account} in ${role} has no value, because ECR Public has no account`;
      return [{ path, what, fix: "name an identity whose role ARN contains an account" }];
    }
  }
  return [];
}

function rolesOf(identity: string | undefined, identities: RawIdentities): [name: string, roleArn: string][] {
  const roles: [string, string][] = [];
  const visited = new Set<string>();
  for (let next = identity; next !== undefined && Object.hasOwn(identities, next) && !visited.has(next); ) {
    visited.add(next);
    const { roleArn, source }: RawIdentity = identities[next] ?? {};
    if (roleArn !== undefined) roles.push([next, roleArn]);
    next = source;
  }
  return roles;
}

function partitionsOf({ host, regions = [] }: RawRegistration): Partition[] {
  const partitions = host === undefined ? regions.map(partitionOf) : [parseHost(host)?.partition];
  return partitions.filter((partition) => partition !== undefined);
}

function partitionOf(region: string): Partition | undefined {
  return parseHost(privateHost("111122223333", region))?.partition;
}
