import { chownSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { eventually } from "../eventually.ts";
import { type Result, run, succeeded } from "./command.ts";
import { type Account, createSystemRoot } from "./system-root.ts";

const script = fileURLToPath(new URL("boot.sh", import.meta.url));
const path = "/usr/local/bin:/usr/sbin:/usr/bin";

/** Milliseconds for a step of systemd. It takes a second, but on a very busy machine half a minute. */
export const patience = 120_000;

/** An entry of the journal. */
export type JournalEntry = Readonly<Record<string, string>>;

/** A system with systemd as process 1. It has no services except those of systemd and D-Bus. */
export class BootedSystem {
  #boot: Bun.Subprocess | undefined;
  #pid = "";
  readonly #folder: string;

  constructor(
    readonly name: string,
    readonly accounts: readonly Account[],
  ) {
    const { E2E_FOLDER = "" } = process.env;
    this.#folder = join(E2E_FOLDER, name);
    mkdirSync(join(this.#folder, "local"), { recursive: true });
    createSystemRoot(this.path("/"), accounts);
  }

  /** The path of a file of the system, for the tests. */
  path(inside: string): string {
    const [, local] = /^\/usr\/(local\/.*)/.exec(inside) ?? [];
    return local === undefined ? join(this.#folder, "root", inside) : join(this.#folder, local);
  }

  /** Writes a file below a user's home, with the user as owner. @returns its path in the system */
  write({ home, uid }: Account, below: string, text: string): string {
    let at = home;
    for (const part of below.split("/").slice(0, -1)) {
      at = join(at, part);
      if (!existsSync(this.path(at))) mkdirSync(this.path(at), { mode: 0o700 });
      chownSync(this.path(at), uid, uid);
    }
    const file = join(home, below);
    writeFileSync(this.path(file), text, { mode: 0o600 });
    chownSync(this.path(file), uid, uid);
    return file;
  }

  /** @param bootId what the system shows as the ID of this boot; default: the machine's */
  async boot(bootId?: string): Promise<void> {
    const { E2E_CGROUP = "" } = process.env;
    if (bootId !== undefined) writeFileSync(join(this.#folder, "boot_id"), `${bootId}\n`);
    rmSync(join(this.#folder, "pid"), { force: true });
    this.#pid = "";
    const output = Bun.file(join(this.#folder, "boot.log"));
    const boot = Bun.spawn(["sh", script, this.#folder, `${E2E_CGROUP}/${this.name}`], {
      env: { PATH: path },
      stdin: "ignore",
      stdout: output,
      stderr: output,
    });
    this.#boot = boot;
    const isUp = async () => {
      if (!isRunning(boot)) throw new Error(`systemd did not start: ${await output.text()}`);
      if (!existsSync(join(this.#folder, "pid"))) return false;
      this.#pid = readFileSync(join(this.#folder, "pid"), "utf8").trim();
      const { stdout } = await this.run(["systemctl", "is-system-running", "--wait"]);
      return /^(?:running|degraded)$/m.test(stdout);
    };
    await eventually("the system is up", isUp, patience);
  }

  /** Ends all processes and boots anew. @returns when all services were started */
  async reboot(bootId?: string): Promise<void> {
    // It may itself be ended by the reboot.
    await this.run(["systemctl", "--no-block", "reboot"]);
    await this.#boot?.exited;
    await this.boot(bootId);
  }

  /** Runs a command as root. */
  run(command: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<Result> {
    const enter = ["nsenter", `--target=${this.#pid}`, "--mount", "--pid", "--uts", "--ipc", "--cgroup"];
    const options = { env: { PATH: path, HOME: "/root", ...env }, cwd: "/", timeLimit: patience };
    return run([...enter, ...command], options);
  }

  /** Runs a command as a user, who has a service manager if the user lingers. */
  runAs(
    { uid, home }: Account,
    command: readonly string[],
    env: Readonly<Record<string, string>> = {},
  ): Promise<Result> {
    const as = ["setpriv", `--reuid=${uid}`, `--regid=${uid}`, "--clear-groups"];
    return this.run([...as, ...command], { HOME: home, XDG_RUNTIME_DIR: `/run/user/${uid}`, ...env });
  }

  /** @param options of journalctl @returns the entries, oldest first */
  async journal(...options: readonly string[]): Promise<readonly JournalEntry[]> {
    succeeded(await this.run(["journalctl", "--sync"]));
    const { stdout } = await this.run(["journalctl", "--quiet", "--output=json", ...options]);
    return stdout
      .split("\n")
      .filter((line) => line !== "")
      .map((line) => JSON.parse(line));
  }

  async stop(): Promise<void> {
    // The end of its first process ends all others, and then the program that waits for it.
    if (isRunning(this.#boot) && this.#pid !== "") process.kill(Number(this.#pid), "SIGKILL");
    else this.#boot?.kill("SIGKILL");
    await this.#boot?.exited;
    // It contains copies of the program, in memory.
    rmSync(this.#folder, { recursive: true, force: true });
  }
}

const isRunning = (program: Bun.Subprocess | undefined): program is Bun.Subprocess =>
  program !== undefined && program.exitCode === null && program.signalCode === null;
