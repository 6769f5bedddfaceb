import { version } from "../../package.json";
import { lookAtState } from "../doctor/checks/folders.ts";
import { daemonHealth, type Health, isDaemonFailing } from "../managed/daemon-health.ts";
import { explicitLogin } from "../managed/logins.ts";
import { placeOf, shownRegistries, waitingEntries } from "../managed/registry-rows.ts";
import { requestedRegistries } from "../managed/requested.ts";
import type { AppContext } from "../provider/context.ts";
import { parseState } from "../refresher/state.ts";
import { parseHost } from "../registry/host.ts";
import { installedService } from "../service/installed.ts";
import { readClock } from "../store/files/clock.ts";
import type { FailedGet } from "../store/state/failed-gets.ts";
import { readRefresher } from "../store/state/refresher-state.ts";
import type { TokenStore } from "../store/tokens/token-store.ts";
import { Failure, type FailureNote } from "../token/failure.ts";
import { type OutputState, outputStates } from "./outputs-report.ts";
import { type RenewalSeries, renewalSeries } from "./renewals-report.ts";
import { replicationReport, type SourceReport } from "./replication-report.ts";
import { type ShownToken, Tokens } from "./tokens.ts";

/** What `status` shows; `jsonOf` makes of it what `--json` prints. */
export interface StatusReport {
  /** Of the program. */
  readonly program: string;
  /** Milliseconds since the epoch, as all times in it. */
  readonly at: number;
  /** Whether config.yaml can be used and every token that is kept has enough life left. */
  readonly ok: boolean;
  /** Whether nothing fails besides: renewals, the daemon, replication rules, outputs. */
  readonly strictlyOk: boolean;
  readonly daemon: Health;
  readonly registries: readonly ShownToken[];
  /** Counters of renewals in the background. */
  readonly renewals: readonly RenewalSeries[];
  readonly replication: readonly SourceReport[];
  readonly outputs: readonly OutputState[];
  /** Hosts that Docker asks this helper for, and has not asked yet. */
  readonly unused: readonly string[];
  /** Lines: entries of config.yaml of which nothing is kept fresh before the first pull. */
  readonly waiting: readonly string[];
  /** Why encrypted tokens can be neither read nor kept here. */
  readonly unkept?: FailureNote;
  /** Why the state folder can't be used, so that what lies there can't be told. */
  readonly stateError?: FailureNote;
  /** Why config.yaml can't be used. */
  readonly configError?: FailureNote;
}

/** How it stands now. Looks at this program's files alone and changes none. */
export async function statusReport(app: AppContext): Promise<StatusReport> {
  const { folders, files, now } = app;
  const shown = await shownRegistries(app);
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
  const { kept, configError } = shown;
  const unkept = await whyUnkept(app.store);
  const stateError = await stateTrouble(folders.state);
  const replication = kept ? await replicationReport(folders.state, kept.managed) : [];
  const outputs = kept ? await outputStates(folders.state, kept.config) : [];
  const isDead = ({ isFresh, login, lastError }: ShownToken) => !isFresh || (login && lastError);
  const ok = !configError && stateError === undefined && !registries.some(isDead);
  const errors = [...registries, ...replication, ...outputs].some(({ lastError }) => lastError !== undefined);
  return {
    program: version,
    at: now(),
    ok,
    strictlyOk: ok && !unkept && !errors && !isDaemonFailing(daemon) && daemon.configError === undefined,
    daemon,
    registries,
    renewals: renewalSeries(shown, groups),
    replication,
    outputs,
    waiting: waitingEntries(shown, folders.configFile),
    unused: requested.docker.filter((host) => !known.has(host)),
    ...(unkept && { unkept }),
    ...(stateError && { stateError }),
    ...(configError && { configError: noteOf(configError) }),
  };
}

async function stateTrouble(state: string): Promise<FailureNote | undefined> {
  const { status, code = "STATE_FOLDER", seen, fix = "" } = await lookAtState(state);
  return status === "failed" ? { code, what: seen, fix } : undefined;
}

async function whyUnkept(store: TokenStore): Promise<FailureNote | undefined> {
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

/** Registries of which nothing is kept, and a `get` failed or an explicit login answers. */
async function otherRegistries(
  app: AppContext,
  failedGets: ReadonlyMap<string, FailedGet>,
  known: ReadonlySet<string>,
): Promise<readonly Pick<ShownToken, "registry" | "account" | "region" | "identity">[]> {
  const others = new Map<string, string>();
  for (const [host, { identity = "-" }] of failedGets) others.set(host, identity);
  for (const host of await app.store.hosts()) {
    if (!known.has(host) && (await explicitLogin(host, app))) others.set(host, "docker login");
  }
  return [...others]
    .filter(([host]) => !known.has(host))
    .map(([host, identity]) => ({ registry: host, identity, ...placeOf(parseHost(host)) }));
}
