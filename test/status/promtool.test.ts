import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { metricsOf } from "../../src/status/metrics.ts";
import { needs } from "../support/e2e/needs.ts";
import { everyMetric } from "../support/fakes/metrics.ts";
import { readMetrics } from "../support/metrics.ts";

const folder = fileURLToPath(new URL("../../examples/prometheus", import.meta.url));
const text = metricsOf(everyMetric);

function promtool(args: readonly string[], input = "") {
  const { status, stdout, stderr } = spawnSync("promtool", args, { cwd: folder, input, encoding: "utf8" });
  return { status, output: `${stdout}${stderr}` };
}

describe("Prometheus' own tool", function () {
  needs("promtool");
  this.timeout(120_000);

  it("finds nothing wrong with the metrics", () => {
    assert.deepEqual(promtool(["check", "metrics"], text), { status: 0, output: "" });
  });

  it("would find a metric against the conventions", () => {
    const { status } = promtool(["check", "metrics"], text.replaceAll("renewals_total", "renewals"));
    assert.notEqual(status, 0);
  });

  it("takes the example rules, which fire when they should and not before", () => {
    const checked = promtool(["check", "rules", "alerts.yml"]);
    assert.equal(checked.status, 0, checked.output);
    const tested = promtool(["test", "rules", "alerts.test.yml"]);
    assert.equal(tested.status, 0, tested.output);
  });
});

describe("examples/prometheus", () => {
  const read = (name: string) => readFileSync(`${folder}/${name}`, "utf8");
  const names = new Set(
    [...readMetrics(text)].flatMap(([name, { type }]) =>
      type === "histogram" ? ["_bucket", "_sum", "_count"].map((suffix) => name + suffix) : [name],
    ),
  );

  it("asks for metrics that there are", () => {
    for (const file of ["alerts.yml", "alerts.test.yml", "grafana-dashboard.json"]) {
      const used = new Set(read(file).match(/docker_credential_ecr_\w+/g));
      assert.ok(used.size > 5);
      assert.deepEqual(
        [...used].filter((name) => !names.has(name)),
        [],
        file,
      );
    }
  });

  it("has a test for each rule", () => {
    const rules = [...read("alerts.yml").matchAll(/- alert: (\w+)/g)].map(([, name]) => name);
    const tests = read("alerts.test.yml");
    assert.ok(rules.length > 5);
    for (const name of rules) {
      const tested = new RegExp(`alertname: ${name}\n +exp_alerts:`);
      assert.match(tests, tested, `${name} is seen to fire`);
      assert.match(tests, new RegExp(`alertname: ${name}\n(?! +exp_alerts)`), `${name} is seen not to fire`);
    }
  });

  it("has a dashboard whose panels don't overlap and have a data source that is chosen", () => {
    const { panels, templating } = JSON.parse(read("grafana-dashboard.json"));
    const variables = templating.list.map(({ name }: { name: string }) => name);
    assert.deepEqual(variables, ["datasource", "instance"]);
    const taken = new Set<string>();
    for (const { gridPos, targets } of panels) {
      for (let x = gridPos.x; x < gridPos.x + gridPos.w; x++) {
        for (let y = gridPos.y; y < gridPos.y + gridPos.h; y++) {
          assert.ok(x < 24 && !taken.has(`${x} ${y}`));
          taken.add(`${x} ${y}`);
        }
      }
      assert.ok(targets.length > 0);
      for (const { datasource } of targets) assert.match(datasource.uid, /^\$\{datasource\}$/);
    }
  });
});
