import assert from "node:assert/strict";
import type { Client } from "../../support/clients/client.ts";
import { clients } from "../../support/clients/list.ts";
import { pathOf } from "../../support/clients/places.ts";
import { GeneratedTable } from "../../support/clients/table.ts";
import { images, seenOf, Trial } from "../../support/clients/try.ts";
import { controls } from "../../support/e2e/aws.ts";
import { failed, succeeded } from "../../support/e2e/command.ts";
import { makeImage, removeImage } from "../../support/e2e/images.ts";
import { plainRegistry } from "../../support/e2e/names.ts";
import { newTester } from "../../support/e2e/user.ts";

/** Without it, only the cases for which .ci/run has time. */
const isWhole = process.env.TEST_CLIENTS === "all";
const isUpdate = process.env.UPDATE_GOLDEN === "1";

const results = new GeneratedTable("clients.md", "results", [
  "client",
  "version",
  "`credHelpers`",
  "`credsStore`",
  "push",
  "login, logout",
  "ten at once",
  "Docker Hub",
]);
const failures = new GeneratedTable("clients.md", "failures", ["client", "no credentials", "AWS refuses"]);

const keyOf = ({ name, origin }: Client) => `${name} (${origin})`;

describe("clients", function () {
  this.timeout(600_000);

  before(async () => {
    const hub = `${plainRegistry}/library/clients:1`;
    await makeImage(images.app, images.bobs, hub);
    succeeded(await newTester("alice").docker("push", images.app));
    succeeded(await newTester("bob").docker("push", images.bobs));
    succeeded(await newTester().docker("push", hub));
    await removeImage(images.app, images.bobs, hub);
  });

  after(() => {
    if (!isUpdate) return;
    for (const table of [results, failures]) table.update(clients.map(keyOf));
  });

  for (const client of clients.filter(({ isQuick }) => isWhole || isQuick)) {
    describe(keyOf(client), () => {
      const key = keyOf(client);
      let trial: Trial;

      before(async function () {
        const path = pathOf(client);
        if (path === undefined) return this.skip();
        trial = new Trial(client, path);
        const { stdout, stderr } = await trial.tester().run(["sh", "-c", client.version]);
        const version = /\d+\.\d+[\w.+-]*/.exec(stdout + stderr)?.[0] ?? "?";
        results.set(key, "version", version);
        if (!client.seed) return;
        for (const [name, image] of [
          ["alice", images.app],
          ["bob", images.bobs],
        ] as const) {
          succeeded(await trial.run(trial.tester(name), "seed", image));
        }
      });

      /** A cell of the table in the documentation, with the result of the test. */
      const cell = (table: GeneratedTable, column: string, look: () => Promise<string>) =>
        it(`${column}`, async () => {
          const found = await look();
          table.set(key, column, found);
          if (!isUpdate)
            assert.equal(found, table.documented(key, column), `docs/clients.md, ${key}, ${column}`);
        });

      for (const wiring of ["credHelpers", "credsStore"] as const) {
        cell(results, `\`${wiring}\``, async () => {
          const tester = trial.tester("alice", wiring);
          const result = await trial.run(tester, "pull", images.app);
          if (result.exitCode !== 0) return "no";
          const { tokens, as } = await trial.pull(trial.tester("alice", wiring), images.app);
          assert.deepEqual(as, ["alice"]);
          assert.ok(tokens >= 1);
          return client.runsNoHelper ? "its caller runs it" : "pulls";
        });
      }

      cell(results, "push", async () => {
        if (!client.push) return "–";
        const tester = trial.tester("alice");
        succeeded(await trial.run(tester, "pull", images.app));
        // The engine has the image now.
        succeeded(await trial.run(tester, "push", images.app));
        return "pushes";
      });

      cell(results, "login, logout", async () => {
        if (!client.login) return "–";
        const [after, afterLogout = []] = await trial.loginAndOut(trial.tester("alice"));
        assert.deepEqual(after, ["bob"]);
        if (client.logout) assert.deepEqual(afterLogout, ["alice"]);
        return client.logout ? "both" : "login";
      });

      cell(results, "ten at once", async () => {
        const calls = await trial.manyAtOnce(trial.tester("alice"));
        const many = client.atOnce === undefined ? "" : `${client.atOnce} at once: `;
        return `${many}${calls} ${calls === 1 ? "call" : "calls"}`;
      });

      cell(results, "Docker Hub", async () => {
        if (client.seed) return "–";
        const tester = trial.tester("alice", "credsStore");
        controls().reset();
        const result = await trial.run(tester, "pull", images.hub);
        assert.deepEqual(
          controls()
            .log()
            .filter(({ operation }) => operation === "GetAuthorizationToken"),
          [],
        );
        return result.exitCode === 0 ? "pulls" : `no: ${seenOf(result, "NONE").last}`;
      });

      cell(failures, "no credentials", async () => {
        const tester = trial.tester(undefined, "credHelpers", {
          AWS_EC2_METADATA_DISABLED: "true",
          ...client.envOfFailures,
        });
        return shownOf(await trial.run(tester, "pull", images.app), "NO_CREDENTIALS", client.message);
      });

      cell(failures, "AWS refuses", async () => {
        const tester = trial.tester("mallory", "credHelpers", client.envOfFailures);
        const shown = shownOf(await trial.run(tester, "pull", images.app), "ACCESS_DENIED", client.message);
        return shown === failures.made(key).get("no credentials") ? "the same" : shown;
      });
    });
  }
});

function shownOf(result: Parameters<typeof failed>[0], code: string, message?: RegExp): string {
  failed(result, /./);
  const { reasons, last } = seenOf(result, code, message);
  const times = ["hidden", "shown once"][reasons] ?? `shown ${reasons} times`;
  return `${times}; \`${last}\``;
}
