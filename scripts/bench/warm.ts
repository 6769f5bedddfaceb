import type { Bench } from "./bench.ts";
import { registry } from "./bench.ts";
import { measureLogins } from "./logins.ts";
import { measure } from "./measure.ts";
import { compared, ms, notInstalled, type Row } from "./row.ts";
import { measureSealed } from "./sealed.ts";

/** A get with a stored token. */
export async function warmRows(bench: Bench): Promise<Row[]> {
  const { starter, rounds } = bench;
  const user = bench.user("static", "keys", bench.byProxy);
  const many = bench.user("many", "keys", bench.byProxy);
  measure(starter, { cold: bench.ours(many) }, 1);
  bench.places.keepOthers(many.HOME, 10_000);
  const best = measure(
    starter,
    { ours: bench.ours(user), empty: bench.empty(user), theirs: bench.theirs(user) },
    rounds,
  );
  const kept = measure(starter, { none: bench.ours(user), many: bench.ours(many) }, rounds);
  return [
    compared("get with a stored token, static keys", best.ours, best.theirs, "at most 0.25"),
    ...(await roleRows(bench)),
    { ...compared("the same beside an empty C program", best.ours, best.empty, "at most 1.4") },
    compared("10,000 other registries stored, beside none", kept.many, kept.none, "at most 1.05"),
    {
      name: "peak memory of a get with a stored token",
      beside: best.theirs ? `${best.theirs.peakMiB.toFixed(1)} MiB` : notInstalled,
      ours: `${best.ours.peakMiB.toFixed(1)} MiB`,
      ratio: best.theirs && best.ours.peakMiB / best.theirs.peakMiB,
      goal: "at most 2 MiB",
    },
  ];
}

/** With a role AWS's helper calls AWS each time. */
async function roleRows(bench: Bench): Promise<Row[]> {
  const { starter, rounds, aws } = bench;
  const user = bench.user("role", "role", bench.byProxy);
  measure(starter, { ours: bench.ours(user) }, 1);
  const rows: Row[] = [];
  for (const [away, goal] of [
    [0, "at most 0.05, no call"],
    [20, "at most 0.007, no call"],
  ] as const) {
    await aws.controls.reset();
    await aws.controls.latency("*", away);
    const { ours } = measure(starter, { ours: bench.ours(user) }, Math.ceil(rounds / 4));
    const calls = await bench.calls();
    const other = bench.theirs(user);
    const { theirs } = measure(starter, { theirs: other }, Math.ceil(rounds / 10));
    const row = compared(`get with a stored token, role, AWS answers after ${away} ms`, ours, theirs, goal);
    rows.push({ ...row, ours: `${row.ours}, ${calls} calls` });
  }
  await aws.controls.reset();
  return rows;
}

/** Docker Hub's login and encrypted tokens, compared with Docker's helper for gnome-keyring. */
export async function keychainRows(bench: Bench): Promise<Row[]> {
  const { starter, program, places, rounds } = bench;
  const logins = await measureLogins(starter, program, places.home("logins"), Math.ceil(rounds / 3));
  const plain = bench.user("plain", "keys", bench.byProxy);
  const atRest = bench.user("sealed", "keys", bench.byProxy);
  const sealed = await measureSealed(starter, program, registry, atRest, plain, rounds);
  if (!logins || !sealed) {
    const why = "needs gnome-keyring and docker-credential-secretservice";
    return [{ name: "logins in gnome-keyring", beside: "", ours: why, goal: "" }];
  }
  return [
    compared(
      "Docker Hub's login from gnome-keyring, beside `docker-credential-secretservice`",
      logins.ours,
      logins.peer,
      "at most 3",
    ),
    {
      ...compared("get with `store: keychain`, beside `store: file`", sealed.sealed, sealed.file, "12 ms"),
      ours: `${ms(sealed.sealed)}`,
    },
  ];
}
