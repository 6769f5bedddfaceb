import { spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const inside = "BENCH_HAS_AWS_NAMES";

/** Whether AWS's host names of us-east-1 resolve to the loopback, and port 443 there can be used. */
export const hasAwsNames = process.env[inside] === "1";

/**
 * Runs the bench again with AWS's host names on the loopback, so that both programs reach the stand-in like AWS, without a
 * proxy. It needs its own mount over /etc/hosts, and port 443.
 *
 * @returns the exit code; undefined if the system does not allow this
 */
export function runWithAwsNames(): number | undefined {
  const isRoot = process.geteuid?.() === 0;
  const command = isRoot ? ["unshare", "-m"] : ["unshare", "-rmn"];
  const hosts = join(tmpdir(), `ecr-bench-hosts-${process.pid}`);
  const names = [
    "localhost",
    "api.ecr.us-east-1.amazonaws.com",
    "sts.us-east-1.amazonaws.com",
    "sts.amazonaws.com",
  ];
  writeFileSync(hosts, `127.0.0.1 ${names.join(" ")}\n`);
  const mount = `${isRoot ? "" : "ip link set lo up && "}mount --bind '${hosts}' /etc/hosts`;
  const [program = "", ...args] = [...command, "sh", "-c", mount];
  if (process.platform !== "linux" || spawnSync(program, args).status !== 0) return undefined;
  const script = `${mount} && rm '${hosts}' && exec "$@"`;
  const again = [...args.slice(0, -1), script, "sh", process.execPath, ...process.argv.slice(1)];
  const env = { ...process.env, [inside]: "1" };
  return spawnSync(program, again, { env, stdio: "inherit" }).status ?? 1;
}
