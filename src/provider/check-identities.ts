import type { Config } from "../config/config.ts";
import { type ReadFiles, readAwsFiles } from "../profiles/config-files.ts";
import { decideSource, filesFor } from "../profiles/decide-source.ts";
import { type Environment, stampOf } from "../token/dependencies.ts";
import { Failure } from "../token/failure.ts";
import { ambient, type Identity } from "../token/identity.ts";
import { printable } from "../token/printable.ts";

/** The identities of config.yaml for which the AWS files contain no credentials. */
export interface IdentityCheck {
  /** In the order of config.yaml. */
  readonly problems: readonly Failure[];
  /** Identities that have no credentials in this environment, but may have in another. */
  readonly notes: readonly Failure[];
  /** If a profile was not found and this user has no AWS files: which files were read. */
  readonly missingFiles?: string;
}

/**
 * Decides the credential source of each profile that config.yaml names, and of the environment if a role has no source.
 * This fetches no credentials, runs no program and uses no network.
 *
 * @param file the path of config.yaml, for messages
 * @param home the folder that contains `.aws`
 * @param readStamp of a path; see store/
 */
export async function checkIdentities(
  { identities, identityLines }: Config,
  file: string,
  { env, home, readStamp }: { env: Environment; home: string; readStamp: (path: string) => string },
): Promise<IdentityCheck> {
  const checked = Object.entries(identities).flatMap(([name, definition]): [string, Identity][] => {
    if (definition.kind === "profile") return [[name, definition]];
    // The source of a role is an identity with a line of its own.
    return definition.source === undefined ? [[name, ambient]] : [];
  });
  if (checked.length === 0) return { problems: [], notes: [] };
  const read = await readAwsFiles(env, home, readStamp);
  const problems: Failure[] = [];
  const notes: Failure[] = [];
  for (const [name, identity] of checked) {
    const failure = refusalOf(identity, env, read);
    if (!failure) continue;
    const where = `${printable(file)}:${identityLines[name]}: identity ${printable(name)}`;
    const located = new Failure(failure.code, `${where}: ${failure.message}`, failure.fix);
    // The service or a build may have variables that this shell does not have.
    const isOfEnvironment = failure.code === "NO_CREDENTIALS" || identity.kind === "ambient";
    // A file that can't be parsed is reported once.
    if (failure.code === "AWS_FILE_INVALID") return { problems: [located], notes: [] };
    (isOfEnvironment ? notes : problems).push(located);
  }
  const isMissing = [...problems, ...notes].some(({ code }) => code === "PROFILE_NOT_FOUND");
  const missingFiles = isMissing ? describeMissing(read) : undefined;
  return { problems, notes, ...(missingFiles !== undefined && { missingFiles }) };
}

function refusalOf(identity: Identity, env: Environment, read: ReadFiles): Failure | undefined {
  try {
    decideSource(identity, env, filesFor(identity, env, read));
    return undefined;
  } catch (error) {
    if (error instanceof Failure) return error;
    throw error;
  }
}

function describeMissing({ stamps }: ReadFiles): string | undefined {
  if (!stamps.every(({ stamp }) => stamp === stampOf("absent"))) return undefined;
  const paths = stamps.flatMap(({ path }) => (path === "" ? [] : [printable(path)]));
  return `this user has no AWS files: ${paths.join(" and ")} do not exist. Run the command as the user whose files contain the profile, or copy them there`;
}
