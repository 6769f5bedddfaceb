import assert from "node:assert/strict";
import { existsSync, mkdirSync, readFileSync, renameSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { testCache } from "../../../scripts/test-cache.ts";

const source = fileURLToPath(new URL("protocol/", import.meta.url));

/** What the helper behind Docker's library was asked for, or why the library refused the request. */
export interface LibraryOutcome {
  readonly Error: string;
  readonly ServerURL: string;
  readonly Username: string;
  readonly Secret: string;
}

/**
 * Docker's own library for credential helpers, at the version in protocol/go.mod. Its program is built once and kept
 * outside the repository: that needs the Go module proxy.
 *
 * @param go the Go toolchain's program
 * @returns undefined where the library can't be had on this machine
 */
export function helperLibrary(go: string): string | undefined {
  const texts = ["go.mod", "go.sum", "main.go"].map((name) => readFileSync(join(source, name)));
  const key = Bun.hash(Buffer.concat(texts)).toString(16);
  const program = testCache(`helper-library-${key}`, process.env);
  if (existsSync(program)) return program;
  mkdirSync(dirname(program), { recursive: true });
  const unfinished = `${program}.${process.pid}`;
  const { exitCode, stderr } = Bun.spawnSync([go, "build", "-trimpath", "-o", unfinished, "."], {
    cwd: source,
    env: { ...process.env, GOTOOLCHAIN: "local", GOFLAGS: "-mod=readonly", CGO_ENABLED: "0" },
  });
  if (exitCode !== 0) {
    if (process.env.CI === "true") assert.fail(`${stderr}`);
    return undefined;
  }
  renameSync(unfinished, program);
  return program;
}

/** How the library reads each request. */
export function libraryOutcomes(
  program: string,
  requests: readonly (readonly [action: string, input: string])[],
): readonly LibraryOutcome[] {
  const stdin = Buffer.from(requests.map((request) => `${JSON.stringify(request)}\n`).join(""));
  const { exitCode, stdout, stderr } = Bun.spawnSync([program], { stdin });
  assert.equal(exitCode, 0, `${stderr}`);
  const lines = stdout.toString().trimEnd().split("\n");
  assert.equal(lines.length, requests.length);
  return lines.map((line) => JSON.parse(line));
}
