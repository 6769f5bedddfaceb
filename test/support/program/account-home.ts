import { spawnSync } from "node:child_process";
import { userInfo } from "node:os";

/** The home folder of the account that runs the tests. Avoids Bun's `userInfo`, which returns HOME. */
export function accountHome(): string {
  const { stdout } = spawnSync("getent", ["passwd", String(process.geteuid?.())]);
  return stdout?.toString().split(":")[5] || userInfo().homedir;
}
