// Measures a warm get beside AWS's own helper (Debian: amazon-ecr-credential-helper) and beside an empty
// C program, in one run, with a stand-in AWS on the loopback. Prints a table; asserts nothing.
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { defaultCast } from "../../test/support/aws/cast.ts";
import { byProxy, keysOf } from "../../test/support/aws/environment.ts";
import { type StandInProcess, startAwsProcess } from "../../test/support/aws/process.ts";
import { compileFront } from "../native.mjs";
import { daemonRows } from "./daemon.ts";
import { measureLogins } from "./logins.ts";
import { type Command, type Measured, measure } from "./measure.ts";
import { Places } from "./places.ts";
import { measureSealed } from "./sealed.ts";

const registry = "111122223333.dkr.ecr.us-east-1.amazonaws.com";
const roleArn = "arn:aws:iam::111122223333:role/ci";
const peerProgram = Bun.which("docker-credential-ecr-login");
const rounds = Number(process.env.BENCH_ROUNDS ?? 150);

const places = new Places();
const aws = await startAwsProcess();
try {
  const program = places.program(join(import.meta.dir, "../../dist"), "docker-credential-ecr");
  await bench(program, aws);
} finally {
  await aws.stop();
  places.remove();
}

async function bench(program: string, standIn: StandInProcess): Promise<void> {
  const [alice] = defaultCast.users;
  if (!alice) throw new Error("the stand-in's cast has changed");
  const { AWS_CA_BUNDLE: _, ...network } = byProxy(standIn);
  const base = { PATH: process.env.PATH ?? "", AWS_CA_BUNDLE: standIn.caFile, ...network };
  const staticKeys = { ...base, ...keysOf(alice), HOME: places.home("static") };
  const roleHome = places.home("role");
  places.awsFiles(roleHome, alice, roleArn);
  const role = {
    ...base,
    HOME: roleHome,
    AWS_PROFILE: "role",
    AWS_SDK_LOAD_CONFIG: "1",
    AWS_REGION: "us-east-1",
  };
  const manyKept = { ...staticKeys, HOME: places.home("many") };

  const starter = compiledStarter();
  const ours = (env: Record<string, string>): Command => ({ cmd: [program, "get"], input: registry, env });
  const peer = (env: Record<string, string>): Command => ({
    cmd: [peerProgram ?? "", "get"],
    input: registry,
    env,
  });
  const empty: Command = { cmd: [emptyProgram()], input: registry, env: staticKeys };

  measure(starter, { cold: ours(manyKept) }, 1);
  places.keepOthers(manyKept.HOME, 10_000);

  const rows: string[][] = [];
  const row = (name: string, beside: string, seen: string, goal: string) =>
    rows.push([name, beside, seen, goal]);

  const best = measure(
    starter,
    { ours: ours(staticKeys), empty, peer: peerProgram ? peer(staticKeys) : undefined },
    rounds,
  );
  row(
    "warm get, static keys, one registry",
    peerText(best.peer),
    against(best.ours, best.peer),
    "at most 0.25 of the peer",
  );

  if (peerProgram) {
    measure(starter, { ours: ours(role) }, 1);
    for (const [away, goal] of [
      [0, 20],
      [20, 150],
    ] as const) {
      await standIn.controls.reset();
      await standIn.controls.latency("*", away);
      const oursRole = measure(starter, { ours: ours(role) }, Math.ceil(rounds / 4));
      const oursCalls = await callsOf(standIn);
      const peerRole = measure(starter, { peer: peer(role) }, Math.ceil(rounds / 10));
      const times = peerRole.peer.medianMs / oursRole.ours.medianMs;
      row(
        `warm get under a role_arn profile, AWS ${away} ms away`,
        `${ms(peerRole.peer)}, ${await callsOf(standIn)} AWS calls`,
        `${ms(oursRole.ours)}, ${times.toFixed(0)} times faster, ${oursCalls} AWS calls`,
        `at least ${goal} times faster, no AWS call`,
      );
    }
    await standIn.controls.reset();
  }

  const many = measure(starter, { none: ours(staticKeys), many: ours(manyKept) }, rounds);
  row(
    "warm get, 10,000 other registries kept",
    `${ms(many.none)} with none`,
    against(many.many, many.none),
    "at most 1.05 of none",
  );

  const burst = await coldBurst(program, { ...base, ...keysOf(alice), HOME: places.home("burst") }, standIn);
  row(
    "100 cold gets at once, API 200 ms away",
    "",
    `${burst.calls} call, all answered in ${burst.took.toFixed(0)} ms`,
    "1 call, 1,500 ms",
  );
  const logins = await measureLogins(starter, program, places.home("logins"), Math.ceil(rounds / 3));
  if (logins) {
    row(
      "get of Docker Hub's login from gnome-keyring",
      `docker-credential-secretservice: ${ms(logins.peer)}`,
      against(logins.ours, logins.peer),
      "at most 3 of it: a process more, which can be ended when D-Bus hangs",
    );
  }
  const atRest = { ...staticKeys, HOME: places.home("sealed") };
  const sealed = await measureSealed(starter, program, registry, atRest, staticKeys, rounds);
  if (sealed) {
    row(
      "warm get with store: keychain",
      `docker-credential-secretservice get: ${ms(sealed.peer)}; store: file: ${ms(sealed.file)}`,
      `${ms(sealed.sealed)}, ${(sealed.sealed.medianMs / sealed.file.medianMs).toFixed(2)} of store: file`,
      "at most 12 ms",
    );
  }
  row("peak memory of a warm get", "", `${best.ours.peakMiB.toFixed(1)} MiB`, "at most 2 MiB");
  row(
    "start and answer over an empty C program",
    ms(best.empty),
    against(best.ours, best.empty),
    "at most 1.4",
  );

  rows.push(...(await daemonRows(program, { ...base, HOME: places.home("daemon") }, alice)));

  console.log(`\n${rounds} starts each by turns, medians; fastest in brackets\n`);
  console.log(table(["case", "beside", "seen", "to reach"], rows));
  if (!peerProgram)
    console.log(
      "\nWithout a peer: install amazon-ecr-credential-helper (Debian's package) to measure beside it.",
    );
}

