import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { passwordExpiring } from "../support/fakes/entries.ts";
import { aliceKeeps, keeper, passNow } from "../support/program/keeping.ts";
import { follower, following } from "../support/program/replicating.ts";
import { keys, otherRegistry, publicRegistry, useStanding } from "../support/program/standing.ts";
import { editJson } from "../support/program/state.ts";
import { configPath, type User } from "../support/program/user.ts";
import { answered } from "../support/program/verdicts.ts";

const whole = readFileSync(fileURLToPath(new URL("../../docs/status.md", import.meta.url)), "utf8");
/** What follows is of another command. */
const [docs = ""] = whole.split("\n## registries: ");
const documented = new Map(
  [...docs.matchAll(/^\| `([a-zA-Z[\].]+)`( \*)? \| /gm)].map(([, key = "", mark]) => [
    key,
    mark === undefined,
  ]),
);

/** "registries[].region" of all that is no object and no list of objects. */
function keysOf(value: unknown, path = ""): string[] {
  if (Array.isArray(value)) return value.flatMap((one) => keysOf(one, `${path}[]`));
  if (typeof value !== "object" || value === null) return [path];
  // An error is documented once for all.
  if ("code" in value && "message" in value) return [path];
  return Object.entries(value).flatMap(([key, inner]) => keysOf(inner, path === "" ? key : `${path}.${key}`));
}

describe("docs/status.md", function () {
  this.timeout(120_000);
  const standing = useStanding();
  const statusOf = async (user: User) => JSON.parse((await user.run(["status", "--json"])).stdout);

  /** Between them they have all that there can be. */
  async function reports(): Promise<readonly Record<string, unknown>[]> {
    const user = follower(standing);
    standing.aws.controls.setReplication("111122223333", "us-east-1", [
      { destinations: ["us-west-2", "cn-north-1"].map((region) => ({ registryId: "111122223333", region })) },
    ]);
    user.write(
      configPath,
      following(`outputs:
  - dockerConfig: ${user.home}/gone/config.json
  - kubernetesSecret: { name: ecr-pull, all: true, kubeconfig: ${user.home}/gone/kubeconfig, context: prod }
`),
    );
    answered(await user.get(otherRegistry, { env: keys("bob") }), otherRegistry);
    await user.run(["daemon", "--once"]);
    standing.aws.controls.fail("GetAuthorizationToken", { status: 400, code: "AccessDeniedException" });
    standing.aws.controls.fail("DescribeRegistry", { status: 400, code: "AccessDeniedException" });
    await user.run(["refresh", "--force"]);
    const daemon = user.start(["daemon"]);
    await passNow(user, daemon);
    user.write(".docker/config.json", JSON.stringify({ credHelpers: { [publicRegistry]: "ecr" } }));
    await user.store(otherRegistry, "AWS", passwordExpiring(Date.now() / 1000 + 3_600));
    const all = await statusOf(user);
    daemon.kill("SIGSTOP");
    editJson(`${user.state}/refresher.json`, (file) => {
      Object.assign(file, { lastTickAt: 0, configError: "x" });
      const { groups } = file.state as { groups: Record<string, { issue?: object }> };
      for (const { issue } of Object.values(groups)) {
        if (issue) Object.assign(issue, { refusedAt: Date.now() });
      }
    });
    user.write(".config/systemd/user/docker-credential-ecr.service", "");
    const hung = await statusOf(user);
    user.write(configPath, "version: 2\n");
    const broken = await statusOf(user);
    daemon.kill("SIGKILL");
    await daemon.ended;
    const kept = aliceKeeps("111122223333");
    const others = [keeper(standing, kept), keeper(standing, `${kept}store: keychain\n`)];
    for (const each of others) await each.run(["daemon", "--once"]);
    const shut = keeper(standing, kept);
    shut.write(".local/state/docker-credential-ecr", "no folder");
    others.push(shut);
    return [all, hung, broken, ...(await Promise.all(others.map(statusOf)))];
  }

  it("lists exactly the keys of --json, and which of them are optional", async () => {
    const found = await reports();
    // For configNotRead, homes.test.ts makes another user's home folder.
    const met = new Set(["configNotRead", ...found.flatMap((report) => keysOf(report))]);
    const known = (key: string) =>
      documented.has(key) || /^(replication|outputs|secrets|registries)\[?\]?$/.test(key);
    assert.deepEqual(
      [...met].filter((key) => !known(key)),
      [],
    );
    assert.deepEqual(
      [...documented.keys()].filter((key) => !met.has(key)),
      [],
    );
    for (const report of found) {
      const has = (key: string, of: object) => Object.hasOwn(of, key);
      for (const [key, isAlways] of documented) {
        const [list = "", name = ""] = key.split(/\[?\]?\./);
        const holder = report[list];
        if (!isAlways) continue;
        if (name === "") assert.ok(has(list.replace(/\[\]$/, ""), report), key);
        for (const one of name === "" ? [] : [holder].flat()) {
          assert.ok(has(name.replace(/\[\]$/, ""), one as object), key);
        }
      }
    }
  });

  it("has an example in this form", () => {
    const [, example = ""] = /```json\n([\s\S]*?)```/.exec(docs) ?? [];
    const met = keysOf(JSON.parse(example));
    assert.deepEqual(
      met.filter((key) => !documented.has(key)),
      [],
    );
    assert.ok(met.length > 12);
  });
});
