import type { Notifier } from "../service/notifier.ts";
import { Failure } from "../token/failure.ts";
import { redact } from "../token/redact.ts";
import type { Context } from "./context.ts";
import { failuresOf, type Pass, Refresher } from "./refresher.ts";
import { Sleeper } from "./sleeper.ts";
import type { Surroundings } from "./surroundings.ts";
import { none, Troubles, troublesOf } from "./troubles.ts";

/** Runs until a signal ends it. */
export async function runDaemon(
  around: Surroundings,
  splay: number,
  context: Context,
  notifier: Notifier,
): Promise<void> {
  await new Daemon(around, splay, context, notifier).run();
}

class Daemon {
  readonly #stop = new AbortController();
  readonly #refresher: Refresher;
  readonly #sleeper = new Sleeper();
  /** Somebody wants another pass after the one that runs. */
  #isWanted = true;
  /** By SIGHUP: somebody has changed something that does not show. */
  #isReload = false;
  readonly #troubles = new Troubles((level, line) => this.tell(level, line));

  constructor(
    private readonly around: Surroundings,
    private readonly splay: number,
    private readonly context: Context,
    private readonly notifier: Notifier,
  ) {
    const daemon = { pid: process.pid, startedAt: around.now() };
    this.#refresher = new Refresher(around, daemon, () => notifier.alive());
  }

  async run(): Promise<void> {
    const end = () => {
      this.notifier.stopping();
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
    this.tell("info", `started, process ${process.pid}`);
    while (!this.#stop.signal.aborted) {
      const sleep = this.#isWanted ? await this.tick() : Infinity;
      await this.sleep(sleep);
    }
    await this.keep(false);
    this.tell("info", "ended");
  }

  /** One pass. @returns milliseconds until the next is due */
  private async tick(): Promise<number> {
    this.#isWanted = false;
    await this.watch("config", () => this.#refresher.readConfig());
    let pass: Pass | undefined;
    await this.watch("pass", async () => {
      pass = await this.pass();
      if (await this.follow()) pass = await this.pass();
    });
    await this.keep(true);
    if (!this.#stop.signal.aborted) this.notifier.ready(statusOf(pass));
    return (pass?.report.wakeAt ?? Infinity) - this.around.now();
  }

  private async pass(): Promise<Pass | undefined> {
    const pass = await this.#refresher.pass(this.#stop.signal, this.splay);
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
    if (followed.isChanged) this.tell("info", "the replication rules have changed");
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
    for (const { identity, region, registries } of pass.report.renewed) {
      this.tell("info", `renewed the token of ${identity} in ${region} for ${registries.length} registries`);
    }
    this.#troubles.set("tokens", troublesOf(pass));
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

  private tell(level: Level, line: string): void {
    const { env, print } = this.context;
    // Journald stamps each line itself and reads the priority in front of it.
    const isJournal = env.JOURNAL_STREAM !== undefined || env.INVOCATION_ID !== undefined;
    const head = isJournal ? priorities[level] : `${new Date(this.around.now()).toISOString()} `;
    print(`${head}${level} ${line}`);
  }
}

/** For `systemctl status`. */
function statusOf(pass: Pass | undefined): string {
  if (!pass) return "no token is renewed: see the log";
  const { length } = pass.keeping.kept;
  return `${length} registries kept, ${failuresOf(pass).length} failures`;
}

type Level = "info" | "error";

const priorities = { info: "<6>", error: "<3>" };

function lineOf(error: unknown): string {
  if (error instanceof Failure) return error.oneLine;
  return `UNEXPECTED ${redact(error instanceof Error ? error.message : String(error))}`.replace(
    /\p{Cc}+\s*/gu,
    " ",
  );
}
