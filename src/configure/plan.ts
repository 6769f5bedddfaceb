import { ecrLoginName } from "../clients/docker/ecr-login.ts";
import { configure, type HelperConfig, helperName } from "../clients/docker/edit-config.ts";
import { type EcrToken, type FileLogin, loginsIn } from "../clients/docker/logins.ts";
import { type DockerConfig, readDockerConfig } from "../clients/docker/read-config.ts";
import { describeRemoval } from "../clients/docker/removed-login.ts";
import type { Config, Fallback } from "../config/config.ts";
import { foldersOf } from "../config/folders.ts";
import { readConfig } from "../config/read.ts";
import { aliasTarget } from "../config/registries.ts";
import { otherLogins } from "../logins/choose.ts";
import { loginsOfHelper } from "../logins/read-helper.ts";
import { openFastFiles } from "../store/files/open-fast-files.ts";
import type { Context } from "../terminal/command-context.ts";
import { type ConfigurePlan, planChange } from "./apply.ts";
import { checkImportCount, planImport } from "./import-logins.ts";
import type { ConfigureOptions } from "./options.ts";
import type { ConfigureTarget } from "./target.ts";
import { readRecord } from "./undo-record.ts";

/**
 * Plans the requested change of a file. It changes nothing.
 *
 * @throws Failure DOCKER_CONFIG_SYNTAX, DOCKER_CONFIG_TAKEN; with --import also IMPORT_TOO_MANY, IMPORT_SOURCE, what reading config.yaml
 *   throws and what getting a login throws
 */
export async function buildConfigurePlan(
  target: ConfigureTarget,
  before: string | undefined,
  helperConfig: HelperConfig,
  options: ConfigureOptions,
  { env, home }: Context,
): Promise<ConfigurePlan> {
  const text = before ?? "{}";
  const replace = options.replace === true;
  const config = readDockerConfig(text, target.name);
  if (!options.import) {
    const tokens = options.removeStaleAuths ? unusedTokens(text, helperConfig, replace) : [];
    return planChange(before, { helperConfig, replace, tokens }, target.name);
  }
  // If another helper must not be replaced, the command is refused before it runs that helper for its logins.
  const helpers = JSON.stringify({ credsStore: config.credsStore, credHelpers: config.credHelpers });
  configure(helpers, helperConfig, replace, target.name);
  const folders = foldersOf(env, home, await openFastFiles());
  const own = await readConfig(folders);
  const logins = otherLogins(env, folders, Date.now);
  const aliased = (host: string) => aliasTarget(own, host) !== undefined;
  const present = loginsIn(text, aliased);
  checkImportCount(present, target.name);
  const file = restorable(text, present);
  const source = await sourceOf(config, target, own);
  const helper = source === undefined ? new Map() : await loginsOfHelper(source, env);
  const { credHelpers } = config;
  const imports = await planImport({ file, helper, credHelpers, store: logins, replace });
  const tokens = tokensOf(file, { credsStore: helperName, credHelpers });
  const request = {
    helperConfig,
    replace,
    tokens,
    imports,
    store: { logins, name: storeName(own.fallback) },
  };
  return planChange(before, request, target.name);
}

/** Entries that --undo could not restore byte for byte are not imported. */
function restorable(text: string, logins: readonly FileLogin[]): readonly FileLogin[] {
  const imports = logins.flatMap((each) => (each.kind === "login" ? [[each.key, each.login] as const] : []));
  const { lost } = describeRemoval(text, new Map(imports));
  const why =
    "it is not in Docker's own format, or occurs more than once, so --undo could not restore it: log in again";
  return logins.map((each) =>
    each.kind === "login" && lost.has(each.key) ? { kind: "left", key: each.key, why, isLogin: true } : each,
  );
}

/**
 * ECR tokens in the file for hosts for which Docker uses this helper: `docker login` or a cron job wrote them. Only programs
 * that run no helper use them, until they expire.
 */
export function unusedTokens(
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

/** The helper that stores Docker's other logins now, or stored them before this helper replaced it. */
async function sourceOf(
  { credsStore }: DockerConfig,
  { record }: ConfigureTarget,
  { fallback }: Config,
): Promise<string | undefined> {
  const previous = credsStore === helperName ? (await readRecord(record)).replaced.credsStore : credsStore;
  const isFallback = fallback.kind === "helper" && fallback.name === previous;
  // AWS's helper lists only ECR registries, and calls AWS for each.
  return previous === ecrLoginName || isFallback ? undefined : previous || undefined;
}

/** The name of a store for messages. */
function storeName(fallback: Fallback): string {
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
