import { spawn } from "node:child_process";
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { hasAwsNames } from "./aws-names.ts";
import type { Bench } from "./bench.ts";
import { type Command, measure } from "./measure.ts";
import { compared, notInstalled, type Row } from "./row.ts";

const goals: Readonly<Record<number, readonly [keys: string, role: string]>> = {
  0: ["at most 3", "at most 3"],
  20: ["at most 1.1", "at most 0.8"],
  80: ["at most 1.0", "at most 0.7"],
};

/** A get without a stored token, with static keys and under a role, AWS at three distances. */
export async function coldRows(bench: Bench): Promise<Row[]> {
  if (!hasAwsNames) {
    const why = "needs a mount of its own and port 443: root, or unshare -rmn";
    return [{ name: "cold get", beside: "", ours: why, goal: "" }];
  }
  const rows: Row[] = [];
  for (const [away, [keysGoal, roleGoal]] of Object.entries(goals)) {
    const stop = await startDistance(Number(new URL(bench.aws.urls.tls).port), Number(away));
    const rounds = Math.ceil(bench.rounds / 4);
    try {
      for (const [who, goal] of [
        ["static keys", keysGoal],
        ["role", roleGoal],
      ] as const) {
        const user = bench.user(`cold-${away}-${who}`, who === "role" ? "role" : "keys", bench.direct);
        const before = () => forget(user.HOME);
        const ours: Command = { ...bench.ours(user), before };
        const theirs = bench.theirs(user);
        const { ours: one, other } = measure(
          bench.starter,
          { ours, other: theirs && { ...theirs, before } },
          rounds,
        );
        rows.push(compared(`cold get, AWS ${away} ms away, ${who}`, one, other, goal));
      }
    } finally {
      await stop();
    }
  }
  return rows;
}

/** Both programs' stored tokens. */
function forget(home: string): void {
  for (const path of [".local", ".ecr"]) rmSync(`${home}/${path}`, { recursive: true, force: true });
}

/** @returns what ends it */
async function startDistance(target: number, roundTrip: number): Promise<() => Promise<void>> {
  const path = fileURLToPath(new URL("./distance.ts", import.meta.url));
  const child = spawn(process.execPath, [path, "443", String(target), String(roundTrip)], {
    stdio: ["pipe", "pipe", "inherit"],
  });
  const ended = new Promise<void>((resolve) => child.once("exit", () => resolve()));
  await new Promise<void>((resolve, reject) => {
    createInterface({ input: child.stdout }).once("line", () => resolve());
    child.once("exit", () => reject(new Error("nothing listens at port 443")));
  });
  return () => {
    child.stdin.end();
    return ended;
  };
}

const caches = "/proc/sys/vm/drop_caches";

/** A get with a stored token after the page cache was dropped, as the first one after a boot. Root only. */
export function pageCacheRows(bench: Bench): Row[] {
  const name = "get with a stored token after dropping the page cache";
  const user = bench.user("page-cache", "keys", bench.byProxy);
  measure(bench.starter, { ours: bench.ours(user), other: bench.theirs(user) }, 1);
  try {
    readFileSync(caches);
    Bun.spawnSync(["sync"]);
    writeFileSync(caches, "3");
  } catch {
    return [{ name, beside: "", ours: `needs root and ${caches}`, goal: "at most 1" }];
  }
  const before = () => writeFileSync(caches, "3");
  const theirs = bench.theirs(user);
  const { ours, other } = measure(
    bench.starter,
    { ours: { ...bench.ours(user), before }, other: theirs && { ...theirs, before } },
    5,
    1,
  );
  return other
    ? [compared(name, ours, other, "at most 1")]
    : [{ name, beside: notInstalled, ours: `${ours.medianMs.toFixed(0)} ms`, goal: "at most 1" }];
}
