import { ecrLoginName } from "../clients/docker/ecr-login.ts";
import { configure, type HelperConfig, helperName } from "../clients/docker/edit-config.ts";
import { type EcrToken, type FileLogin, loginsIn } from "../clients/docker/logins.ts";
import { type DockerConfig, readDockerConfig } from "../clients/docker/read-config.ts";
import { takeLogins } from "../clients/docker/taken-login.ts";
import type { Config, Fallback } from "../config/config.ts";
import { foldersOf } from "../config/folders.ts";
import { readConfig } from "../config/read.ts";
import { aliasTarget } from "../config/registries.ts";
import { otherLogins } from "../logins/choose.ts";
import { loginsOfHelper } from "../logins/read-helper.ts";
import { openFastFiles } from "../store/files/open-fast-files.ts";
import type { Context } from "../terminal/command-context.ts";
import { planned, type WiringPlan } from "./apply.ts";
import { planImport } from "./import-logins.ts";
import type { ConfigureOptions } from "./options.ts";
import type { WiringTarget } from "./target.ts";
import { readRecord } from "./undo-record.ts";

/**
 * What is to be made of a file by what was said. It changes nothing.
 *
 * @throws Failure DOCKER_CONFIG_SYNTAX, DOCKER_CONFIG_TAKEN; with --import also IMPORT_SOURCE, what reading config.yaml
 *   throws and what getting a login throws
 */
export async function buildConfigurePlan(
  target: WiringTarget,
  before: string | undefined,
  helperConfig: HelperConfig,
  options: ConfigureOptions,
  { env, home }: Context,
): Promise<WiringPlan> {
  const text = before ?? "{}";
  const replace = options.replace === true;
  const config = readDockerConfig(text, target.name);
  if (!options.import) {
    const tokens = options.removeStaleAuths ? tokensBeside(text, helperConfig, replace) : [];
    return planned(before, { helperConfig, replace, tokens }, target.name);
  }
  // Where another helper's place may not be taken, that is refused before that helper is run for its logins.
  const helpers = JSON.stringify({ credsStore: config.credsStore, credHelpers: config.credHelpers });
  configure(helpers, helperConfig, replace, target.name);
  const folders = foldersOf(env, home, await openFastFiles());
  const own = await readConfig(folders.configFile);
  const kept = otherLogins(env, folders, Date.now);
  const aliased = (host: string) => aliasTarget(own, host) !== undefined;
  const file = restorable(text, loginsIn(text, aliased));
  const source = await sourceOf(config, target, own);
  const helper = source === undefined ? new Map() : await loginsOfHelper(source, env);
  const { credHelpers } = config;
  const moving = await planImport({ file, helper, credHelpers, kept, replace });
  const tokens = tokensOf(file, { credsStore: helperName, credHelpers });
  const choice = {
    helperConfig,
    replace,
    tokens,
    moving,
    kept: { logins: kept, place: placeOf(own.fallback) },
  };
  return planned(before, choice, target.name);
}

/** Entries of which more would be lost than is kept here stay as they are. */
function restorable(text: string, logins: readonly FileLogin[]): readonly FileLogin[] {
  const moving = logins.flatMap((each) => (each.kind === "login" ? [[each.key, each.login] as const] : []));
  const { lost } = takeLogins(text, new Map(moving));
  const why =
    "it is not written as Docker writes it, or more than once, so --undo could not put it back: log in anew";
  return logins.map((each) =>
    each.kind === "login" && lost.has(each.key) ? { kind: "left", key: each.key, why, isLogin: true } : each,
  );
}

/**
 * ECR's tokens that lie in the file beside this helper, which Docker asks for their hosts: left by `docker login` or by
 * cron, they serve nobody but programs that run no helper, and those only until they expire.
 */
export function tokensBeside(
  text: string,
  helperConfig: HelperConfig,
  replace: boolean,
): readonly EcrToken[] {
  return tokensOf(loginsIn(text), readDockerConfig(configure(text, helperConfig, replace).text));
}

function tokensOf(
  logins: readonly FileLogin[],
  { credsStore, credHelpers }: Pick<DockerConfig, "credsStore" | "credHelpers">,
): readonly EcrToken[] {
  return logins
    .filter((each) => each.kind === "ecr")
    .filter(({ host }) => (credHelpers[host] ?? credsStore) === helperName);
}

/** The helper that has Docker's other logins so far, or had them before this one took its place. */
async function sourceOf(
  { credsStore }: DockerConfig,
  { record }: WiringTarget,
  { fallback }: Config,
): Promise<string | undefined> {
  const former = credsStore === helperName ? (await readRecord(record)).replaced.credsStore : credsStore;
  const isAsked = fallback.kind === "helper" && fallback.name === former;
  // AWS's helper lists ECR's registries alone, and asks AWS for each.
  return former === ecrLoginName || isAsked ? undefined : (former ?? undefined);
}

/** For messages. */
function placeOf(fallback: Fallback): string {
  switch (fallback.kind) {
    case "keychain":
      return "the keychain";
    case "file":
      return "encrypted files";
    case "helper":
      return `docker-credential-${fallback.name}`;
    case "none":
      return "nothing";
  }
}
