import assert from "node:assert/strict";
import type { Ran } from "./run.ts";

/** The exact text that Docker interprets as "continue without credentials". */
export const notFoundText = "credentials not found in native keychain";

/** Asserts that a `get` succeeded, with an output that every client accepts. @returns the secret */
export function answered(ran: Ran, serverUrl: string): string {
  assert.deepEqual(endOf(ran), { exitCode: 0, stderr: "" }, shown(ran.stdout));
  const { ServerURL, Username, Secret, ...rest } = JSON.parse(ran.stdout);
  assert.deepEqual({ ServerURL, Username, rest }, { ServerURL: serverUrl, Username: "AWS", rest: {} });
  assert.ok(/^[\w+/=]{800,}$/.test(Secret), "a secret of ECR's form");
  assert.ok(ran.stdout === `${JSON.stringify({ ServerURL, Username, Secret })}\n`, "one line of JSON");
  return Secret;
}

/** Asserts that there is no credential for the host. */
export function notFound(ran: Ran): void {
  const expected = { stdout: `${notFoundText}\n`, stderr: "", exitCode: 1 };
  assert.deepEqual({ stdout: shown(ran.stdout), ...endOf(ran) }, expected);
}

/** Asserts success without output. */
export function silent(ran: Ran): void {
  assert.deepEqual({ stdout: shown(ran.stdout), ...endOf(ran) }, { stdout: "", stderr: "", exitCode: 0 });
}

/**
 * Asserts a failure with one line on stderr that ends with its code. stdout has the same line, or for a `get` of an ECR
 * host the text that clients interpret as "continue without credentials".
 *
 * @param parts texts that the line must contain: the problem, the identity, the fix
 * @returns the line
 */
export function told(ran: Ran, code: string, ...parts: readonly (string | RegExp)[]): string {
  const prefix = "docker-credential-ecr: ";
  assert.ok(ran.stderr.startsWith(prefix), shown(`${ran.stdout}${ran.stderr}`));
  const [line = "", ...more] = ran.stderr.slice(prefix.length).split("\n");
  assert.deepEqual({ exitCode: ran.exitCode, more }, { exitCode: 1, more: [""] }, shown(ran.stdout));
  assert.ok([`${line}\n`, `${notFoundText}\n`].includes(ran.stdout), shown(ran.stdout));
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

/** Shortens a text for the report of a failed test, since a token is long. */
export function shown(text: string): string {
  return text.replace(/[\w+/=]{100,}/g, (long) => `${long.slice(0, 12)}…`);
}
