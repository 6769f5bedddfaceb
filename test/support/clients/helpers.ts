import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { debianRootPath } from "../../../scripts/clients/debian.ts";
import { programPath } from "../program/program.ts";

/** A credential helper: this program, one of Debian sid's (scripts/clients/debian.ts), or of Debian 12. */
export const helperNames = ["ecr", "pass", "secretservice", "ecr-login", "gcr", "pass 0.6"] as const;
export type HelperName = (typeof helperNames)[number];

/** @returns undefined if it is not installed */
export function helperCommand(name: HelperName): readonly string[] | undefined {
  if (name === "ecr") return [programPath()];
  const program = `docker-credential-${name.split(" ")[0]}`;
  if (name === "pass 0.6") {
    const path = Bun.which(program, { PATH: "/usr/bin:/bin" });
    return path === null ? undefined : [path];
  }
  const root = debianRootPath();
  const path = `${root}/usr/bin/${program}`;
  if (!existsSync(path)) return undefined;
  // With the libraries that it was built for.
  const loader = `${root}/lib64/ld-linux-x86-64.so.2`;
  return [loader, "--library-path", `${root}/usr/lib/x86_64-linux-gnu`, path];
}

/** A home with nothing in it but a store of pass, if there is one. */
export class HelperHome {
  readonly folder = mkdtempSync(join(tmpdir(), "ecr-helper-"));
  readonly #env: Readonly<Record<string, string>>;

  /** @param env for the keyring */
  constructor(env: Readonly<Record<string, string>>) {
    this.#env = { HOME: this.folder, PATH: "/usr/bin:/bin", AWS_EC2_METADATA_DISABLED: "true", ...env };
  }

  async run(
    command: readonly string[],
    input = "",
  ): Promise<{ stdout: string; stderr: string; exitCode: number | null }> {
    const child = Bun.spawn([...command], {
      env: this.#env,
      cwd: this.folder,
      stdin: Buffer.from(input),
      stdout: "pipe",
      stderr: "pipe",
      timeout: 30_000,
    });
    const [stdout, stderr] = await Promise.all([
      new Response(child.stdout).text(),
      new Response(child.stderr).text(),
      child.exited,
    ]);
    return { stdout, stderr, exitCode: child.exitCode };
  }

  /** Gives it a key of its own and a store for `pass`. */
  async initPass(): Promise<void> {
    const id = "tester@example.com";
    await this.run(["mkdir", "-m", "700", join(this.folder, ".gnupg")]);
    const gpg = ["gpg", "--batch", "--pinentry-mode", "loopback", "--passphrase", ""];
    await this.run([...gpg, "--quick-generate-key", id, "default", "default", "never"]);
    await this.run(["pass", "init", id]);
  }

  async remove(): Promise<void> {
    await this.run(["gpgconf", "--kill", "all"]);
    rmSync(this.folder, { recursive: true, force: true });
  }
}
