import assert from "node:assert/strict";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { controls } from "../support/e2e/aws.ts";
import { failed, succeeded } from "../support/e2e/command.ts";
import { appRegistry } from "../support/e2e/names.ts";
import { needs } from "../support/e2e/needs.ts";
import { newTester, type Tester } from "../support/e2e/user.ts";
import { eventually } from "../support/eventually.ts";

const exporter = "127.0.0.1:9101";
const prometheus = "127.0.0.1:9090";
const rules = fileURLToPath(new URL("../../examples/prometheus/alerts.yml", import.meta.url));

const patience = 30_000;

interface Series {
  readonly metric: Readonly<Record<string, string>>;
  readonly value: readonly [number, string];
}

/** Undefined while Prometheus does not answer. */
async function query(expression: string): Promise<readonly Series[] | undefined> {
  const address = `http://${prometheus}/api/v1/query?query=${encodeURIComponent(expression)}`;
  const answer = await fetch(address).catch(() => undefined);
  if (!answer?.ok) return undefined;
  return ((await answer.json()) as { data?: { result: readonly Series[] } }).data?.result;
}

const firing = async () =>
  (await query('ALERTS{alertstate="firing"}'))?.map(({ metric }) => metric.alertname).sort();

describe("a Prometheus that scrapes node_exporter", function () {
  needs("prometheus");
  needs("prometheus-node-exporter");
  this.timeout(3 * patience);

  const children: Bun.Subprocess[] = [];
  const start = (...command: string[]) =>
    children.push(Bun.spawn(command, { stdout: "ignore", stderr: "ignore" }));

  afterEach(async () => {
    for (const child of children) child.kill();
    await Promise.all(children.splice(0).map(({ exited }) => exited));
    controls().reset();
  });

  function configured(): Tester {
    const tester = newTester("alice");
    const folder = join(tester.home, ".config", "docker-credential-ecr");
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    writeFileSync(join(folder, "config.yaml"), `version: 1\nregistries:\n  - host: ${appRegistry}\n`, {
      mode: 0o600,
    });
    writeFileSync(tester.dockerConfigFile, JSON.stringify({ credHelpers: { [appRegistry]: "ecr" } }));
    return tester;
  }

  it("fires the example rules only while there is no token", async () => {
    const tester = configured();
    const metrics = join(tester.home, "metrics");
    mkdirSync(metrics);
    const write = async () =>
      succeeded(
        await tester.run(["docker-credential-ecr", "status", "--prometheus", join(metrics, "ecr.prom")]),
      );
    // A test can't wait for the minutes that the rules wait.
    writeFileSync(
      join(tester.home, "alerts.yml"),
      readFileSync(rules, "utf8").replaceAll(/for: \w+/g, "for: 0s"),
    );
    writeFileSync(
      join(tester.home, "prometheus.yml"),
      `global: { scrape_interval: 1s, evaluation_interval: 1s }
rule_files: [alerts.yml]
scrape_configs:
  - job_name: node
    static_configs: [{ targets: ["${exporter}"] }]
`,
    );
    controls().fail("GetAuthorizationToken", { status: 400, code: "AccessDeniedException" });
    failed(await tester.run(["docker-credential-ecr", "daemon", "--once"]), /ACCESS_DENIED/);
    await write();
    start(
      ...["/usr/bin/prometheus-node-exporter", "--collector.disable-defaults", "--collector.textfile"],
      ...[`--collector.textfile.directory=${metrics}`, `--web.listen-address=${exporter}`],
    );
    start(
      ...["/usr/bin/prometheus", `--config.file=${join(tester.home, "prometheus.yml")}`],
      ...[`--storage.tsdb.path=${join(tester.home, "tsdb")}`, `--web.listen-address=${prometheus}`],
    );
    await eventually("the alert", async () => (await firing())?.includes("EcrTokenMissing"), patience);
    const [failures] = (await query("docker_credential_ecr_renewal_failures_total")) ?? [];
    const { account, region, identity } = failures?.metric ?? {};
    assert.deepEqual([account, region, identity], ["111122223333", "us-east-1", "environment"]);
    assert.equal(failures?.value[1], "1");

    controls().reset();
    succeeded(await tester.run(["docker-credential-ecr", "refresh"]));
    await write();
    await eventually("its end", async () => (await firing())?.length === 0, patience);
  });
});
