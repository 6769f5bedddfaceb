import { spawnSync } from "node:child_process";
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { programPath } from "./program.ts";
import { registry } from "./standing.ts";
import type { User } from "./user.ts";
import { answered } from "./verdicts.ts";

const script = fileURLToPath(new URL("../../../install.sh", import.meta.url));

/** Runs install.sh as a user. The program is already built, so npm has nothing to do. */
export class Installer {
  readonly prefix: string;
  readonly bin: string;
  readonly #script: string;
  readonly #dist: string;
  /** The PATH of install.sh. */
  readonly path: string;

  constructor(readonly user: User) {
    this.prefix = join(user.home, "prefix");
    this.bin = join(this.prefix, "bin");
    const checkout = join(user.home, "checkout");
    this.#script = join(checkout, "install.sh");
    mkdirSync(join(checkout, "bin"), { recursive: true });
    copyFileSync(script, this.#script);
    mkdirSync(join(checkout, "dist"));
    this.#dist = join(checkout, "dist");
    const prefix = dirname(dirname(programPath()));
    for (const part of readdirSync(prefix)) symlinkSync(join(prefix, part), join(this.#dist, part));
    writeFileSync(join(checkout, "dist/docker-credential-ecr.1"), ".TH DOCKER-CREDENTIAL-ECR 1\n");
    mkdirSync(join(checkout, "docs"));
    writeFileSync(join(checkout, "docs/config.schema.json"), "{}\n");
    const npm = join(checkout, "bin/npm");
    writeFileSync(npm, "#!/bin/sh\n");
    chmodSync(npm, 0o755);
    this.path = `${this.bin}:${join(checkout, "bin")}:${process.env.PATH}`;
  }

  /** @param through a command that starts it */
  run(args: readonly string[], env: Record<string, string> = {}, through: readonly string[] = []) {
    const [command = "", ...rest] = [...through, this.#script, "--prefix", this.prefix, ...args];
    const { stdout, stderr, status } = spawnSync(command, rest, {
      env: { ...this.user.env, PATH: this.path, ...env },
      stdio: ["ignore", "pipe", "pipe"],
      encoding: "utf8",
    });
    return { stdout, stderr, status };
  }

  /** The token that the installed program gets for `registry`. */
  async token(): Promise<string> {
    const child = Bun.spawn([join(this.bin, "docker-credential-ecr"), "get"], {
      stdin: Buffer.from(registry),
      stdout: "pipe",
      stderr: "pipe",
      env: this.user.env,
    });
    const [stdout, stderr] = await Promise.all([child.stdout.text(), child.stderr.text()]);
    return answered({ stdout, stderr, exitCode: await child.exited, tookMs: 0 }, registry);
  }

  /** From now on, the build behaves as without a C compiler. */
  withoutFront(): void {
    const program = realpathSync(join(this.#dist, "lib/docker-credential-ecr/docker-credential-ecr"));
    for (const part of ["bin", "lib"]) rmSync(join(this.#dist, part));
    mkdirSync(join(this.#dist, "bin"));
    symlinkSync(program, join(this.#dist, "bin/docker-credential-ecr"));
  }

  /** Whether the program is installed. */
  get isThere(): boolean {
    return existsSync(join(this.bin, "docker-credential-ecr"));
  }
}
