import { existsSync } from "node:fs";
import { ecrLoginCache, ecrLoginNotes } from "../clients/docker/ecr-login.ts";
import { type EcrToken, loginsIn } from "../clients/docker/logins.ts";
import { backupPath } from "../clients/files/backup.ts";
import { readClientFile } from "../clients/files/client-file.ts";
import { containersFiles } from "../clients/podman/config.ts";
import { readableDuration } from "../terminal/words.ts";
import type { Environment } from "../token/dependencies.ts";
import { foreignName } from "../token/foreign-text.ts";
import type { ConfigurePlan } from "./apply.ts";
import { unusedTokens } from "./plan.ts";
import type { ConfigureTarget } from "./target.ts";

interface NotesContext {
  readonly env: Environment;
  readonly home: string | undefined;
  /** Whether nothing has been changed. */
  readonly dryRun: boolean;
}

/** Notes for the user about a change, one line each. */
export async function configureNotes(
  target: ConfigureTarget,
  before: string | undefined,
  plan: ConfigurePlan,
  { env, home, dryRun }: NotesContext,
): Promise<readonly string[]> {
  const { helperConfig, replace, tokens, imports, store, edited } = plan;
  const would = dryRun ? "would be " : "";
  const moved = (imports?.incoming ?? []).map(({ key, server }) => foreignName(key ?? server));
  const unused = tokens.length > 0 || !before ? [] : unusedTokens(edited.text, helperConfig, replace);
  const now = Date.now();
  return [
    ...(moved.length > 0 ? [`${would}moved to ${store?.name}: ${moved.join(", ")}`] : []),
    ...(imports?.skipped ?? []).map(({ key, why }) => `not changed: ${foreignName(key)}: ${why}`),
    ...tokens.map((token) => `${would}removed: ${describeToken(token, now)}; this helper fetches its own`),
    ...unused.map(
      (token) =>
        `${describeToken(token, now)} is in ${target.path}, but Docker ${dryRun ? "would no longer use" : "no longer uses"} it; --remove-stale-auths removes it`,
    ),
    ...(target.program === "podman" ? await podmanNotes(helperConfig, env, home, now) : []),
    ...(helperConfig.kind === "instead-of" ? ecrLoginLines(env, home) : []),
    ...(helperConfig.kind === "all" ? [forAllNote] : []),
    ...(!dryRun && existsSync(backupPath(target.path))
      ? [`backup of the original: ${backupPath(target.path)}`]
      : []),
  ];
}

/** Such clients send all logins before they know which they need, and `list` contains only stored tokens. */
const forAllNote =
  "with DOCKER_BUILDKIT=0, and by docker-py, a build sends only logins whose token is stored: for others run docker pull or the daemon before it, or name the registry too (configure-docker HOST)";

function describeToken({ key, expiresAt }: EcrToken, now: number): string {
  if (expiresAt === undefined) return `a token for ${key}`;
  const life =
    expiresAt > now
      ? `valid for ${readableDuration(expiresAt - now)}`
      : `expired ${readableDuration(now - expiresAt)} ago`;
  return `a token for ${key} (${life})`;
}

/** podman reads the tokens of `podman login` before it runs the helper. */
async function podmanNotes(
  helperConfig: ConfigurePlan["helperConfig"],
  env: Environment,
  home: string | undefined,
  now: number,
): Promise<readonly string[]> {
  const { first } = containersFiles(env, home ?? "", process.getuid?.() ?? 0, process.platform);
  const text = first && (await readClientFile(first).catch(() => undefined))?.toString("utf8");
  if (!text || helperConfig.kind !== "hosts") return [];
  return loginsIn(text)
    .filter((each) => each.kind === "ecr")
    .filter(({ host }) => helperConfig.hosts.includes(host))
    .map(
      (token) =>
        `${describeToken(token, now)} is in ${first}, which podman reads first: remove it with podman logout ${token.key}`,
    );
}

function ecrLoginLines(env: Environment, home: string | undefined): readonly string[] {
  const cache = ecrLoginCache(env, home ?? "");
  const cacheNote = existsSync(cache)
    ? [`${cache} is no longer used; it contains tokens in plain text: remove it`]
    : [];
  return [...ecrLoginNotes(env), ...cacheNote];
}
