import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { gauge } from "../../src/status/exposition.ts";
import { metricsOf } from "../../src/status/metrics.ts";
import { identityName } from "../../src/token/identity.ts";
import { everyMetric } from "../support/fakes/metrics.ts";
import { now, statusReport } from "../support/fakes/status-report.ts";
import { readMetrics } from "../support/metrics.ts";

const docs = readFileSync(fileURLToPath(new URL("../../docs/status.md", import.meta.url)), "utf8");
/** `le` belongs to the buckets of each histogram. */
const namesOf = (labels = {}) => Object.keys(labels).filter((name) => name !== "le");

describe("metricsOf", () => {
  it("labels an identity by its name, whatever its description", () => {
    const names: [described: string, name: string][] = [
      ["ci (profile ci)", "ci"],
      ["pull (role arn:aws:iam::444455556666:role/ecr-pull)", "pull"],
      ["profile dev (AWS_PROFILE)", "dev"],
      ["keys in the environment (AWS_ACCESS_KEY_ID)", "environment"],
      ["the default AWS credential chain", "default"],
    ];
    for (const [described, name] of names) assert.equal(identityName(described), name);
  });

  const metrics = readMetrics(metricsOf(everyMetric));
  const samples = (name: string) => [
    ...(metrics.get(`docker_credential_ecr_${name}`)?.samples.values() ?? []),
  ];

  it("reports when each token expires, and if there is none", () => {
    const [first, second] = samples("token_expiry_timestamp_seconds");
    assert.deepEqual(first, {
      labels: {
        registry: "111122223333.dkr.ecr.us-east-1.amazonaws.com",
        account: "111122223333",
        region: "us-east-1",
        identity: "ci",
      },
      value: now / 1000 + 21_600,
    });
    assert.deepEqual([second?.labels.identity, second?.value], ["default", 0]);
    assert.deepEqual(
      samples("token_fresh").map(({ value }) => value),
      [1, 0],
    );
  });

  it("escapes labels, without characters that control a terminal", () => {
    const text = gauge("a", "b", [{ labels: { name: 'x\\y"z\n\x1b[2J\u202e' }, value: 1 }]);
    assert.equal(text, '# HELP a b\n# TYPE a gauge\na{name="x\\\\y\\"z [2J "} 1\n');
  });

  it("reports errors by their code", () => {
    const codes = (name: string) => samples(name).map(({ labels, value }) => [labels.code, value]);
    assert.deepEqual(codes("token_last_error"), [["ACCESS_DENIED", 1]]);
    assert.deepEqual(codes("token_unattended"), [["X", 1]]);
    assert.deepEqual(codes("replication_last_error"), [["Y", 1]]);
    assert.deepEqual(codes("output_last_error"), [["Z", 1]]);
    assert.deepEqual(codes("secret_last_error"), [["S", 1]]);
    assert.ok(!metricsOf(everyMetric).includes("fix"));
  });

  it("reports the daemon and the config", () => {
    const one = (name: string) => samples(name).map(({ value }) => value);
    assert.deepEqual(one("daemon_up"), [1]);
    assert.deepEqual(one("daemon_last_tick_timestamp_seconds"), [(now - 500) / 1000]);
    assert.deepEqual(one("config_usable"), [0]);
    assert.deepEqual(one("status_timestamp_seconds"), [now / 1000]);
  });

  it("counts renewals and failures, and has their durations as a histogram", () => {
    const labels = { account: "111122223333", region: "us-east-1", identity: "ci" };
    const counted = (name: string) => samples(name).map((sample) => [sample.labels, sample.value]);
    const others = { account: "", region: "us-east-1", identity: "default" };
    assert.deepEqual(counted("renewals_total"), [
      [labels, 2],
      [others, 0],
    ]);
    assert.deepEqual(counted("renewal_failures_total"), [
      [labels, 1],
      [others, 0],
    ]);
    const durations = samples("renewal_duration_seconds").filter((sample) => sample.labels.identity === "ci");
    const byBound = durations.map((sample) => [sample.labels.le, sample.value]);
    assert.deepEqual(byBound, [
      ...[
        ["0.1", 1],
        ["0.25", 2],
        ["0.5", 2],
        ["1", 2],
        ["2.5", 2],
        ["5", 2],
        ["10", 2],
        ["30", 2],
        ["+Inf", 3],
      ],
      ...[
        [undefined, 40.22],
        [undefined, 3],
      ],
    ]);
  });

  it("has no metric without samples if there are no registries", () => {
    const names = [...readMetrics(metricsOf(statusReport([]))).keys()];
    assert.deepEqual(
      names.map((name) => name.replace("docker_credential_ecr_", "")),
      [
        "build_info",
        "status_timestamp_seconds",
        "config_usable",
        "daemon_up",
        "daemon_expected",
        "daemon_outdated",
      ],
    );
  });

  it("is what docs/status.md lists, with the same labels", () => {
    const listed = [...docs.matchAll(/^\| `([a-z_]+)` \| ([a-z, ]*) ?\| (?:when|1|0|how)/gm)].map(
      ([, name, labels = ""]) => `${name}: ${labels.trim()}`,
    );
    const told = [...metrics].map(([name, metric]) => {
      const [sample] = metric.samples.values();
      return `${name.replace("docker_credential_ecr_", "")}: ${namesOf(sample?.labels).join(", ")}`;
    });
    assert.deepEqual(listed.sort(), told.sort());
  });
});
