import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { User } from "./user.ts";

/**
 * Asserts that a screen of 80 columns equals the golden file. With UPDATE_GOLDEN it writes the file.
 *
 * @param name of the file in test/integration/golden, without `.txt`
 */
export function sameAsGolden(screen: string, name: string, user: User): void {
  // As long as the replaced text, so that line breaks stay the same.
  const shown = screen.replaceAll(user.home, "/home/".padEnd(user.home.length, "x")).trimEnd();
  // A failure is one line of any length.
  const lines = shown.split("\n").filter((line) => !line.startsWith("docker-credential-ecr: "));
  for (const line of lines) assert.ok(line.length <= 80, `${line.length}: ${line}`);
  isKept(`${shown}\n`, name);
}

/** Asserts the same, and that all lines, also of failures, fit 80 columns. */
export function matchesGolden(shown: string, name: string): void {
  for (const line of shown.split("\n")) assert.ok(Bun.stringWidth(line) <= 80, line);
  isKept(shown, name);
}

function isKept(given: string, name: string): void {
  // The stand-in has a different port of five digits each time.
  const shown = given.replaceAll(/127\.0\.0\.1:\d{5}/g, "127.0.0.1:00000");
  const path = fileURLToPath(new URL(`../../integration/golden/${name}.txt`, import.meta.url));
  if (process.env.UPDATE_GOLDEN) writeFileSync(path, shown);
  assert.equal(shown, readFileSync(path, "utf8"));
}
