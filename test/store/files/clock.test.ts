import assert from "node:assert/strict";
import { readClock } from "../../../src/store/files/clock.ts";
import type { FastFiles } from "../../../src/store/files/fast-files.ts";
import { openFastFiles } from "../../../src/store/files/open-fast-files.ts";

const now = Date.UTC(2026, 0, 15, 12);

/** The two files in Linux's /proc, or what replaces them. */
function proc(texts: Record<string, string>): FastFiles {
  return {
    writeOutput: () => 0,
    readInput: () => ({ bytes: new Uint8Array(), isWhole: true }),
    read: (path) => {
      const text = texts[path];
      return text === undefined ? undefined : { text, uid: 0, mode: 0o444 };
    },
    stamp: () => "absent",
    owner: () => undefined,
  };
}

const id = "/proc/sys/kernel/random/boot_id";
const uptime = "/proc/uptime";

describe("readClock", () => {
  it("returns the boot and the uptime in milliseconds", () => {
    assert.deepEqual(readClock(proc({ [id]: "0af9-boot\n", [uptime]: "1234.56 999.99\n" }), now), {
      now,
      boot: { id: "0af9-boot", uptime: 1_234_560 },
    });
  });

  const silent: [what: string, texts: Record<string, string>][] = [
    ["neither file is there", {}],
    ["there is no identity", { [uptime]: "1.5 1.5" }],
    ["there is no age", { [id]: "boot" }],
    ["the identity is empty", { [id]: "\n", [uptime]: "1.5 1.5" }],
    ["the age is no number", { [id]: "boot", [uptime]: "soon" }],
  ];
  for (const [what, texts] of silent) {
    it(`returns only the wall clock if ${what}`, () =>
      assert.deepEqual(readClock(proc(texts), now), { now }));
  }

  (process.platform === "linux" ? it : it.skip)("finds this machine's boot, which grows older", async () => {
    const files = await openFastFiles();
    const first = readClock(files, now).boot;
    const second = readClock(files, now).boot;
    assert.ok(first && second && first.uptime > 0);
    assert.equal(first.id, second.id);
    assert.ok(second.uptime >= first.uptime);
  });
});
