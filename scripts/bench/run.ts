// Measures this program and AWS's helper (Debian: amazon-ecr-credential-helper) in one run, with a stand-in AWS on the
// loopback. Prints a table; asserts nothing. Arguments select parts: `npm run bench -- warm cold`.
import { startAwsProcess } from "../../test/support/aws/process.ts";
import { hasAwsNames, runWithAwsNames } from "./aws-names.ts";
import { Bench } from "./bench.ts";
import { burstRows } from "./burst.ts";
import { coldRows, pageCacheRows } from "./cold.ts";
import { daemonRows } from "./daemon.ts";
import { type Row, table } from "./row.ts";
import { sizeRows } from "./size.ts";
import { keychainRows, warmRows } from "./warm.ts";

const parts: Readonly<Record<string, (bench: Bench) => Promise<Row[]> | Row[]>> = {
  warm: warmRows,
  cold: coldRows,
  burst: burstRows,
  keychain: keychainRows,
  daemon: daemonRows,
  size: sizeRows,
  "page-cache": pageCacheRows,
};

const wanted = process.argv.slice(2);
const unknown = wanted.filter((name) => !(name in parts));
if (unknown.length > 0) {
  console.error(`there is no part ${unknown.join(", ")}: the parts are ${Object.keys(parts).join(", ")}`);
  process.exit(2);
}
const again = hasAwsNames ? undefined : runWithAwsNames();
if (again !== undefined) process.exit(again);

const aws = await startAwsProcess();
const bench = new Bench(aws, Number(process.env.BENCH_ROUNDS ?? 150));
try {
  const rows: Row[] = [];
  for (const [name, measured] of Object.entries(parts)) {
    if (wanted.length > 0 && !wanted.includes(name)) continue;
    console.error(`measuring: ${name}`);
    rows.push(...(await measured(bench)));
  }
  console.log(`\n${bench.rounds} alternating starts each, medians; fastest in brackets\n`);
  console.log(table(rows));
} finally {
  await aws.stop();
  bench.places.remove();
}
