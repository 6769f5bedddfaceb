import {
  ambientNames,
  type Dependencies,
  type Environment,
  environmentFingerprint,
  fingerprint,
  namedNames,
} from "../../token/dependencies.ts";
import type { Identity } from "../../token/identity.ts";
import { parseAwsFiles } from "./config-files.ts";
import { awsPlaces } from "./file-paths.ts";
import { type AwsFiles, leansOnEnvironment, profileClosure } from "./profile-closure.ts";
import { signInFiles } from "./sso-sessions.ts";

/** An identity, told apart from every other that would get another token. */
export interface IdentityState {
  /** The same as long as the identity is the same: SHA-256 in hex, nothing can be read out of it. */
  readonly key: string;
  /** Conditions that a reader can check without parsing anything. They may change though the key does not. */
  readonly dependencies: Dependencies;
  /** Files whose change may mend a failure and changes nothing of who asks. */
  readonly mendedBy: readonly string[];
}

/**
 * What an identity depends on now. No credential is resolved and nothing leaves the machine.
 *
 * @param boot the identity of this boot of this machine
 * @param readStamp see the store room; files are stamped before they are read, so that an edit in between shows
 */
export async function identityState(
  identity: Identity,
  env: Environment,
  home: string,
  readStamp: (path: string) => string,
  boot: string | undefined,
): Promise<IdentityState> {
  const { configPath, credentialsPath } = awsPlaces(env, home);
  const files = [];
  for (const path of [configPath, credentialsPath]) files.push({ path, stamp: readStamp(path) });
  const awsFiles = parseAwsFiles(await readText(configPath), await readText(credentialsPath));
  const names = environmentNames(identity, awsFiles);
  const environment = { names, fingerprint: environmentFingerprint(names, env) };
  const roots = rootProfiles(identity, env);
  const profiles = roots.map((profile) => profileClosure(awsFiles, profile));
  const machine = asksAsMachine(identity, env, awsFiles) ? (boot ?? "unknown") : undefined;
  // A pod's token file is rotated; whose it is stays.
  const tokenFile = machine === undefined ? undefined : env.AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE;
  if (tokenFile) files.push({ path: tokenFile, stamp: readStamp(tokenFile) });
  const subject = tokenFile && subjectOf(await readText(tokenFile));
  return {
    key: fingerprint([identity, environment.fingerprint, profiles, machine, subject]),
    dependencies: { environment, files, ...(machine !== undefined && boot !== undefined && { boot }) },
    mendedBy: signInFiles(awsFiles, roots, env, home),
  };
}

function environmentNames(identity: Identity, files: AwsFiles): readonly string[] {
  switch (identity.kind) {
    case "ambient":
      return ambientNames;
    case "profile":
      return leansOnEnvironment(files, identity.profile) ? ambientNames : namedNames;
    case "role":
      return environmentNames(identity.source, files);
  }
}

function rootProfiles(identity: Identity, env: Environment): readonly string[] {
  switch (identity.kind) {
    case "ambient":
      return [env.AWS_PROFILE || "default"];
    case "profile":
      return [identity.profile];
    case "role":
      return rootProfiles(identity.source, env);
  }
}

/** Whether neither environment nor files say who asks, so that the machine's or container's own role does. */
function asksAsMachine(identity: Identity, env: Environment, { config, credentials }: AwsFiles): boolean {
  if (identity.kind === "profile") return false;
  if (identity.kind === "role") return asksAsMachine(identity.source, env, { config, credentials });
  const isNamed = env.AWS_PROFILE || env.AWS_ACCESS_KEY_ID || env.AWS_ROLE_ARN;
  return !isNamed && !config["default"] && !credentials["default"];
}

/** The `sub` of a JWT, unverified: it only tells one pod's token from another's. */
function subjectOf(token: string): unknown {
  try {
    return JSON.parse(Buffer.from(token.split(".")[1] ?? "", "base64url").toString()).sub;
  } catch {
    return undefined;
  }
}

/** What can't be read counts as empty, as it does for the SDK. */
async function readText(path: string): Promise<string> {
  try {
    return await Bun.file(path).text();
  } catch {
    return "";
  }
}
