import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { eventually } from "../eventually.ts";

const programs = "/usr/bin:/bin";
/** Each with the Debian package that brings it. */
export const keyringPrograms = {
  "gnome-keyring-daemon": "gnome-keyring",
  "dbus-daemon": "dbus-daemon",
  "dbus-send": "dbus-bin",
};

/**
 * gnome-keyring on a D-Bus of its own, with files of its own: nobody outside sees it. The bus starts nothing by
 * itself, so that no prompt ever opens and what is ended stays so.
 */
export class Keyring {
  readonly #folder = mkdtempSync(join(tmpdir(), "ecr-keyring-"));
  readonly #bus: Bun.Subprocess;
  #daemon: Bun.Subprocess | undefined;

  readonly #atExit = () => this.#end();

  /** Locked: nothing runs there yet. It ends with this process, should nobody remove it. */
  constructor() {
    process.once("exit", this.#atExit);
    for (const name of ["data", "run"]) mkdirSync(join(this.#folder, name), { mode: 0o700 });
    const config = join(this.#folder, "bus.conf");
    writeFileSync(config, busConfig(this.socket));
    this.#bus = this.start(["dbus-daemon", `--config-file=${config}`, "--nofork", "--nopidfile"]);
  }

  private get socket(): string {
    return join(this.#folder, "bus");
  }

  /** What a program needs to find it. */
  get env(): Record<string, string> {
    return { DBUS_SESSION_BUS_ADDRESS: `unix:path=${this.socket}` };
  }

  /** The same as systemd has it: a runtime folder with the bus's socket in it. */
  get runtimeEnv(): Record<string, string> {
    return { XDG_RUNTIME_DIR: this.#folder };
  }

  /** Starts the daemon with its keyring open, as a login to the desktop does. */
  async unlock(): Promise<void> {
    await this.kill();
    await eventually("the bus", () => this.say("org.freedesktop.DBus", "/", "org.freedesktop.DBus.GetId"));
    const command = ["gnome-keyring-daemon", "--unlock", "--components=secrets", "--foreground"];
    this.#daemon = this.start(command, "a password");
    const owner = ["string:org.freedesktop.secrets"];
    const isThere = () =>
      this.say("org.freedesktop.DBus", "/", "org.freedesktop.DBus.GetNameOwner", ...owner) !== undefined;
    await eventually("the keyring", isThere);
  }

  lock(): void {
    const keyring = "array:objpath:/org/freedesktop/secrets/collection/login";
    const method = "org.freedesktop.Secret.Service.Lock";
    const said = this.say("org.freedesktop.secrets", "/org/freedesktop/secrets", method, keyring);
    if (!said?.includes("/collection/login")) throw new Error(`the keyring was not locked: ${said}`);
  }

  /** Ends the daemon and takes away all that it held. */
  async clear(): Promise<void> {
    await this.kill();
    rmSync(join(this.#folder, "data"), { recursive: true, force: true });
    mkdirSync(join(this.#folder, "data"), { mode: 0o700 });
  }

  /** Ends the daemon without a chance to put anything in order. */
  async kill(): Promise<void> {
    this.#daemon?.kill("SIGKILL");
    await this.#daemon?.exited;
    this.#daemon = undefined;
  }

  /** From now on the daemon takes what it is asked and does not answer. */
  freeze(): void {
    this.#daemon?.kill("SIGSTOP");
  }

  /** From now on D-Bus takes what it is sent and never answers. */
  hang(): void {
    this.#bus.kill("SIGSTOP");
  }

  async remove(): Promise<void> {
    process.off("exit", this.#atExit);
    this.#end();
    await Promise.all([this.#bus.exited, this.#daemon?.exited]);
  }

  #end(): void {
    for (const each of [this.#daemon, this.#bus]) each?.kill("SIGKILL");
    rmSync(this.#folder, { recursive: true, force: true });
  }

  private start([program = "", ...args]: readonly string[], input = ""): Bun.Subprocess {
    const path = Bun.which(program, { PATH: programs });
    if (path === null) throw new Error(`no ${program} on ${programs}`);
    const env = { HOME: this.#folder, XDG_DATA_HOME: join(this.#folder, "data"), ...this.env };
    const run = { XDG_RUNTIME_DIR: join(this.#folder, "run"), PATH: programs };
    const stdin = Buffer.from(input);
    return Bun.spawn([path, ...args], { env: { ...env, ...run }, stdin, stdout: "ignore", stderr: "ignore" });
  }

  /** What a method answers; undefined where it fails. */
  private say(to: string, path: string, method: string, ...args: readonly string[]): string | undefined {
    const command = ["--session", `--dest=${to}`, "--print-reply", path, method, ...args];
    const { status, stdout } = spawnSync("dbus-send", command, { env: { PATH: programs, ...this.env } });
    return status === 0 ? stdout.toString() : undefined;
  }
}

const busConfig = (socket: string) => `<!DOCTYPE busconfig PUBLIC
 "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig>
  <type>session</type>
  <listen>unix:path=${socket}</listen>
  <auth>EXTERNAL</auth>
  <policy context="default">
    <allow send_destination="*"/>
    <allow receive_sender="*"/>
    <allow own="*"/>
  </policy>
</busconfig>
`;
