import type { Config } from "../config/config.ts";
import type { AppContext } from "../provider/context.ts";
import type { Notifier } from "../service/notifier.ts";
import { plural, pluralRegistries, readableDuration } from "../terminal/words.ts";
import { Failure } from "../token/failure.ts";
import { foreignText } from "../token/foreign-text.ts";
import { ActiveProblems, noProblems, problemsOf } from "./active-problems.ts";
import { Heartbeat } from "./heartbeat.ts";
import type { DaemonLock } from "./lock.ts";
import type { Reporter } from "./log.ts";
import { failuresOf, type Pass, Refresher } from "./pass.ts";
import { detailsOf, RenewalLog } from "./renewal-log.ts";
import { SecretUpdates } from "./secret-updates.ts";
import { WakeableDelay } from "./wakeable-delay.ts";

/** What a daemon needs at its start. */
export interface DaemonStart {
  /** Milliseconds over which the first calls are spread. */
  readonly splay: number;
  readonly lock: DaemonLock;
  readonly notifier: Notifier;
}

/** Runs until a signal ends it. @throws Failure DAEMON_RUNNING if another daemon has taken its lock */
export async function runDaemon(app: AppContext, start: DaemonStart, log: Reporter): Promise<void> {
  await new Daemon(app, start, log).run();
}

/** Milliseconds after a signal for running work to end, and then for the last write: together less than 2 s. */
const grace = 1_200;
const lastWriteLimit = 400;

class Daemon {
  readonly #stop = new AbortController();
  readonly #refresher: Refresher;
  readonly #heartbeat = new Heartbeat(() => this.saveState(!this.#stop.signal.aborted));
  readonly #delay = new WakeableDelay();
  #config: Config | undefined;
  /** Another pass was requested. */
  #isPassWanted = true;
  /** SIGHUP came: retry everything, since a user has changed something that no file shows. */
  #isReload = false;
  /** Another daemon holds the lock. */
  #isReplaced = false;
  readonly #problems: ActiveProblems;
  readonly #secrets: SecretUpdates;
  readonly #renewals: RenewalLog;