function compiledStarter(): string {
  const starter = places.file("start");
  const build = Bun.spawnSync(["cc", "-O2", "-o", starter, join(import.meta.dir, "start.c")]);
  if (build.exitCode !== 0)
    throw new Error(`start.c was not compiled; is there a C compiler? ${build.stderr}`);
  return starter;
}

/** A C program that does nothing, compiled as the native front is. */
function emptyProgram(): string {
  const source = places.file("empty.c");
  const program = places.file("empty");
  writeFileSync(source, "int main(void) { return 0; }\n");
  const problem = compileFront(program, { sources: [source] });
  if (problem !== undefined) throw new Error(`the empty program was not built: ${problem}`);
  return program;
}

async function callsOf(standIn: StandInProcess): Promise<number> {
  const { Connect: _, ...calls } = await standIn.controls.calls();
  return Object.values(calls).reduce((sum, count) => sum + count, 0);
}

async function coldBurst(program: string, env: Record<string, string>, standIn: StandInProcess) {
  await standIn.controls.reset();
  await standIn.controls.latency("GetAuthorizationToken", 200);
  const began = performance.now();
  const children = Array.from({ length: 100 }, () =>
    Bun.spawn([program, "get"], { stdin: Buffer.from(registry), stdout: "pipe", stderr: "ignore", env }),
  );
  const codes = await Promise.all(children.map((child) => child.exited));
  const took = performance.now() - began;
  const failed = codes.filter((code) => code !== 0).length;
  if (failed > 0) throw new Error(`${failed} of 100 cold gets failed`);
  const calls = (await standIn.controls.calls()).GetAuthorizationToken ?? 0;
  return { took, calls };
}

function ms({ medianMs, fastestMs }: Measured): string {
  return `${medianMs.toFixed(2)} ms (${fastestMs.toFixed(2)})`;
}

function peerText(peer: Measured | undefined): string {
  return peer ? ms(peer) : "no peer";
}

function against(one: Measured, other: Measured | undefined): string {
  return other ? `${ms(one)}, ${(one.medianMs / other.medianMs).toFixed(2)} of it` : ms(one);
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(" | ")} |`;
  return [line(head), line(head.map(() => "---")), ...rows.map(line)].join("\n");
}
