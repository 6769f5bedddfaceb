import assert from "node:assert/strict";
import { OutputTooLarge, outputOf } from "../../src/limits/program-output.ts";

const started = (script: string) =>
  Bun.spawn(["/bin/sh", "-c", script], { stdin: "ignore", stdout: "pipe", stderr: "pipe" });

describe("the output of a program", function () {
  this.timeout(120_000);
  it("is what the program printed, with its exit code", async () => {
    const output = await outputOf(started("echo out; echo err >&2; exit 3"));
    assert.deepEqual(output, { stdout: "out\n", stderr: "err\n", exitCode: 3 });
  });

  for (const [what, script] of [
    ["stdout", 'sleep 600 2>/dev/null & echo "$!"; echo end'],
    ["stderr", 'sleep 600 >/dev/null & echo "$!"; echo end'],
    ["both", 'sleep 600 & echo "$!"; echo end'],
  ] as const) {
    it(`is complete when the program has ended, even if a child holds ${what} open`, async () => {
      const { stdout, exitCode } = await outputOf(started(script));
      const [child = "", ...rest] = stdout.split("\n");
      process.kill(Number(child));
      assert.deepEqual([rest, exitCode], [["end", ""], 0]);
    });
  }

  it("ends shortly after the program, even if its child prints without end", async () => {
    const { stdout } = await outputOf(started('sh -c "while :; do sleep 0.05; echo a; done" & echo "$!"'));
    process.kill(Number(stdout.split("\n", 1)[0]));
  });

  it("is at most 1 MiB, and more is an error immediately", async () => {
    const { stdout } = await outputOf(started("head -c 1048576 /dev/zero"));
    assert.equal(stdout.length, 1_048_576);
    for (const script of ["exec yes", "exec yes >&2"]) {
      const endless = started(script);
      await assert.rejects(outputOf(endless), OutputTooLarge);
      endless.kill("SIGKILL");
      await endless.exited;
    }
  });
});
