import { existsSync } from "node:fs";
import { ecrLoginCache, ecrLoginNotes } from "../clients/docker/ecr-login.ts";
import { type EcrToken, loginsIn } from "../clients/docker/logins.ts";
import { backupPath } from "../clients/files/backup.ts";
import { readClientFile } from "../clients/files/client-file.ts";
import { containersFiles } from "../clients/podman/config.ts";
import { readableDuration } from "../terminal/words.ts";
import type { Environment } from "../token/dependencies.ts";
import type { WiringPlan } from "./apply.ts";
import { tokensBeside } from "./plan.ts";
import type { WiringTarget } from "./target.ts";

interface World {
  readonly env: Environment;
  readonly home: string | undefined;
  /** Whether nothing was done yet. */
  readonly dryRun: boolean;
}

/** What a person should know of beside what was written: one line each. */
export async function wiringNotes(
  target: WiringTarget,
  before: string | undefined,
  plan: WiringPlan,
  { env, home, dryRun }: World,
): Promise<readonly string[]> {
  const { helperConfig, replace, tokens, moving, kept, edited } = plan;
  const would = dryRun ? "would be " : "";
  const moved = (moving?.incoming ?? []).map(({ key, server }) => key ?? server);
  const beside = tokens.length > 0 || !before ? [] : tokensBeside(edited.text, helperConfig, replace);
  const now = Date.now();
  return [
    ...(moved.length > 0 ? [`${would}moved to ${kept?.place}: ${moved.join(", ")}`] : []),
    ...(moving?.left ?? []).map(({ key, why }) => `left as it is: ${key}: ${why}`),
    ...tokens.map((token) => `${would}taken out: ${tokenWords(token, now)}; this helper gets its own`),
    ...beside.map(
      (token) =>
        `${tokenWords(token, now)} lies in ${target.path}: Docker ${dryRun ? "would then not look" : "no longer looks"} at it; --remove-stale-auths takes it out`,
    ),
    ...(target.program === "podman" ? await podmanNotes(helperConfig, env, home, now) : []),
    ...(helperConfig.kind === "instead-of" ? ecrLoginLines(env, home) : []),
    ...(helperConfig.kind === "all" ? [forAllNote] : []),
    ...(!dryRun && existsSync(backupPath(target.path))
      ? [`as it was at first: ${backupPath(target.path)}`]
      : []),
  ];
}

/** They ask for all logins before they know which they need, and `list` names only what is stored. */
const forAllNote =
  "with DOCKER_BUILDKIT=0, and by docker-py, a build sends only logins whose token is stored: for others run docker pull or the daemon before it, or name the registry too (configure-docker HOST)";

function tokenWords({ key, expiresAt }: EcrToken, now: number): string {
  if (expiresAt === undefined) return `a token for ${key}`;
  const life =
    expiresAt > now
      ? `good for ${readableDuration(expiresAt - now)}`
      : `over for ${readableDuration(now - expiresAt)}`;
  return `a token for ${key} (${life})`;
}

/** What `podman login` has left is found before the helper. */
async function podmanNotes(
  helperConfig: WiringPlan["helperConfig"],
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
        `${tokenWords(token, now)} lies in ${first}, which podman looks at first: podman logout ${token.key}`,
    );
}

function ecrLoginLines(env: Environment, home: string | undefined): readonly string[] {
  const cache = ecrLoginCache(env, home ?? "");
  const lies = existsSync(cache)
    ? [`${cache} is no longer used; it holds tokens in plain text: remove it`]
    : [];
  return [...ecrLoginNotes(env), ...lies];
}
