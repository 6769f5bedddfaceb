import assert from "node:assert/strict";
import { ApiServer } from "../../src/cluster/api-server.ts";
import { ClusterObjects } from "../../src/cluster/objects.ts";

describe("ClusterObjects", () => {
  const servers: { stop(closeAll: boolean): void }[] = [];
  afterEach(() => {
    for (const server of servers.splice(0)) server.stop(true);
  });

  /** The objects of a server that answers each request in this way. */
  function objects(status: number, body: unknown): ClusterObjects {
    const text = typeof body === "string" ? body : JSON.stringify(body);
    const server = Bun.serve({ hostname: "127.0.0.1", port: 0, fetch: () => new Response(text, { status }) });
    servers.push(server);
    const access = { server: new URL(`http://127.0.0.1:${server.port}/`) };
    const { signal } = new AbortController();
    return new ClusterObjects(new ApiServer(access, { env: {}, signal }));
  }

  const manifest = { metadata: { namespace: "ci", name: "ecr-pull" } };
  const requests: [string, (objects: ClusterObjects) => Promise<unknown>][] = [
    ["namespaces", (cluster) => cluster.namespaces({})],
    ["secrets", (cluster) => cluster.secrets("ecr-pull")],
    ["secret", (cluster) => cluster.secret("ci", "ecr-pull")],
    ["serviceAccounts", (cluster) => cluster.serviceAccounts(["default"])],
    ["serviceAccount", (cluster) => cluster.serviceAccount("ci", "default")],
    ["apply", (cluster) => cluster.apply(manifest, false)],
  ];

  const otherAnswers: unknown[] = [
    "",
    "<html>",
    {},
    [],
    null,
    1,
    "text",
    { kind: "List", items: [{}] },
    { kind: "List", items: [null] },
    { kind: "List", items: [], metadata: { continue: "again" } },
    { metadata: null },
    { metadata: { name: 1, resourceVersion: "1" } },
  ];
  for (const [title, request] of requests) {
    it(`${title} takes no other program's answer for an empty result`, async () => {
      for (const answer of otherAnswers) {
        await assert.rejects(
          request(objects(200, answer)),
          { code: "CLUSTER_ANSWER" },
          JSON.stringify(answer),
        );
      }
    });
  }

  it("takes no other program's page for a missing or removed object", async () => {
    const stored = { namespace: "ci", name: "ecr-pull", uid: "u", resourceVersion: "1" };
    const secret = {
      ...stored,
      isOwn: true,
      isLabelled: true,
      isTerminating: false,
      expiresAt: 0,
      registries: [],
    };
    const account = { namespace: "ci", name: "default", resourceVersion: "1", pullSecrets: [] };
    const page = "<html>not found</html>";
    await assert.rejects(objects(404, page).secret("ci", "ecr-pull"), { code: "CLUSTER_ANSWER" });
    await assert.rejects(objects(404, page).apply(manifest, false), { code: "CLUSTER_ANSWER" });
    for (const status of [200, 404, 409]) {
      await assert.rejects(objects(status, page).remove(secret), { code: "CLUSTER_ANSWER" });
      await assert.rejects(objects(status, page).setPullSecrets(account, []), { code: "CLUSTER_ANSWER" });
    }
    const missing = { kind: "Status", reason: "NotFound" };
    assert.equal(await objects(404, missing).secret("ci", "ecr-pull"), undefined);
    assert.deepEqual(await objects(404, missing).apply(manifest, false), { kind: "absent" });
    await objects(404, missing).remove(secret);
  });

  it("an empty list is empty, also if the server writes it as null", async () => {
    for (const items of [[], null]) {
      assert.deepEqual(await objects(200, { kind: "NamespaceList", items }).namespaces({}), []);
    }
  });

  const refused: [string, RegExp, RegExp, number, object][] = [
    [
      "RBAC",
      /does not allow to patch secret/,
      /^grant it/,
      403,
      { message: 'secrets "a" is forbidden: User "u" cannot patch resource "secrets" in API group ""' },
    ],
    [
      "a quota",
      /exceeded quota/,
      /quota or policy/,
      403,
      { message: 'secrets "a" is forbidden: exceeded quota: q' },
    ],
    [
      "an admission webhook",
      /denied the request/,
      /quota or policy/,
      403,
      { message: 'admission webhook "w" denied the request: no' },
    ],
    // The message of an invalid Secret may contain its data.
    [
      "an immutable Secret",
      /^(?!.*test-data).*HTTP 422/,
      /immutable/,
      422,
      { reason: "Invalid", message: "test-data" },
    ],
    [
      "a webhook that fails",
      /failed calling webhook/,
      /API server's log/,
      500,
      { message: "failed calling webhook" },
    ],
  ];
  for (const [title, message, fix, status, body] of refused) {
    it(`names the reason and the fix if ${title} refuses a Secret`, async () => {
      await assert.rejects(
        objects(status, body).apply(manifest, false),
        (error: Error & { fix?: string }) => {
          assert.match(error.message, message);
          assert.match(error.fix ?? "", fix);
          return true;
        },
      );
    });
  }
});
