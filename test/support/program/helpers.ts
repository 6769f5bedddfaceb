import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { goClientPath } from "../../../scripts/clients/go.ts";
import { programPath } from "./program.ts";

/** A credential helper, and the Debian package or Go module that brings it. */
export const helperPrograms = {
  ecr: "this program",
  pass: "golang-docker-credential-helpers",
  secretservice: "golang-docker-credential-helpers",
  "ecr-login": "amazon-ecr-credential-helper",
  gcr: "github.com/GoogleCloudPlatform/docker-credential-gcr",
} as const;

export type HelperName = keyof typeof helperPrograms;

/** @returns undefined where it is not installed */
export function helperPath(name: HelperName): string | undefined {
  if (name === "ecr") return programPath();
  const program = `docker-credential-${name}`;
  if (name === "gcr") return Bun.which(goClientPath(program)) ?? undefined;
  return Bun.which(program, { PATH: "/usr/bin:/bin" }) ?? undefined;
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
