import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import fc from "fast-check";
import { startAws } from "../support/aws/stand-in.ts";
import { judgedCast } from "../support/aws-cli/cast.ts";
import { agree, Comparison } from "../support/aws-cli/compare.ts";
import { differences } from "../support/aws-cli/differences.ts";
import { judge, type RenewalDecision } from "../support/aws-cli/explain.ts";
import { situation } from "../support/aws-cli/generate.ts";
import { type CliCall, CliJudge, installedAwsCli, runAwsCli } from "../support/aws-cli/judge.ts";
import { shrink } from "../support/aws-cli/shrink.ts";
import { describeSituation, type Situation } from "../support/aws-cli/situation.ts";

/**
 * The AWS CLI as judge: who signs this program's call to ECR must be who signs `aws sts get-caller-identity` in the
 * same environment and files. AWS_CLI_SEED=N (or "random") and AWS_CLI_RUNS=N choose other situations.
 */
const { AWS_CLI_SEED = "1", AWS_CLI_RUNS = "600" } = process.env;
const seed = AWS_CLI_SEED === "random" ? Math.floor(Math.random() * 2 ** 31) : Number(AWS_CLI_SEED);
const runs = Number(AWS_CLI_RUNS);

/** How many situations are tried at a time, each by a process of the AWS CLI and one of this program. */
const workers = 2;

describe("the principal compared with the AWS CLI", function () {
  this.timeout(Math.max(600_000, runs * 1_500));
  const folder = mkdtempSync(join(tmpdir(), "aws-cli-"));
  const stops: (() => Promise<void>)[] = [];
  let cli: string;
  let comparison: Comparison;
  let asStarted: Comparison;

  before(async function () {
    const installed = installedAwsCli();
    if (installed === undefined) {
      const why = "the AWS CLI is not installed: 'node scripts/bun.mjs scripts/aws-cli.ts' does that";
      if (process.env.CI === "true") throw new Error(why);
      console.log(`skipped: the comparison with the AWS CLI: ${why}`);
      return this.skip();
    }
    cli = installed;
    const { instanceRole: _, ...roleless } = judgedCast;
    const aws = await startAws({ cast: judgedCast });
    const bare = await startAws({ cast: { ...roleless, instanceRole: undefined } });
    const judges = Array.from({ length: workers }, () => new CliJudge(cli));
    stops.push(
      ...judges.map((each) => () => each.stop()),
      () => aws.stop(),
      () => bare.stop(),
    );
    const places = { IMDS: aws.urls.imds, BARE_IMDS: bare.urls.imds, CONTAINER: aws.urls.container };
    let turn = 0;
    const call = (each: CliCall) => (judges[turn++ % workers] as CliJudge).call(each);
    comparison = new Comparison(aws, places, call, mkdtempSync(join(folder, "loaded-")));
    asStarted = new Comparison(
      aws,
      places,
      (each) => runAwsCli(cli, each),
      mkdtempSync(join(folder, "started-")),
    );
  });

  after(async () => {
    await Promise.all(stops.map((stop) => stop()));
    rmSync(folder, { recursive: true, force: true });
  });

  for (const difference of differences) {
    it(`differs on purpose: ${difference.name}`, async () => {
      const { compared, names } = await judge(comparison, difference.example);
      assert.ok(!agree(compared), "they don't differ: take this difference off the list");
      assert.deepEqual(names, [difference.name], describe_(difference.example, { compared }));
    });
  }

  it("docs/identities.md has a row for exactly the deliberate differences", () => {
    const text = readFileSync(fileURLToPath(new URL("../../docs/identities.md", import.meta.url)), "utf8");
    const [, table = ""] = /^## Differences from the AWS CLI$(.*?)^## /ms.exec(text) ?? [];
    const rows = [...table.matchAll(/^\| \*\*(.+?)\*\* \|/gm)].map(([, name]) => name);
    assert.deepEqual(
      rows,
      differences.map(({ name }) => name),
    );
  });

  it("is the same for the CLI in a library as for the aws command", async () => {
    for (const each of sample(6)) {
      const [loaded, started] = [await comparison.runCli(each), await asStarted.runCli(each)];
      assert.ok(
        agree({ cli: loaded, ours: started }),
        describe_(each, { compared: { cli: loaded, ours: started } }),
      );
    }
  });

  it(`is the same in ${runs} situations of seed ${seed}`, async () => {
    const verdicts = await judgeAll(sample(runs));
    const counts = new Map<string, number>(differences.map(({ name }) => [name, 0]));
    for (const name of verdicts.flatMap(([, { names = [] }]) => names))
      counts.set(name, (counts.get(name) ?? 0) + 1);
    const same = verdicts.filter(([, { names }]) => names?.length === 0);
    const signed = same.filter(([, { compared }]) => compared.cli.principal !== undefined);
    console.log(
      `      AWS_CLI_SEED=${seed} AWS_CLI_RUNS=${runs}: the same principal ${signed.length}, none for both`,
    );
    console.log(`      ${same.length - signed.length}; deliberate differences: ${listed(counts)}`);
    const wrong = verdicts.filter(([, { names }]) => names === undefined);
    const shown = await Promise.all(wrong.slice(0, 5).map(([each, decision]) => smallest(each, decision)));
    assert.equal(wrong.length, 0, `${wrong.length} differ, among them:\n\n${shown.join("\n\n")}`);
    // A generator of nothing but broken files would prove nothing.
    assert.ok(signed.length > runs / 3, `the same principal in ${signed.length} situations only`);
  });

  const sample = (count: number) => fc.sample(situation, { seed, numRuns: count });

  async function judgeAll(situations: readonly Situation[]): Promise<[Situation, RenewalDecision][]> {
    const verdicts: [Situation, RenewalDecision][] = [];
    const left = situations.values();
    const work = async () => {
      for (const each of left) verdicts.push([each, await judge(comparison, each)]);
    };
    await Promise.all(Array.from({ length: workers }, work));
    return verdicts;
  }

  async function smallest(each: Situation, { compared }: RenewalDecision): Promise<string> {
    const holds = async (smaller: Situation) => {
      const { compared: now, names } = await judge(comparison, smaller);
      const isSame = (of: "cli" | "ours") => now[of].principal === compared[of].principal;
      return names === undefined && isSame("cli") && isSame("ours");
    };
    const small = await shrink(each, holds);
    return describe_(small, await judge(comparison, small));
  }
});

const listed = (counts: ReadonlyMap<string, number>): string =>
  [...counts].map(([name, count]) => `${name} ${count}`).join(", ");

function describe_(situation: Situation, { compared }: RenewalDecision): string {
  const outcomes = (["cli", "ours"] as const).map((each) => {
    const { principal = "no principal", way, output } = compared[each];
    return `  ${each}: ${principal}  ${way.join(", ")}\n    ${output.trim().split("\n").at(-1)?.slice(0, 400)}`;
  });
  return [describeSituation(situation), ...outcomes].join("\n");
}
