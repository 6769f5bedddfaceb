import type { Config } from "../config/config.ts";
import type { AppContext } from "../provider/context.ts";
import type { Notifier } from "../service/notifier.ts";
import { plural, pluralRegistries } from "../terminal/words.ts";
import { Failure } from "../token/failure.ts";
import { foreignText } from "../token/foreign-text.ts";
import { ActiveProblems, none, problemsOf } from "./active-problems.ts";
import { Heartbeat } from "./heartbeat.ts";
import type { DaemonLock } from "./lock.ts";
import type { Reporter } from "./log.ts";
import { failuresOf, type Pass, Refresher } from "./pass.ts";
import { detailsOf, RenewalLog } from "./renewal-log.ts";
import { WakeableDelay } from "./wakeable-delay.ts";

/** What a daemon is started with. */
export interface DaemonStart {
  /** Milliseconds over which its first calls are spread. */
  readonly splay: number;
  readonly lock: DaemonLock;
  readonly notifier: Notifier;
}

/** Runs until a signal ends it. @throws Failure DAEMON_RUNNING where another has taken its lock */
export async function runDaemon(app: AppContext, start: DaemonStart, log: Reporter): Promise<void> {
  await new Daemon(app, start, log).run();
}

/** Milliseconds that what runs may take to end once a signal has come, and the last write after that: 2 s together, at most. */
const grace = 1_200;
const lastWrite = 400;

class Daemon {
  readonly #stop = new AbortController();
  readonly #refresher: Refresher;
  readonly #heartbeat = new Heartbeat(() => this.keep(!this.#stop.signal.aborted));
  readonly #sleeper = new WakeableDelay();
  #config: Config | undefined;
  /** Somebody wants another pass after the one that runs. */
  #isWanted = true;
  /** By SIGHUP: somebody has changed something that does not show. */
  #isReload = false;
  /** Another daemon has the lock. */
  #isOvertaken = false;
  readonly #troubles: ActiveProblems;
  readonly #renewals: RenewalLog;

  constructor(
    private readonly app: AppContext,
    private readonly start: DaemonStart,
    private readonly tell: Reporter,
  ) {
    this.#troubles = new ActiveProblems(tell);
    this.#renewals = new RenewalLog(tell);
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
      this.#sleeper.wake();
    };
    const again = () => {
      this.#isWanted = true;
      this.#sleeper.wake();
    };
    process.on("SIGTERM", end);
    process.on("SIGINT", end);
    process.on("SIGHUP", () => {
      this.#isReload = true;
      again();
    });
    this.tell("info", `started, process ${process.pid}`, { event: "daemon_started" });
    // A disk that hangs gives nobody back who waits for it.
    await Promise.race([this.passes(), this.stopped(grace)]);
    await Promise.race([this.#heartbeat.beat(), Bun.sleep(lastWrite)]);
    this.tell("info", "ended", { event: "daemon_ended" });
  }

  private async passes(): Promise<void> {
    while (!this.#stop.signal.aborted) {
      await this.keepLock();
      const sleep = this.#isWanted ? await this.tick() : Infinity;
      await this.sleep(sleep);
    }
  }

  /** Resolves so many milliseconds after the signal to end. */
  private async stopped(later: number): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<unknown>();
    this.#stop.signal.addEventListener("abort", resolve);
    await promise;
    await Bun.sleep(later);
  }

  /** One pass. @returns milliseconds until the next is due */
  private async tick(): Promise<number> {
    this.#isWanted = false;
    let isOther = false;
    await this.watch("config", async () => {
      const config = await this.#refresher.readConfig();
      isOther = config !== this.#config;
      this.#config = config;
    });
    let pass: Pass | undefined;
    await this.watch("pass", async () => {
      pass = await this.pass();
      if (await this.follow()) pass = await this.pass();
    });
    // Reading a config and renewing leave tens of megabytes behind, which an idle process would keep for long.
    if (isOther || (pass && pass.report.renewed.length > 0)) Bun.gc(true);
    if (!this.#stop.signal.aborted) {
      await this.#heartbeat.beat();
      this.start.notifier.ready(statusOf(pass, this.app.now()));
    }
    return (pass?.report.wakeAt ?? Infinity) - this.app.now();
  }

  private async pass(): Promise<Pass | undefined> {
    const pass = await this.#refresher.pass(this.#stop.signal, this.start.splay, this.#isReload);
    // Of what it was stopped in nothing can be said.
    if (pass && !this.#stop.signal.aborted) this.tellOf(pass);
    return pass;
  }

  /** Reads replication rules, all of them after a SIGHUP. @returns whether they have changed */
  private async follow(): Promise<boolean> {
    const anew = this.#isReload;
    this.#isReload = false;
    const followed = await this.#refresher.follow(this.#stop.signal, anew);
    if (!followed || this.#stop.signal.aborted) return false;
    const unread = [...followed.failed, ...followed.waiting].map(({ oneLine }) => oneLine);
    this.#troubles.set("rules", new Map(unread.map((line) => [line, line])));
    if (followed.isChanged) {
      this.tell("info", "the replication rules have changed", { event: "rules_changed" });
    }
    return followed.isChanged;
  }

  private async sleep(due: number): Promise<void> {
    if (this.#isWanted || this.#stop.signal.aborted) return;
    await this.#sleeper.sleep(due);
    this.#isWanted = true;
  }

  private async keep(isAlive: boolean): Promise<void> {
    const configError = this.#troubles.of("config").get("it");
    await this.watch("state", () => this.#refresher.keep(isAlive, configError));
  }

  private tellOf(pass: Pass): void {
    for (const job of pass.report.refused) {
      const whose = `the token of ${job.identity} in ${job.region}`;
      const line = `${job.askThrough.host} refuses ${whose} before its expiry: it is renewed now`;
      this.tell("info", line, detailsOf("token_refused", job));
    }
    for (const job of pass.report.renewed) {
      const { identity, region, registries } = job;
      const line = `renewed the token of ${identity} in ${region} for ${pluralRegistries(registries.length)}`;
      this.tell("info", line, detailsOf("token_renewed", job));
    }
    this.#renewals.update(pass.report.failing, this.app.now());
    this.#troubles.set("tokens", problemsOf(pass));
  }

  /** @throws Failure DAEMON_RUNNING */
  private async keepLock(): Promise<void> {
    await this.watch("lock", async () => {
      if (!(await this.start.lock.keep())) this.#isOvertaken = true;
    });
    if (!this.#isOvertaken) return;
    const what = "the state folder was removed, and another daemon of this user has started since";
    throw new Failure("DAEMON_RUNNING", what, "leave that one");
  }

  /** Does a step that may fail without harm to the others. */
  private async watch(area: string, step: () => Promise<unknown>): Promise<void> {
    try {
      await step();
      this.#troubles.set(area, none);
    } catch (error) {
      this.#troubles.set(area, new Map([["it", lineOf(error)]]));
    }
  }
}

/** For `systemctl status`. */
function statusOf(pass: Pass | undefined, now: number): string {
  if (!pass) return "no token is renewed: see the log";
  const { length } = pass.managed.kept;
  return `${pluralRegistries(length)} kept, ${plural(failuresOf(pass, now).length, "failure")}`;
}

function lineOf(error: unknown): string {
  if (error instanceof Failure) return error.oneLine;
  return `${foreignText(error instanceof Error ? error.message : String(error))} [UNEXPECTED]`;
}
