import { Command } from "commander";
import { verdictOf } from "../refresher/due.ts";
import type { Job } from "../refresher/job.ts";
import { type GroupState, parseState } from "../refresher/state.ts";
import { readClock } from "../store/clock.ts";
import { readRefresher } from "../store/refresher-state.ts";
import type { AuthorizationEntry, FailureEntry } from "../token/entry.ts";
import { type Clock, type Life, lifeState, timeLeft, withMinValidity } from "../token/life.ts";
import type { Context } from "./context.ts";
import { daemonHealth, type Health, healthLine } from "./health.ts";
import { outputLine, outputStates } from "./outputs-report.ts";
import { replicationLines, replicationReport } from "./replication-report.ts";
import { type Shown, type ShownRegistry, shownRegistries } from "./shown.ts";
import { openSurroundings, type Surroundings } from "./surroundings.ts";
import { readable, table } from "./table.ts";

/** `status`: each registry's token, and whether the daemon runs. */
export function statusCommand(context: Context): Command {
  return new Command("status")
    .summary("each registry's token and the daemon's health")
    .description(
      "Exit 1 if a token that is kept has less life left than minValidity, or config.yaml can't be used.",
    )
    .option("--json", "for programs")
    .addHelpText("after", "\nExample:\n  docker-credential-ecr status --json")
    .action(({ json }: { json?: boolean }) => show(json === true, context));
}

async function show(json: boolean, { env, home, print, printError, exitWith }: Context): Promise<void> {
  const around = await openSurroundings(env, home);
  const { folders, files, now } = around;
  const shown = await shownRegistries(around);
  const refresher = await readRefresher(folders.state);
  const daemon = await daemonHealth(folders.state, refresher, now());
  const tokens = new Tokens(around, shown, parseState(refresher?.state).groups, readClock(files, now()));
  const registries: ShownToken[] = [];
  for (const registry of shown.registries) registries.push(await tokens.of(registry, daemon.running));
  if (shown.configError) printError(shown.configError.oneLine);
  if (shown.configError || registries.some(({ isFresh }) => !isFresh)) exitWith(1);
  const replication = shown.kept ? await replicationReport(around, shown.kept.keeping) : [];
  const outputs = shown.kept ? await outputStates(folders.state, shown.kept.config) : [];
  if (json) {
    const error = shown.configError && { configError: shown.configError.oneLine };
    return print(JSON.stringify({ daemon, registries, replication, outputs, ...error }, undefined, 2));
  }
  print(healthLine(daemon));
  if (daemon.configError !== undefined && daemon.configError !== shown.configError?.oneLine) {
    print(`daemon: goes by the config of before: ${daemon.configError}`);
  }
  const rows = registries.map((one) => rowOf(one, daemon, now()));
  print(table([["REGISTRY", "IDENTITY", "TIME LEFT", "NEXT RENEWAL", "LAST ERROR"], ...rows]));
  for (const output of outputs) print(outputLine(output));
  for (const line of replicationLines(replication, now())) print(line);
}

/** A registry's token, as `--json` has it. */
interface ShownToken {
  readonly registry: string;
  readonly identity: string;
  readonly secondsLeft: number;
  readonly isFresh: boolean;
  /** Milliseconds since the epoch: when the daemon tries next; in the past: at its next pass. */
  readonly nextRenewalAt?: number;
  /** Of the last attempt, where that failed. */
  readonly lastError?: string;
}

/** Looks each authorization up once, however many registries it serves. */
class Tokens {
  private readonly known = new Map<string, Promise<Known>>();

  constructor(
    private readonly around: Surroundings,
    private readonly shown: Shown,
    private readonly groups: Readonly<Record<string, GroupState>>,
    private readonly clock: Clock,
  ) {}

  async of({ host, identity, authorization }: ShownRegistry, isRunning: boolean): Promise<ShownToken> {
    const { clock, shown, around } = this;
    const { entry, failed } = await this.knownOf(authorization);
    const group = this.groups[authorization];
    const own = entry ? undefined : await around.store.readRegistry(host);
    const lying = entry?.life ?? (own?.authorization === authorization ? own.life : undefined);
    const life = lying && shown.kept ? withMinValidity(lying, shown.kept.keeping.minValidity) : lying;
    const failure = [failed, group?.failure].find((one) => one && one.at >= (life?.issuedAt ?? 0));
    return {
      registry: host,
      identity,
      secondsLeft: life ? Math.floor(timeLeft(life, clock) / 1000) : 0,
      isFresh: life !== undefined && lifeState(life, clock) === "fresh",
      ...(isRunning && group && { nextRenewalAt: clock.now + nextIn(entry, group, life, clock) }),
      ...(failure && { lastError: `${failure.what}: ${failure.mend} [${failure.code}]` }),
    };
  }

  private knownOf(authorization: string): Promise<Known> {
    const { store } = this.around;
    const known = this.known.get(authorization) ?? readKnown(store, authorization);
    this.known.set(authorization, known);
    return known;
  }
}

interface Known {
  readonly entry: AuthorizationEntry | undefined;
  readonly failed: FailureEntry | undefined;
}

async function readKnown(
  { readAuthorization, readFailure }: Surroundings["store"],
  key: string,
): Promise<Known> {
  return { entry: await readAuthorization(key), failed: await readFailure(key) };
}

/**
 * Milliseconds until the daemon asks for a token: its renewal, or the end of a wait. Whether the conditions of a
 * failure have changed it sees by itself within a minute.
 */
function nextIn(
  entry: AuthorizationEntry | undefined,
  group: GroupState,
  life: Life | undefined,
  clock: Clock,
): number {
  const job = { conditions: group.failure?.conditions ?? "" } as Job;
  return verdictOf(job, entry && life && { ...entry, life }, group, clock).dueIn;
}

function rowOf(token: ShownToken, { running }: Health, now: number): readonly string[] {
  const { registry, identity, secondsLeft, nextRenewalAt, lastError = "-" } = token;
  const left = secondsLeft > 0 ? readable(secondsLeft * 1000) : "none";
  const wait = nextRenewalAt === undefined ? 0 : nextRenewalAt - now;
  const next = wait > 0 ? `in ${readable(wait)}` : "now";
  return [registry, identity, left, running && nextRenewalAt !== undefined ? next : "-", lastError];
}
