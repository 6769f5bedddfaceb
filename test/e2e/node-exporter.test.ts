import assert from "node:assert/strict";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { succeeded } from "../support/e2e/command.ts";
import { appRegistry } from "../support/e2e/names.ts";
import { needs } from "../support/e2e/needs.ts";
import { newTester } from "../support/e2e/user.ts";
import { eventually } from "../support/eventually.ts";

const address = "127.0.0.1:9100";

describe("node_exporter's textfile collector", () => {
  needs("prometheus-node-exporter");

  it("reads the file of status --prometheus", async () => {
    const alice = newTester("alice");
    const folder = join(alice.home, "metrics");
    mkdirSync(folder);
    succeeded(await alice.run(["docker-credential-ecr", "get"], { input: appRegistry }));
    const path = join(folder, "ecr.prom");
    succeeded(await alice.run(["docker-credential-ecr", "status", "--prometheus", path]));
    const exporter = Bun.spawn(
      [
        "/usr/bin/prometheus-node-exporter",
        ...["--collector.disable-defaults", "--collector.textfile"],
        ...[`--collector.textfile.directory=${folder}`, `--web.listen-address=${address}`],
      ],
      { stdout: "ignore", stderr: "ignore" },
    );
    try {
      let metrics = "";
      await eventually("its metrics", async () => {
        metrics = await fetch(`http://${address}/metrics`).then(
          (answer) => answer.text(),
          () => "",
        );
        return metrics !== "";
      });
      assert.match(metrics, /^node_textfile_scrape_error 0$/m);
      const expiry = /^docker_credential_ecr_token_expiry_timestamp_seconds\{(.*)\} (\S+)$/m.exec(metrics);
      const [, labels = "", end] = expiry ?? assert.fail(metrics.slice(-2_000));
      assert.ok(labels.includes(`registry="${appRegistry}"`), labels);
      assert.ok(Math.abs(Number(end) - Date.now() / 1000 - 12 * 3_600) < 120);
      assert.match(metrics, /^docker_credential_ecr_daemon_up 0$/m);
    } finally {
      exporter.kill();
      await exporter.exited;
    }
  });
});
