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
  const path = fileURLToPath(new URL(`../../integration/golden/${name}.txt`, import.meta.url));
  if (process.env.UPDATE_GOLDEN) writeFileSync(path, `${shown}\n`);
  assert.equal(`${shown}\n`, readFileSync(path, "utf8"));
}
