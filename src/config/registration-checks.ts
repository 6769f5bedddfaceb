import { parseHost, privateHost } from "../registry/host.ts";
import type { Partition } from "../registry/registry.ts";
import { hostComplaints } from "./host-checks.ts";
import { unknownIdentity } from "./identity-checks.ts";
import { type Complaint, type KeyPath, quoted, spell } from "./problem.ts";
import { regionProblem } from "./region-names.ts";
import type { RawConfig, RawIdentity, RawRegistration } from "./schema.ts";

type RawIdentities = Readonly<Record<string, RawIdentity>>;

/** What the schema can't say of `registries`: identities that exist and fit, real regions, hosts of ECR's. */
export function registrationComplaints(config: RawConfig): Complaint[] {
  const identities = config.identities ?? {};
  return (config.registries ?? []).flatMap((registration, index) => {
    const path = ["registries", index];
    const { identity, replication } = registration;
    const read = replication?.identity;
    return [
      ...targetComplaints(path, registration),
      ...replicationComplaints(path, registration),
      ...unknownIdentity([...path, "identity"], identity, identities),
      ...unknownIdentity([...path, "replication", "identity"], read, identities),
      ...roleComplaints([...path, "identity"], registration, identity, identities),
      ...roleComplaints([...path, "replication", "identity"], registration, read, identities),
    ];
  });
}

function targetComplaints(path: KeyPath, { account, regions = [], host }: RawRegistration): Complaint[] {
  const key = spell(path);
  if (host !== undefined) {
    const alien = account !== undefined ? "account" : regions.length > 0 ? "regions" : undefined;
    if (alien === undefined) return hostComplaints([...path, "host"], host);
    const what = `${key} has both host and ${alien}`;
    return [
      { path: [...path, alien], atKey: true, what, fix: "make two entries of it, or remove one of the two" },
    ];
  }
  if (account === undefined) {
    return [
      {
        path,
        what: `${key} names no registry`,
        fix: "give it an account, with regions or without, or a host",
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
      return [
        { path: at, what: `${spell(at)} names ${region} for the second time`, fix: "remove one of the two" },
      ];
    }
    const [first = region] = regions;
    if (account === "*" || partitionOf(first) === partitionOf(region)) return [];
    const what = `${spell(at)}: ${first} and ${region} are of different partitions, and an account is of one only`;
    return [{ path: at, what, fix: "make an entry for each partition with its own account" }];
  });
}

function replicationComplaints(path: KeyPath, registration: RawRegistration): Complaint[] {
  const { account, regions, host, replication } = registration;
  if (!replication?.follow) return [];
  const at = [...path, "replication"];
  const isPublic = host !== undefined && parseHost(host)?.kind === "public";
  if (isPublic) {
    return [{ path: at, what: `${spell(at)}: ECR Public replicates to nowhere`, fix: "remove it" }];
  }
  if (host !== undefined || (account !== undefined && account !== "*" && regions !== undefined)) return [];
  // Its rules are set for each region, and must be read before anybody asks for one.
  const what = `${spell(at)} follows rules, and no registry is named whose rules these are`;
  return [{ path: at, what, fix: "name the account and its regions" }];
}

/** The roles behind an identity must be of the registry's partition, and `{account}` must have something to stand for. */
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
      const what = `${spell(path)}: ${role} is not of the registry's partition ${wanted}, and neither opens the other`;
      return [{ path, what, fix: `name an identity whose role is arn:${wanted}:…` }];
    }
    if (roleArn.includes("{account}") && parseHost(registration.host ?? "")?.kind === "public") {
      const what = `${spell(path)}: {account} in ${role} stands for nothing, since ECR Public has no account`;
      return [{ path, what, fix: "name an identity whose role has an account of its own" }];
    }
  }
  return [];
}

function rolesOf(identity: string | undefined, identities: RawIdentities): [name: string, roleArn: string][] {
  const found: [string, string][] = [];
  const seen = new Set<string>();
  for (let next = identity; next !== undefined && Object.hasOwn(identities, next) && !seen.has(next); ) {
    seen.add(next);
    const { roleArn, source }: RawIdentity = identities[next] ?? {};
    if (roleArn !== undefined) found.push([next, roleArn]);
    next = source;
  }
  return found;
}

function partitionsOf({ host, regions = [] }: RawRegistration): Partition[] {
  const found = host === undefined ? regions.map(partitionOf) : [parseHost(host)?.partition];
  return found.filter((partition) => partition !== undefined);
}

function partitionOf(region: string): Partition | undefined {
  return parseHost(privateHost("111122223333", region))?.partition;
}
