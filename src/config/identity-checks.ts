import { parseDuration } from "./duration.ts";
import { type Complaint, quoted, spell } from "./problem.ts";
import { regionProblem } from "./region-names.ts";
import type { RawConfig, RawIdentity } from "./schema.ts";
import { meant } from "./section.ts";

type RawIdentities = Readonly<Record<string, RawIdentity>>;

/** What the schema can't say of identities: that their sources exist and end, and how long sessions may last. */
export function identityComplaints(config: RawConfig): Complaint[] {
  const identities = config.identities ?? {};
  return Object.entries(identities).flatMap(([name, identity]) => [
    ...kindComplaints(name, identity),
    ...sourceComplaints(name, identity, identities),
    ...durationComplaints(name, identity, identities),
    ...regionComplaints(name, identity),
  ]);
}

function regionComplaints(name: string, { region }: RawIdentity): Complaint[] {
  const problem = region === undefined ? undefined : regionProblem(region);
  if (!problem) return [];
  const path = ["identities", name, "region"];
  return [{ path, what: `${spell(path)} (${quoted(region ?? "")}) ${problem.what}`, fix: problem.fix }];
}

/** For a key that names an identity: nothing, or that there is none of this name. */
export function unknownIdentity(
  path: Complaint["path"],
  name: string | undefined,
  identities: RawIdentities,
): Complaint[] {
  if (name === undefined || Object.hasOwn(identities, name)) return [];
  const known = Object.keys(identities);
  const define = `define it under identities; a profile of the AWS files as ${name}: { profile: ${name} }`;
  const fix = known.length === 0 ? define : `${meant(name, known)}, or ${define}`;
  return [{ path, what: `${spell(path)} names identity ${quoted(name)}, which does not exist`, fix }];
}

function kindComplaints(name: string, identity: RawIdentity): Complaint[] {
  const path = ["identities", name];
  const { profile, roleArn, ...ofRoles } = identity;
  if (profile === undefined && roleArn === undefined) {
    return [
      {
        path,
        what: `${spell(path)} is neither a profile nor a role`,
        fix: "give it a profile or a roleArn",
      },
    ];
  }
  if (profile === undefined) return [];
  const [alien] = [...(roleArn === undefined ? [] : ["roleArn"]), ...Object.keys(ofRoles)];
  if (alien === undefined) return [];
  return [
    {
      path: [...path, alien],
      atKey: true,
      what: `${spell(path)} is a profile and has ${alien}, which roles have`,
      fix: "make two identities of it, a profile and a role with that profile as its source",
    },
  ];
}

function sourceComplaints(name: string, { source }: RawIdentity, identities: RawIdentities): Complaint[] {
  const path = ["identities", name, "source"];
  const unknown = unknownIdentity(path, source, identities);
  if (unknown.length > 0) return unknown;
  const chain = [name];
  for (let next = source; next !== undefined; next = ownSource(identities, next)) {
    // A circle further on is told at those that are in it.
    if (next !== name && chain.includes(next)) return [];
    chain.push(next);
    if (next === name) {
      const what = `the sources of identity ${quoted(name)} go in a circle: ${chain.join(" → ")}`;
      return [{ path, what, fix: "let one of them start from a profile, or have no source" }];
    }
  }
  return [];
}

function ownSource(identities: RawIdentities, name: string): string | undefined {
  return Object.hasOwn(identities, name) ? identities[name]?.source : undefined;
}

function durationComplaints(name: string, identity: RawIdentity, identities: RawIdentities): Complaint[] {
  if (identity.duration === undefined) return [];
  const path = ["identities", name, "duration"];
  const seconds = (parseDuration(identity.duration) ?? 0) / 1000;
  const key = `${spell(path)} (${identity.duration})`;
  if (seconds < 900 || seconds > 43_200) {
    const fix = "write 15m to 12h, and no more than the role's own maximum";
    return [{ path, what: `${key} is no length that STS gives a session`, fix }];
  }
  const { source } = identity;
  const isChained = source !== undefined && Object.hasOwn(identities, source) && identities[source]?.roleArn;
  if (!isChained || seconds <= 3600) return [];
  const what = `${key} is too long: its source ${quoted(source)} is a role, and AWS ends a role assumed by a role after an hour`;
  return [{ path, what, fix: "write at most 1h, or remove it" }];
}
