import { parseDuration } from "./duration.ts";
import { type Complaint, quoted, spell } from "./problem.ts";
import { regionProblem } from "./region-names.ts";
import type { RawConfig, RawIdentity } from "./schema.ts";
import { suggestion } from "./section.ts";

type RawIdentities = Readonly<Record<string, RawIdentity>>;

/** Checks of identities that the schema can't express: sources exist and don't form a loop, and session durations. */
export function identityComplaints(config: RawConfig): Complaint[] {
  const identities = config.identities ?? {};
  const loopFree = new Set<string>();
  return Object.entries(identities).flatMap(([name, identity]) => [
    ...kindComplaints(name, identity),
    ...sourceComplaints(name, identity, identities, loopFree),
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

/** Checks that the identity that a key names exists. */
export function unknownIdentity(
  path: Complaint["path"],
  name: string | undefined,
  identities: RawIdentities,
): Complaint[] {
  if (name === undefined || Object.hasOwn(identities, name)) return [];
  const known = Object.keys(identities);
  const define = `define it under identities; for a profile of the AWS files: ${name}: { profile: ${name} }`;
  const fix = known.length === 0 ? define : `${suggestion(name, known)}, or ${define}`;
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
        fix: "set profile or roleArn",
      },
    ];
  }
  if (profile === undefined) return [];
  const [extra] = [...(roleArn === undefined ? [] : ["roleArn"]), ...Object.keys(ofRoles)];
  if (extra === undefined) return [];
  return [
    {
      path: [...path, extra],
      atKey: true,
      what: `${spell(path)} is a profile, but has ${extra}, which is for roles`,
      fix: "define two identities: a profile, and a role with that profile as its source",
    },
  ];
}

/** @param loopFree identities that are in no loop, so that a long chain is not followed again for each of its members */
function sourceComplaints(
  name: string,
  { source }: RawIdentity,
  identities: RawIdentities,
  loopFree: Set<string>,
): Complaint[] {
  const path = ["identities", name, "source"];
  const unknown = unknownIdentity(path, source, identities);
  if (unknown.length > 0) return unknown;
  const chain = new Set([name]);
  for (let next = source; next !== undefined; next = ownSource(identities, next)) {
    if (next === name) {
      const what = `the sources of identity ${quoted(name)} form a loop: ${[...chain, name].join(" → ")}`;
      return [{ path, what, fix: "use a profile as the source of one of them, or remove a source" }];
    }
    // A loop that does not contain this identity is reported for the identities in it.
    if (chain.has(next)) {
      loopFree.add(name);
      return [];
    }
    if (loopFree.has(next)) break;
    chain.add(next);
  }
  for (const each of chain) loopFree.add(each);
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
    return [{ path, what: `${key} is not a session duration that STS accepts`, fix }];
  }
  const { source } = identity;
  const isChained = source !== undefined && Object.hasOwn(identities, source) && identities[source]?.roleArn;
  if (!isChained || seconds <= 3600) return [];
  const what = `${key} is too long: its source ${quoted(source)} is a role, and AWS limits a role that a role assumes to one hour`;
  return [{ path, what, fix: "write at most 1h, or remove it" }];
}
