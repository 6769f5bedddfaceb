import { chmodSync, cpSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { defaultCast } from "../aws/cast.ts";
import { userNamed } from "../aws/sdk.ts";
import { root } from "../program/guide.ts";
import { ini } from "../program/user.ts";
import { type Account, newAccount } from "./account.ts";
import { type Result, run } from "./command.ts";
import { machine } from "./hooks.ts";
import { packerEnvironment } from "./packer.ts";

const checkout = "/run/newcomer/docker-credential-ecr";
/** HOME in commands by sudo. */
const rootHome = "/run/newcomer/root";
const system = { PATH: "/usr/sbin:/usr/bin:/sbin:/bin" };

/**
 * A machine on which this program was never installed: /usr/local is empty. It has a checkout of this repository. Its
 * program is built already, so Node.js and npm have nothing to do.
 */
export async function prepareFreshMachine(): Promise<void> {
  const { folder, socket } = machine();
  await run(["mount", "-t", "tmpfs", "-o", "mode=0755", "tmpfs", "/usr/local"], { env: system });
  mkdirSync("/usr/local/bin");
  for (const name of ["node", "npm"]) writeFileSync(`/usr/local/bin/${name}`, "#!/bin/sh\n", { mode: 0o755 });
  mkdirSync(checkout, { recursive: true });
  mkdirSync(rootHome, { mode: 0o700 });
  for (const part of ["install.sh", "package.json", "docs", "examples", "dist/bin", "dist/lib"]) {
    const from = join(root, part);
    if (existsSync(from)) cpSync(from, join(checkout, part), { recursive: true });
  }
  const page = "dist/docker-credential-ecr.1";
  cpSync(join(root, page), join(checkout, page));
  // It is the checkout of each user.
  chmodSync(checkout, 0o777);
  // As for the members of the group docker.
  chmodSync(folder, 0o711);
  chmodSync(socket, 0o666);
}

export async function restoreMachine(): Promise<void> {
  await run(["umount", "--lazy", "/usr/local"], { env: system });
  chmodSync(machine().folder, 0o700);
}

/** A user who follows the documentation: with AWS profiles, and with a shell in the checkout. */
export class Newcomer {
  readonly #account: Account;
  readonly #exports: string[] = [];
  /** The command lines that the user has typed, without those that only set a variable. */
  readonly steps: string[] = [];

  /** @param profiles users of the cast by the name of the profile with their keys */
  constructor(name: string, uid: number, profiles: Readonly<Record<string, string>>) {
    this.#account = newAccount(name, uid);
    const sections = Object.entries(profiles).map(([profile, user]) => {
      const { accessKeyId, secretAccessKey } = userNamed(defaultCast.users, user);
      const keys = { aws_access_key_id: accessKeyId, aws_secret_access_key: secretAccessKey };
      return [profile, { ...keys, region: "us-east-1" }];
    });
    this.write(".aws/credentials", ini(Object.fromEntries(sections)));
  }

  get home(): string {
    return this.#account.home;
  }

  /** The program's state folder. */
  get state(): string {
    return join(this.home, ".local/state/docker-credential-ecr");
  }

  read(path: string): string {
    return readFileSync(join(this.home, path), "utf8");
  }

  write(path: string, text: string): string {
    return this.#account.write(path, text);
  }

  /** Types a command line in the checkout, and answers each question with Enter. */
  async type(line: string): Promise<Result> {
    if (line.startsWith("export ")) {
      this.#exports.push(line);
      return { stdout: "", stderr: "", exitCode: 0, story: line };
    }
    this.steps.push(line);
    const [, words] = /^sudo (.*)$/.exec(line) ?? [];
    return words === undefined ? await this.#atTerminal(line) : await this.#asRoot(words);
  }

  /** Runs a line of the user's crontab as cron does: with sh, in HOME, and almost without variables. */
  async cron(line: string): Promise<Result> {
    const { name } = this.#account;
    const env = { PATH: "/usr/bin:/bin", HOME: this.home, LOGNAME: name, SHELL: "/bin/sh" };
    const command = line.replace(/^(?:\S+ ){5}/, "");
    return await run([...this.#become, "/bin/sh", "-c", command], { env, cwd: this.home });
  }

  get #become(): readonly string[] {
    const { uid } = this.#account;
    return uid === 0 ? [] : ["setpriv", `--reuid=${uid}`, `--regid=${uid}`, "--clear-groups"];
  }

  get #env(): Readonly<Record<string, string>> {
    const engine = { DOCKER_HOST: `unix://${machine().socket}` };
    return {
      PATH: "/usr/local/bin:/usr/bin:/bin",
      HOME: this.home,
      TERM: "xterm",
      ...engine,
      ...packerEnvironment,
    };
  }

  async #atTerminal(line: string): Promise<Result> {
    const decoder = new TextDecoder();
    let sent = "";
    let answered = 0;
    const child = Bun.spawn([...this.#become, "bash", "-c", [...this.#exports, line].join("\n")], {
      env: this.#env,
      cwd: checkout,
      terminal: {
        cols: 100,
        rows: 30,
        data(terminal, data) {
          sent += decoder.decode(data, { stream: true });
          if (sent.length === answered || !Bun.stripANSI(sent).endsWith("] ")) return;
          answered = sent.length;
          terminal.write("\r");
        },
      },
      timeout: 120_000,
      killSignal: "SIGKILL",
    });
    const exitCode = await child.exited;
    child.terminal?.close();
    const stdout = Bun.stripANSI(sent).replaceAll("\r", "");
    return { stdout, stderr: "", exitCode, story: `${line}\nexit code ${exitCode}\n${stdout}` };
  }

  /** As sudo does: the user's shell expands the words, then root runs them without the user's variables. */
  async #asRoot(words: string): Promise<Result> {
    const print = [...this.#exports, `printf '%s\\n' ${words}`].join("\n");
    const { stdout } = await run([...this.#become, "bash", "-c", print], { env: this.#env, cwd: checkout });
    const { name, uid } = this.#account;
    const own = { HOME: rootHome, SUDO_USER: name, SUDO_UID: String(uid) };
    const PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
    // Bun.which does not look in the working directory.
    const [program = "", ...args] = stdout.trim().split("\n");
    return await run([program.replace(/^\.\//, `${checkout}/`), ...args], {
      env: { PATH, ...own },
      cwd: checkout,
    });
  }
}
