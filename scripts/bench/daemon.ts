import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { User } from "../../test/support/aws/cast.ts";
import type { Bench } from "./bench.ts";
import type { Row } from "./row.ts";

const identities = 20;
const regions = ["us-east-1", "us-west-2", "eu-west-1", "eu-central-1", "ap-southeast-2"];
const accounts = 400;

/** Measurements of a daemon with fresh tokens. */
interface DaemonMeasured {
  /** From the start of the process to the end of its first pass; the median of several starts. */
  readonly startMs: number;
  /** After the idle time. */
  readonly memory: Memory;
  /** CPU time of a pass, in milliseconds: the time used while idle, divided by the number of passes. */
  readonly passCpuMs: number;
}

/** Resident memory in MiB. */
interface Memory {
  readonly all: number;
  /** Memory that the kernel can't drop: all except file pages, which belong to the program. */
  readonly own: number;
}

const shown = ({ all, own }: Memory): string =>
  `${all.toFixed(0)} MiB, ${own.toFixed(0)} without the program's file`;

/** A daemon with 2,000 registries, first with no token to renew, then with 100 tokens to fetch. Linux only. */
export async function daemonRows(bench: Bench): Promise<Row[]> {
  if (process.platform !== "linux") return [];
  const env = { PATH: process.env.PATH ?? "", ...bench.byProxy, HOME: bench.places.home("daemon") };
  keepMany(env.HOME, bench.alice);
  const { startMs, memory, passCpuMs } = await measureDaemon(bench.program, env, 9, 61, 122);
  const renewed = await measureRenewed(bench.program, env, 20);
  const what = `daemon, ${(accounts * regions.length).toLocaleString("en")} registries`;
  const row = (name: string, ours: string, goal: string): Row => ({ name, beside: "", ours, goal });
  return [
    row(`${what}: start to the end of the first pass`, `${startMs.toFixed(0)} ms`, "300 ms"),
    row(`${what}: memory while idle`, shown(memory), "60 MiB"),
    row("the same, after it has fetched 100 tokens", shown(renewed), "70 MiB"),
    row(`${what}: CPU time of a pass with nothing due`, `${passCpuMs.toFixed(0)} ms`, "20 ms"),
  ];
}

/** Writes a config.yaml for 2,000 registries under 20 profiles in 5 regions. */
function keepMany(home: string, { accessKeyId, secretAccessKey }: User): void {
  const names = Array.from({ length: identities }, (_, number) => `team-${number}`);
  const keys = `aws_access_key_id = ${accessKeyId}\naws_secret_access_key = ${secretAccessKey}\n`;
  mkdirSync(join(home, ".aws"), { mode: 0o700 });
  writeFileSync(join(home, ".aws/credentials"), names.map((name) => `[${name}]\n${keys}`).join(""));
  const entries = Array.from({ length: accounts }, (_, number) => {
    const account = String(500_000_000_000 + number);
    return `  - account: "${account}"\n    regions: [${regions}]\n    identity: team-${number % identities}\n`;
  });
  const profiles = names.map((name) => `  ${name}: { profile: ${name} }\n`).join("");
  const folder = join(home, ".config/docker-credential-ecr");
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const config = `version: 1\nidentities:\n${profiles}registries:\n${entries.join("")}`;
  writeFileSync(join(folder, "config.yaml"), config, { mode: 0o600 });
}

/** @throws if a daemon does not finish its first pass within a minute. Linux only */
async function measureDaemon(
  program: string,
  env: Readonly<Record<string, string>>,
  starts: number,
  settlingSeconds: number,
  idleSeconds: number,
): Promise<DaemonMeasured> {
  const first = Bun.spawnSync([program, "daemon", "--once"], { env });
  if (first.exitCode !== 0) throw new Error(`daemon --once failed: ${first.stderr}`);
  const times: number[] = [];
  for (let start = 1; start < starts; start++) {
    const { daemon, took } = await startDaemon(program, env);
    times.push(took);
    daemon.kill();
    await daemon.exited;
  }
  const { daemon, took } = await startDaemon(program, env);
  times.push(took);
  try {
    // Meanwhile the runtime compiles frequently used code, and frees memory of the start.
    await Bun.sleep(settlingSeconds * 1000);
    const before = cpuMs(daemon.pid);
    const began = lastTickAt(env);
    let passes = 0;
    for (let last = began, left = idleSeconds * 10; left > 0; left--) {
      await Bun.sleep(100);
      const at = lastTickAt(env);
      if (at !== last) passes++;
      last = at;
    }
    const memory = memoryOf(daemon.pid);
    const passCpuMs = (cpuMs(daemon.pid) - before) / Math.max(1, passes);
    times.sort((a, b) => a - b);
    return {
      startMs: times[Math.floor(times.length / 2)] ?? Number.NaN,
      memory,
      passCpuMs,
    };
  } finally {
    daemon.kill();
    await daemon.exited;
  }
}

/** @returns the memory of a daemon that has been idle for a while after its first pass fetched all tokens. Linux only */
async function measureRenewed(
  program: string,
  env: Readonly<Record<string, string>>,
  idleSeconds: number,
): Promise<Memory> {
  rmSync(stateIn(env), { recursive: true, force: true });
  const { daemon } = await startDaemon(program, env);
  try {
    await Bun.sleep(idleSeconds * 1000);
    return memoryOf(daemon.pid);
  } finally {
    daemon.kill();
    await daemon.exited;
  }
}

/** proc_pid_status(5). */
function memoryOf(pid: number): Memory {
  const status = proc(pid, "status");
  const field = (name: string) => Number(new RegExp(`^${name}:\\s+(\\d+)`, "m").exec(status)?.[1]) / 1024;
  return { all: field("VmRSS"), own: field("VmRSS") - field("RssFile") };
}

async function startDaemon(program: string, env: Readonly<Record<string, string>>) {
  const began = performance.now();
  const daemon = Bun.spawn([program, "daemon"], {
    env,
    stdin: "ignore",
    stdout: "ignore",
    stderr: "inherit",
  });
  for (;;) {
    if (heartbeat(env)?.pid === daemon.pid) return { daemon, took: performance.now() - began };
    if (performance.now() - began > 60_000) throw new Error("the daemon makes no pass");
    await Bun.sleep(1);
  }
}

const lastTickAt = (env: Readonly<Record<string, string>>): number => heartbeat(env)?.lastTickAt ?? 0;

const stateIn = ({ HOME }: Readonly<Record<string, string>>) => `${HOME}/.local/state/docker-credential-ecr`;

function heartbeat(env: Readonly<Record<string, string>>) {
  const path = `${stateIn(env)}/refresher.json`;
  return existsSync(path) ? JSON.parse(readFileSync(path, "utf8")) : undefined;
}

/** User and system time, which Linux counts in hundredths of a second: proc_pid_stat(5). */
function cpuMs(pid: number): number {
  const fields = proc(pid, "stat").split(") ")[1]?.split(" ") ?? [];
  return (Number(fields[11]) + Number(fields[12])) * 10;
}

function proc(pid: number, name: string): string {
  return readFileSync(`/proc/${pid}/${name}`, "utf8");
}
