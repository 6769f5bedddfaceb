import {
  ambientNames,
  type Dependencies,
  type Environment,
  environmentFingerprint,
  type FileDependency,
  fingerprint,
  namedNames,
} from "../token/dependencies.ts";
import { Failure } from "../token/failure.ts";
import type { Identity } from "../token/identity.ts";
import { type ReadFiles, readAwsFiles } from "./config-files.ts";
import type { Decision } from "./credential-source.ts";
import { chosenProfile, decideSource, dependsOnMachine, filesFor, usesOldFiles } from "./decide-source.ts";
import { awsPaths } from "./file-paths.ts";
import { identityTokens } from "./identity-tokens.ts";
import { processConditions } from "./process-conditions.ts";
import { profileClosure } from "./profile-closure.ts";
import { signInFiles } from "./sso-sessions.ts";

/** An identity, and what distinguishes it from every identity that would get another token. */
export interface IdentityState {
  /** The same as long as the identity is the same: SHA-256 in hexadecimal, from which nothing can be derived. */
  readonly key: string;
  /** Conditions that a reader can check without parsing anything. They may change although the key stays the same. */
  readonly dependencies: Dependencies;
  /** Files whose change may end a failure, and which don't affect the identity. */
  readonly retryWhenChanged: readonly string[];
  /** The AWS files that this state was derived from: a fetch that uses them is a fetch as this identity. */
  readonly read: ReadFiles;
  /**
   * Files that the source reads again during a fetch: if one changes before the fetch ends, the identity of the token
   * is unknown.
   */
  readonly reread: readonly FileDependency[];
}

/** Properties of the machine that an identity may depend on. */
export interface Machine {
  readonly env: Environment;
  /** The folder that contains `.aws`. */
  readonly home: string;
  /** The ID of the machine's current boot. */
  readonly boot: string | undefined;
  /** See store/. */
  readStamp(path: string): string;
}

/**
 * What an identity depends on now. This fetches no credentials and uses no network.
 *
 * @param previous the files read before: those that have not changed are not read again
 */
export async function identityState(
  identity: Identity,
  machine: Machine,
  previous?: ReadFiles,
): Promise<IdentityState> {
  const { env, home, boot, readStamp } = machine;
  const read = await readAwsFiles(env, home, readStamp, previous);
  const decision = decisionFor(identity, env, read);
  const old = !decision || usesOldFiles(decision) ? read.old : undefined;
  const { source } = decision ?? {};
  const program =
    source?.kind === "process"
      ? await processConditions(source.command, !isAmbient(identity), machine)
      : undefined;
  const named = [
    ...environmentNames(identity, decision),
    ...awsPaths(env, home).variables,
    ...(old?.variables ?? []),
    ...(program?.names ?? []),
  ];
  const names = [...new Set(named)];
  const environment = { names, fingerprint: environmentFingerprint(names, env) };
  const closure =
    "files" in read ? profileClosure(read.files, chosenProfile(identity, env).name) : read.stamps;
  const isMachineBound = decision !== undefined && dependsOnMachine(decision);
  // No boot has this ID: if the boot ID can't be read, a stored token is only used after a comparison of the key.
  const bootId = isMachineBound ? (boot ?? "unknown") : undefined;
  const tokens = await identityTokens(decision, env, readStamp);
  const ofIdentity = [...read.stamps, ...(old?.stamps ?? []), ...tokens.files];
  const files = [...ofIdentity, ...(program?.files ?? [])];
  const oldKeys = decision?.source.kind === "old-file" ? decision.source : undefined;
  return {
    key: fingerprint([
      identity,
      environment.fingerprint,
      closure,
      bootId,
      tokens.owners,
      oldKeys,
      program?.files,
    ]),
    dependencies: { environment, files, ...(bootId !== undefined && { boot: bootId }) },
    retryWhenChanged: signInFiles(decision?.source, "files" in read ? read.files : undefined, env, home),
    read,
    // The program of a credential_process may itself read the AWS files.
    reread: source?.kind === "process" ? ofIdentity : tokens.files,
  };
}

/** Undefined if there are no credentials: the fetch reports the reason. */
function decisionFor(identity: Identity, env: Environment, read: ReadFiles): Decision | undefined {
  try {
    return decideSource(identity, env, filesFor(identity, env, read));
  } catch (error) {
    if (error instanceof Failure) return undefined;
    throw error;
  }
}

/** Whether config.yaml names no identity, also as the source of a role. */
function isAmbient(identity: Identity): boolean {
  return identity.kind === "role" ? isAmbient(identity.source) : identity.kind === "ambient";
}

/** A profile of config.yaml depends on environment variables only if its source takes credentials from them. */
function environmentNames(identity: Identity, decision: Decision | undefined): readonly string[] {
  if (identity.kind === "role") return environmentNames(identity.source, decision);
  const kind = decision?.source.kind ?? "environment";
  const isOfEnvironment = ["environment", "container", "instance", "process"].includes(kind);
  return identity.kind === "ambient" || isOfEnvironment ? ambientNames : namedNames;
}
