import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { User } from "./user.ts";

/**
 * Asserts that a screen of 80 columns is the one that is kept; with UPDATE_GOLDEN it is kept from now on.
 *
 * @param name of the file in test/integration/golden, without `.txt`
 */
export function sameAsGolden(screen: string, name: string, user: User): void {
  // As long as what it stands for, so that lines break where they did.
  const shown = screen.replaceAll(user.home, "/home/".padEnd(user.home.length, "x")).trimEnd();
  // A failure is one line, however long.
  const lines = shown.split("\n").filter((line) => !line.startsWith("docker-credential-ecr: "));
  for (const line of lines) assert.ok(line.length <= 80, `${line.length}: ${line}`);
  isKept(`${shown}\n`, name);
}

/** Asserts the same of a screen whose every line fits 80 columns, failures too. */
export function matchesGolden(shown: string, name: string): void {
  for (const line of shown.split("\n")) assert.ok(Bun.stringWidth(line) <= 80, line);
  isKept(shown, name);
}

function isKept(given: string, name: string): void {
  // The stand-in's port is another one each time, of five digits.
  const shown = given.replaceAll(/127\.0\.0\.1:\d{5}/g, "127.0.0.1:00000");
  const path = fileURLToPath(new URL(`../../integration/golden/${name}.txt`, import.meta.url));
  if (process.env.UPDATE_GOLDEN) writeFileSync(path, shown);
  assert.equal(shown, readFileSync(path, "utf8"));
}
