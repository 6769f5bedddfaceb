import assert from "node:assert/strict";
import type { Ran } from "./run.ts";

/** What Docker takes for "go on without credentials", byte for byte. */
export const notFoundText = "credentials not found in native keychain";

/** Asserts that a `get` succeeded as every client wants it. @returns the secret */
export function answered(ran: Ran, serverUrl: string): string {
  assert.deepEqual(endOf(ran), { exitCode: 0, stderr: "" }, shown(ran.stdout));
  const { ServerURL, Username, Secret, ...rest } = JSON.parse(ran.stdout);
  assert.deepEqual({ ServerURL, Username, rest }, { ServerURL: serverUrl, Username: "AWS", rest: {} });
  assert.ok(/^[\w+/=]{800,}$/.test(Secret), "a secret of ECR's form");
  assert.ok(ran.stdout === `${JSON.stringify({ ServerURL, Username, Secret })}\n`, "one line of JSON");
  return Secret;
}

/** Asserts that nothing is held and nothing could be. */
export function notFound(ran: Ran): void {
  const expected = { stdout: `${notFoundText}\n`, stderr: "", exitCode: 1 };
  assert.deepEqual({ stdout: shown(ran.stdout), ...endOf(ran) }, expected);
}

/** Asserts that it did what it should and had nothing to say. */
export function silent(ran: Ran): void {
  assert.deepEqual({ stdout: shown(ran.stdout), ...endOf(ran) }, { stdout: "", stderr: "", exitCode: 0 });
}

/**
 * Asserts a failure told on stdout as one line that ends with its code, and on stderr once more for the person. Of
 * what Docker's clients look for anywhere in it there is nothing.
 *
 * @param parts what the line must hold: what failed, for whom and what, the mend
 * @returns the line
 */
export function told(ran: Ran, code: string, ...parts: readonly (string | RegExp)[]): string {
  const [line = "", ...more] = ran.stdout.split("\n");
  assert.deepEqual({ exitCode: ran.exitCode, more }, { exitCode: 1, more: [""] }, shown(ran.stdout));
  assert.equal(ran.stderr, `docker-credential-ecr: ${line}\n`);
  assert.ok(line.endsWith(` [${code}]`), `[${code}] expected: ${line}`);
  assert.doesNotMatch(line, /credentials not found|no credentials server URL|no credentials username/);
  for (const part of parts) {
    if (typeof part === "string") assert.ok(line.includes(part), `${part} expected in: ${line}`);
    else assert.match(line, part);
  }
  return line;
}

function endOf({ stderr, exitCode }: Ran): Pick<Ran, "stderr" | "exitCode"> {
  return { stderr, exitCode };
}

/** Fit for the report of a failed test, which a whole token would flood. */
export function shown(text: string): string {
  return text.replace(/[\w+/=]{100,}/g, (long) => `${long.slice(0, 12)}…`);
}
