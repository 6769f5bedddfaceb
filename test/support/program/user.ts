import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import type { User as CastUser } from "../aws/cast.ts";
import { type Ran, type Running, type RunOptions, start } from "./run.ts";

/** The path of config.yaml, below HOME. */
export const configPath = ".config/docker-credential-ecr/config.yaml";

/** Variables to set; undefined removes one. */
export type Variables = Readonly<Record<string, string | undefined>>;

export type UserRunOptions = Partial<Omit<RunOptions, "env">> & { readonly env?: Variables };

/** A user: an empty HOME, and an environment without the variables of the process that runs the tests. */
export class User {
  readonly home = mkdtempSync(join(tmpdir(), "ecr-home-"));
  /** The environment of all programs that are started from now on. */
  readonly env: Record<string, string>;
  readonly #running = new Set<Running>();

  constructor(env: Variables) {
    this.env = merge({ HOME: this.home, PATH: "/usr/local/bin:/usr/bin:/bin" }, env);
  }

  /** The program's state folder. */
  get state(): string {
    return join(this.home, ".local/state/docker-credential-ecr");
  }

  start(args: readonly string[], options: UserRunOptions = {}): Running {
    const started = start(args, { ...options, env: merge(this.env, options.env ?? {}) });
    this.#running.add(started);
    void started.ended.finally(() => this.#running.delete(started));
    return started;
  }

  run(args: readonly string[], options: UserRunOptions = {}): Promise<Ran> {
    return this.start(args, options).ended;
  }

  get(serverUrl: string, options: UserRunOptions = {}): Promise<Ran> {
    return this.run(["get"], { ...options, input: serverUrl });
  }

  /** Docker's `store`. */
  store(serverUrl: string, username: string, secret: string, options: UserRunOptions = {}): Promise<Ran> {
    const input = JSON.stringify({ ServerURL: serverUrl, Username: username, Secret: secret });
    return this.run(["store"], { ...options, input });
  }

  erase(serverUrl: string, options: UserRunOptions = {}): Promise<Ran> {
    return this.run(["erase"], { ...options, input: serverUrl });
  }

  /** Docker sends this text with `list`. */
  list(options: UserRunOptions = {}): Promise<Ran> {
    return this.run(["list"], { ...options, input: "unused" });
  }

  /** Writes a file below HOME that only this user can read. @returns its path */
  write(path: string, text: string): string {
    const full = join(this.home, path);
    mkdirSync(dirname(full), { recursive: true, mode: 0o700 });
    writeFileSync(full, text, { mode: 0o600 });
    return full;
  }

  /** Writes ~/.aws/config. @param profiles by section header, without the brackets */
  writeAwsConfig(profiles: Readonly<Record<string, Variables>>): string {
    return this.write(".aws/config", ini(profiles));
  }

  /** Writes ~/.aws/credentials with static keys by profile. */
  writeAwsKeys(profiles: Readonly<Record<string, CastUser>>): string {
    const sections = Object.entries(profiles).map(([name, { accessKeyId, secretAccessKey }]) => [
      name,
      { aws_access_key_id: accessKeyId, aws_secret_access_key: secretAccessKey },
    ]);
    return this.write(".aws/credentials", ini(Object.fromEntries(sections)));
  }

  /** Ends processes that still run, for example after a failed test, and removes HOME. */
  async remove(): Promise<void> {
    for (const each of this.#running) each.kill("SIGKILL");
    await Promise.all([...this.#running].map(({ ended }) => ended));
    rmSync(this.home, { recursive: true, force: true });
  }
}

/** The text of an AWS config or credentials file. */
export function ini(sections: Readonly<Record<string, Variables>>): string {
  return Object.entries(sections)
    .map(([name, settings]) => {
      const lines = Object.entries(settings).map(([key, value]) => `${key} = ${value}\n`);
      return `[${name}]\n${lines.join("")}\n`;
    })
    .join("");
}

function merge(base: Variables, over: Variables): Record<string, string> {
  const entries = Object.entries({ ...base, ...over });
  return Object.fromEntries(entries.flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])));
}
