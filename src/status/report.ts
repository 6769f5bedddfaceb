import { version } from "../../package.json";
import { checkStateFolder } from "../doctor/checks/folders.ts";
import { daemonHealth, type Health, isDaemonFailing } from "../managed/daemon-health.ts";
import { explicitLogin } from "../managed/logins.ts";
import { accountAndRegion, readRegistryRows, waitingEntries } from "../managed/registry-rows.ts";
import { requestedRegistries } from "../managed/requested.ts";
import type { AppContext } from "../provider/context.ts";
import { parseState } from "../refresher/state.ts";
import { parseHost } from "../registry/host.ts";
import { installedService } from "../service/installed.ts";
import { readClock } from "../store/files/clock.ts";
import type { FailedGet } from "../store/state/failed-gets.ts";
import { readRefresher } from "../store/state/refresher-state.ts";
import type { StoredTokens, TokenStore } from "../store/tokens/token-store.ts";
import { Failure, type FailureNote } from "../token/failure.ts";
import { type OutputState, outputStates } from "./outputs-report.ts";
import { type RenewalSeries, renewalSeries } from "./renewals-report.ts";
import { replicationReport, type SourceReport } from "./replication-report.ts";
import { type SecretState, secretStates } from "./secrets-report.ts";
import { type ShownToken, Tokens } from "./tokens.ts";

/** What `status` shows. `jsonOf` converts it for `--json`. */
export interface StatusReport {
  /** The program's version. */
  readonly program: string;
  /** Milliseconds since the epoch, like all times in it. */
  readonly at: number;
  /** Whether config.yaml is valid and the token of every managed registry is fresh. */
  readonly ok: boolean;
  /** Whether `ok`, and nothing else fails: renewals, the daemon, replication rules, outputs. */
  readonly strictlyOk: boolean;
  readonly daemon: Health;
  readonly registries: readonly ShownToken[];
  /** Counters of renewals in the background. */
  readonly renewals: readonly RenewalSeries[];
  readonly replication: readonly SourceReport[];
  readonly outputs: readonly OutputState[];
  readonly secrets: readonly SecretState[];
  /** Hosts that Docker uses this helper for, but has not requested yet. */
  readonly unused: readonly string[];
  /** Lines about entries of config.yaml whose registries are not renewed before their first pull. */
  readonly waiting: readonly string[];
  /** Why encrypted tokens can be neither read nor stored. */
  readonly unkept?: FailureNote;
  /** Why the state folder can't be used, so that the stored tokens are unknown. */
  readonly stateError?: FailureNote;
  /** Why config.yaml is not read, so that the program works without a config. */
  readonly configNotRead?: FailureNote;
  /** Why config.yaml is invalid. */
  readonly configError?: FailureNote;
}

/** The present state. Only reads files of this program. */
export async function statusReport(app: AppContext): Promise<StatusReport> {
  const { folders, files, now } = app;
  const shown = await readRegistryRows(app);
  const refresher = await readRefresher(folders.state);
  const service = await installedService(app.env, app.home);
  const daemon = await daemonHealth(folders.state, refresher, now(), service);
  const requested = await requestedRegistries(app);
  const failedGets = new Map(requested.failedGets.map((one) => [one.host, one]));
  const { groups } = parseState(refresher?.state);
  const tokens = new Tokens(app, shown, groups, readClock(files, now()), failedGets);
  const registries: ShownToken[] = [];
  for (const registry of shown.registries) registries.push(await tokens.of(registry, daemon.running));
  const known = new Set(shown.registries.map(({ host }) => host));
  for (const other of await otherRegistries(app, failedGets, known)) {
    registries.push(await tokens.ofOther(other));
    known.add(other.registry);
  }
  const { loaded, configError } = shown;
  const unkept = await storeFailure(app.store);
  const stateError = await stateFolderFailure(folders.state);
  const replication = loaded ? await replicationReport(folders.state, loaded.managed) : [];
  const outputs = loaded ? await outputStates(folders.state, loaded.config) : [];
  const notRead = loaded?.config.notRead;
  const secrets = loaded ? await secretStates(folders.state, loaded.config) : [];
  const isDead = ({ isFresh, login, lastError }: ShownToken) => !isFresh || (login && lastError);
  const ok = !configError && stateError === undefined && !registries.some(isDead);
  const errors = [...registries, ...replication, ...outputs, ...secrets].some(
    ({ lastError }) => lastError !== undefined,
  );
  return {
    program: version,
    at: now(),
    ok,
    strictlyOk:
      ok && !unkept && !notRead && !errors && !isDaemonFailing(daemon) && daemon.configError === undefined,
    daemon,
    registries,
    renewals: renewalSeries(shown, groups),
    replication,
    outputs,
    secrets,
    waiting: waitingEntries(shown, folders.configFile),
    unused: requested.docker.filter((host) => !known.has(host)),
    ...(unkept && { unkept }),
    ...(stateError && { stateError }),
    ...(notRead && { configNotRead: noteOf(notRead) }),
    ...(configError && { configError: noteOf(configError) }),
  };
}

async function stateFolderFailure(state: string): Promise<FailureNote | undefined> {
  const { status, code = "STATE_FOLDER", seen, fix = "" } = await checkStateFolder(state);
  return status === "failed" ? { code, what: seen, fix } : undefined;
}

async function storeFailure(store: TokenStore): Promise<FailureNote | undefined> {
  try {
    await store.assertCanStore();
    return undefined;
  } catch (error) {
    if (error instanceof Failure) return noteOf(error);
    throw error;
  }
}

function noteOf({ code, message, fix }: Failure): FailureNote {
  return { code, what: message, fix };
}

/** Registries that are not managed, but whose `get` failed or that have an explicit login. */
async function otherRegistries(
  stored: StoredTokens,
  failedGets: ReadonlyMap<string, FailedGet>,
  known: ReadonlySet<string>,
): Promise<readonly Pick<ShownToken, "registry" | "account" | "region" | "identity">[]> {
  const others = new Map<string, string>();
  for (const [host, { identity = "-" }] of failedGets) others.set(host, identity);
  for (const host of await stored.store.hosts()) {
    if (!known.has(host) && (await explicitLogin(host, stored))) others.set(host, "docker login");
  }
  return [...others]
    .filter(([host]) => !known.has(host))
    .map(([host, identity]) => ({ registry: host, identity, ...accountAndRegion(parseHost(host)) }));
}
