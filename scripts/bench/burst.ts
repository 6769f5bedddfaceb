import { type Bench, registry } from "./bench.ts";
import { notInstalled, type Row } from "./row.ts";

const goal = "1 call, 1.0 s";

/** A hundred gets at once without a stored token. */
export async function burstRows(bench: Bench): Promise<Row[]> {
  const ours = await burst(bench, bench.program, "burst");
  const { theirProgram } = bench;
  const theirs = theirProgram ? await burst(bench, theirProgram, "their-burst") : undefined;
  const text = ({ calls, took }: Burst) => `${calls} calls, ${took.toFixed(0)} ms`;
  return [
    {
      name: "100 gets at once without a stored token, AWS answers after 200 ms",
      beside: theirs ? text(theirs) : notInstalled,
      ours: text(ours),
      ratio: theirs && ours.took / theirs.took,
      goal,
    },
  ];
}

interface Burst {
  readonly calls: number;
  /** Milliseconds until the last answer. */
  readonly took: number;
}

async function burst(bench: Bench, program: string, name: string): Promise<Burst> {
  const env = bench.user(name, "keys", bench.byProxy);
  const { controls } = bench.aws;
  await controls.reset();
  await controls.latency("GetAuthorizationToken", 200);
  const began = performance.now();
  const children = Array.from({ length: 100 }, () =>
    Bun.spawn([program, "get"], { stdin: Buffer.from(registry), stdout: "pipe", stderr: "ignore", env }),
  );
  const codes = await Promise.all(children.map((child) => child.exited));
  const took = performance.now() - began;
  const failed = codes.filter((code) => code !== 0).length;
  if (failed > 0) throw new Error(`${failed} of 100 gets failed`);
  const calls = (await controls.calls()).GetAuthorizationToken ?? 0;
  await controls.reset();
  return { took, calls };
}