  constructor(
    private readonly app: AppContext,
    private readonly start: DaemonStart,
    private readonly log: Reporter,
  ) {
    this.#problems = new ActiveProblems(log);
    this.#renewals = new RenewalLog(log);
    this.#secrets = new SecretUpdates(app, this.#stop.signal, (failures) => {
      this.#problems.set("secrets", new Map(failures.map(({ oneLine }) => [oneLine, oneLine])));
    });
    const daemon = { pid: process.pid, startedAt: app.now() };
    this.#refresher = new Refresher(app, daemon, () => {
      start.notifier.alive();
      this.#heartbeat.step();
    });
  }

  async run(): Promise<void> {
    const end = () => {
      this.start.notifier.stopping();
      this.#stop.abort();
      this.#delay.wake();
    };
    const requestPass = () => {
      this.#isPassWanted = true;
      this.#delay.wake();
    };
    process.on("SIGTERM", end);
    process.on("SIGINT", end);
    process.on("SIGHUP", () => {
      this.#isReload = true;
      requestPass();
    });
    const { splay } = this.start;
    const spread =
      splay > 0 ? `; the first requests to AWS are spread over ${readableDuration(splay)} (--splay)` : "";
    this.log("info", `started, process ${process.pid}${spread}`, { event: "daemon_started" });
    // A read from a disk that hangs never returns.
    await Promise.race([this.runPasses(), this.stopped(grace)]);
    await Promise.race([this.#heartbeat.beat(), Bun.sleep(lastWriteLimit)]);
    this.log("info", "ended", { event: "daemon_ended" });
  }

  private async runPasses(): Promise<void> {
    while (!this.#stop.signal.aborted) {
      await this.retainLock();
      const sleep = this.#isPassWanted ? await this.runPass() : Infinity;
      await this.sleep(sleep);
    }
  }

  /** Resolves `later` milliseconds after the stop signal. */
  private async stopped(delay: number): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<unknown>();
    this.#stop.signal.addEventListener("abort", resolve);
    await promise;
    await Bun.sleep(delay);
  }

  /** Reads the config and does one pass, or two if replication rules have changed. @returns milliseconds until the next is due */
  private async runPass(): Promise<number> {
    this.#isPassWanted = false;
    let isConfigChanged = false;
    await this.runStep("config", async () => {
      const config = await this.#refresher.readConfig();
      isConfigChanged = config !== this.#config;
      this.#config = config;
    });
    let pass: Pass | undefined;
    await this.runStep("pass", async () => {
      pass = await this.pass();
      if (await this.syncReplication()) pass = await this.pass();
    });
    // Reading a config and renewing leave tens of megabytes of garbage, which an idle process would keep for a long time.
    if (isConfigChanged || (pass && pass.report.renewed.length > 0)) Bun.gc(true);
    if (!this.#stop.signal.aborted) {
      await this.#heartbeat.beat();
      this.start.notifier.ready(statusOf(pass, this.app.now()));
    }
    return (pass?.report.wakeAt ?? Infinity) - this.app.now();
  }

  private async pass(): Promise<Pass | undefined> {
    const pass = await this.#refresher.pass(this.#stop.signal, this.start.splay, this.#isReload);
    // The result of a pass that was stopped is incomplete.
    if (pass && !this.#stop.signal.aborted) {
      this.logPass(pass);
      if (this.#isReload) this.#secrets.ignorePauses();
      if (this.#config) this.#secrets.request([pass.managed, this.#config]);
    }
    return pass;
  }

  /** Reads replication rules, all of them after a SIGHUP. @returns whether they have changed */
  private async syncReplication(): Promise<boolean> {
    const readAll = this.#isReload;
    this.#isReload = false;
    const sync = await this.#refresher.syncReplication(this.#stop.signal, readAll);
    if (!sync || this.#stop.signal.aborted) return false;
    const problems = [...sync.failed, ...sync.waiting].map(({ oneLine }) => oneLine);
    this.#problems.set("rules", new Map(problems.map((line) => [line, line])));
    if (sync.isChanged) {
      this.log("info", "the replication rules have changed", { event: "rules_changed" });
    }
    return sync.isChanged;
  }

  private async sleep(due: number): Promise<void> {
    if (this.#isPassWanted || this.#stop.signal.aborted) return;
    await this.#delay.sleep(due);
    this.#isPassWanted = true;
  }

  private async saveState(isAlive: boolean): Promise<void> {
    const configError = this.#problems.of("config").get("it");
    await this.runStep("state", () => this.#refresher.saveState(isAlive, configError));
  }

  private logPass(pass: Pass): void {
    for (const job of pass.report.refused) {
      const token = `the token of ${job.identity} in ${job.region}`;
      const line = `${job.endpointRegistry.host} refuses ${token} before its expiry: it is renewed now`;
      this.log("info", line, detailsOf("token_refused", job));
    }
    for (const job of pass.report.renewed) {
      const { identity, region, registries } = job;
      const line = `renewed the token of ${identity} in ${region} for ${pluralRegistries(registries.length)}`;
      this.log("info", line, detailsOf("token_renewed", job));
    }
    this.#renewals.update(pass.report.failing, this.app.now());
    this.#problems.set("tokens", problemsOf(pass));
  }

  /** @throws Failure DAEMON_RUNNING */
  private async retainLock(): Promise<void> {
    await this.runStep("lock", async () => {
      if (!(await this.start.lock.retain())) this.#isReplaced = true;
    });
    if (!this.#isReplaced) return;
    const what = "the state folder was removed, and another daemon of this user has started since";
    throw new Failure("DAEMON_RUNNING", what, "use the other daemon; this one ends");
  }

  /** Runs a step. If it fails, that is logged and the other steps go on. */
  private async runStep(area: string, step: () => Promise<unknown>): Promise<void> {
    try {
      await step();
      this.#problems.set(area, noProblems);
    } catch (error) {
      this.#problems.set(area, new Map([["it", lineOf(error)]]));
    }
  }
}

/** For `systemctl status`. */
function statusOf(pass: Pass | undefined, now: number): string {
  if (!pass) return "no token is renewed: see the log";
  const { length } = pass.managed.registries;
  return `${pluralRegistries(length)} managed, ${plural(failuresOf(pass, now).length, "failure")}`;
}

function lineOf(error: unknown): string {
  if (error instanceof Failure) return error.oneLine;
  return `${foreignText(error instanceof Error ? error.message : String(error))} [UNEXPECTED]`;
}
