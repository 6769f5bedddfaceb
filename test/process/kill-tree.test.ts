import assert from "node:assert/strict";
import { endTree } from "../../src/process/kill-tree.ts";

const thread = `
import subprocess, threading
def run():
    child = subprocess.Popen(["sleep", "45"])
    print("started", flush=True)
    child.wait()
threading.Thread(target=run).start()
`;

const linux = process.platform === "linux" ? it : it.skip;
const withPython = Bun.which("python3") ? linux : it.skip;

describe("the end of a process and its descendants", function () {
  this.timeout(120_000);

  /** Ends the tree after the first output; resolves when no process has its stdout open any more. */
  async function end(command: string[]): Promise<void> {
    const child = Bun.spawn(command, { stdin: "ignore", stdout: "pipe", stderr: "ignore" });
    const reader = child.stdout.getReader();
    assert.ok(!(await reader.read()).done);
    endTree(child.pid);
    while (!(await reader.read()).done);
    await child.exited;
    assert.equal(child.signalCode, "SIGKILL");
  }

  linux("includes the next child of a shell that starts one after the other", async () => {
    for (let round = 0; round < 40; round++) {
      await end(["sh", "-c", "(while :; do sleep 45; done) & echo started; while :; do sleep 45; done"]);
    }
  });

  withPython("includes the children of other threads", () => end(["python3", "-c", thread]));
});
