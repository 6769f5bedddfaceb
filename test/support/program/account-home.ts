import { spawnSync } from "node:child_process";
import { userInfo } from "node:os";

/** The home folder of the tester's account. Not by Bun's `userInfo` where that can be: it says what HOME is. */
export function accountHome(): string {
  const { stdout } = spawnSync("getent", ["passwd", String(process.geteuid?.())]);
  return stdout?.toString().split(":")[5] || userInfo().homedir;
}
