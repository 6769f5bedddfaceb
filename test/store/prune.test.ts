import assert from "node:assert/strict";
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { pruneState } from "../../src/store/prune.ts";
import { hour } from "../support/fakes/clock.ts";
import { authorizationEntry, failureEntry, loginEntry, registryEntry } from "../support/fakes/entries.ts";
import { useTempFolder } from "../support/fakes/temp-folder.ts";

const now = Date.UTC(2026, 5, 1);
const ended = (ago: number) => ({ issuedAt: now - ago - hour, freshUntil: now - ago, expiresAt: now - ago });

describe("pruneState", () => {
  const temp = useTempFolder();

  const FILES: [path: string, entry: unknown, stays: boolean][] = [
    ["authorizations/valid.json", authorizationEntry({ life: ended(-hour) }), true],
    ["authorizations/just-expired.json", authorizationEntry({ life: ended(hour / 2) }), true],
    ["authorizations/expired.json", authorizationEntry({ life: ended(2 * hour) }), false],
    ["authorizations/new.failed.json", failureEntry({ at: now - hour / 2 }), true],
    ["authorizations/old.failed.json", failureEntry({ at: now - 2 * hour }), false],
    ["logins/expired.json", loginEntry({ life: ended(2 * hour) }), false],
    ["logins/valid.json", loginEntry({ life: ended(-hour) }), true],
    ["tokens/expired.json", registryEntry({ life: ended(2 * hour) }), true],
    ["tokens/forgotten.json", registryEntry({ life: ended(8 * 24 * hour) }), false],
    ["tokens/of-a-newer-program.json", { format: 99, what: "nobody knows" }, true],
  ];
  for (const [path, entry, stays] of FILES) {
    it(`${stays ? "leaves" : "removes"} ${path}`, async () => {
      const file = `${temp()}/${path}`;
      mkdirSync(file.slice(0, file.lastIndexOf("/")), { recursive: true });
      writeFileSync(file, JSON.stringify(entry), { mode: 0o600 });
      await pruneState(temp(), now);
      assert.equal(existsSync(file), stays);
    });
  }

  it("leaves what it can't read, and minds no folder that is not there", async () => {
    mkdirSync(`${temp()}/tokens`);
    writeFileSync(`${temp()}/tokens/torn.json`, '{"format":1,"li', { mode: 0o600 });
    await pruneState(temp(), now);
    assert.equal(existsSync(`${temp()}/tokens/torn.json`), true);
  });
});
