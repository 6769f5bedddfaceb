import { spawn } from "node:child_process";
import { readdirSync, realpathSync, rmSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { hasAwsNames } from "./aws-names.ts";
import type { Bench } from "./bench.ts";
import { type Command, measure } from "./measure.ts";
import { compared, type Row } from "./row.ts";

const goals: Readonly<Record<number, readonly [keys: string, role: string]>> = {
  0: ["at most 3", "at most 3"],
  20: ["at most 1.1", "at most 0.8"],
  80: ["at most 1.0", "at most 0.7"],
};

/** A get without a stored token, with static keys and with a role, at three network delays to AWS. */
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

/** The stored tokens of both programs. */
function forget(home: string): void {
  for (const path of [".local", ".ecr"]) rmSync(`${home}/${path}`, { recursive: true, force: true });
}

/** @returns a function that stops it */
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

/**
 * A get with a stored token after the program and its state were dropped from the page cache, as after a boot. The
 * C library remains in it, since every process maps it. Needs Linux with coreutils.
 */
export function pageCacheRows(bench: Bench): Row[] {
  const name = "get with a stored token, program and state dropped from the page cache";
  const goal = "at most 1";
  const user = bench.user("page-cache", "keys", bench.byProxy);
  const [ours, theirs] = [bench.ours(user), bench.theirs(user)];
  measure(bench.starter, { ours, other: theirs }, 1);
  const dropped = (command: Command): Command => ({
    ...command,
    before: () => dropCached(command, user.HOME),
  });
  try {
    dropCached(ours, user.HOME);
  } catch (thrown) {
    return [{ name, beside: "", ours: String(thrown), goal }];
  }
  const commands = { ours: dropped(ours), other: theirs && dropped(theirs) };
  const measured = measure(bench.starter, commands, Math.ceil(bench.rounds / 4));
  return [compared(name, measured.ours, measured.other, goal)];
}

/** Drops a command's program and its user's files from the page cache, with dd. @throws if dd fails */
function dropCached({ cmd: [program = ""] }: Command, home: string): void {
  const stored = readdirSync(home, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
  for (const path of [realpathSync(program), ...stored]) {
    const dd = Bun.spawnSync(["dd", `if=${path}`, "iflag=nocache", "count=0", "status=none"]);
    if (dd.exitCode !== 0) throw new Error(`dd failed: ${dd.stderr}`);
  }
}
