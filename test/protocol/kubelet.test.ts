import assert from "node:assert/strict";
import fc from "fast-check";
import { answerKubelet, goDuration, type KubeletPorts, klogError } from "../../src/protocol/kubelet.ts";
import { parseHost } from "../../src/registry/host.ts";
import { Failure } from "../../src/token/failure.ts";
import type { ServiceAccountIdentity } from "../../src/token/identity.ts";
import { host, publicHost } from "../support/fakes/entries.ts";

const apiVersion = "credentialprovider.kubelet.k8s.io/v1";
const now = Date.UTC(2026, 0, 1);
const hour = 3_600_000;
const credential = { username: "AWS", secret: "made-up secret" };
const roleArn = "arn:aws:iam::111122223333:role/pull";
const annotated = { "eks.amazonaws.com/ecr-role-arn": roleArn };

describe("kubelet's image credential provider protocol", () => {
  let identities: ServiceAccountIdentity[];
  beforeEach(() => {
    identities = [];
  });

  const ports = (more: Partial<KubeletPorts> = {}): KubeletPorts => ({
    aliased: async (name) => (name === "images.example.com" ? parseHost(host) : undefined),
    storedCredential: async () => undefined,
    get: async (registry) => (registry.kind === "public" ? undefined : credential),
    expiresAt: async () => now + 12 * hour,
    forServiceAccount: async (_registry, identity) => {
      identities.push(identity);
      return { username: "AWS", secret: "secret of the pod", expiresAt: now + hour };
    },
    defaultRole: undefined,
    now: () => now,
    ...more,
  });
  const request = (image: string, more: object = {}) =>
    JSON.stringify({ apiVersion, kind: "CredentialProviderRequest", image, ...more });
  const ask = async (text: string, more: Partial<KubeletPorts> = {}) =>
    JSON.parse((await answerKubelet(text, ports(more))).text);

  describe("if config.yaml can't be used", () => {
    const failure = new Failure("CONFIG_INVALID", "config.yaml:2:1: unknown key", "remove it");
    const aliased = () => Promise.reject(failure);
    const answerFor = (text: string, more: Partial<KubeletPorts> = {}) =>
      answerKubelet(text, ports({ aliased, ...more }));
    const stored = { storedCredential: async () => credential };

    it("leaves an image of another host to other providers, with the reason", async () => {
      const { text, reason } = await answerFor(request("docker.io/library/nginx"));
      assert.deepEqual(JSON.parse(text).auth, {});
      assert.equal(reason, failure);
    });

    it("returns a stored credential of an alias", async () => {
      const { text, reason } = await answerFor(request("images.example.com/app"), stored);
      assert.deepEqual(JSON.parse(text).auth, {
        "images.example.com": { username: "AWS", password: "made-up secret" },
      });
      assert.equal(reason, undefined);
    });

    it("returns none of another identity to a service account", async () => {
      const pod = { serviceAccountToken: "token", serviceAccountAnnotations: annotated };
      const { text } = await answerFor(request("images.example.com/app", pod), stored);
      assert.deepEqual(JSON.parse(text).auth, {});
    });
  });

  const images: [image: string, key: string][] = [
    [`${host}/team/app`, host],
    [`${host}/team/app:1.2`, host],
    [`${host}/team/app@sha256:${"0".repeat(64)}`, host],
    [`${host}/team/app:1.2@sha256:${"0".repeat(64)}`, host],
    [`${host}:443/app`, `${host}:443`],
    ["images.example.com/app:1", "images.example.com"],
    [
      "111122223333.dkr.ecr-fips.us-east-1.amazonaws.com/app",
      "111122223333.dkr.ecr-fips.us-east-1.amazonaws.com",
    ],
    ["111122223333.dkr-ecr.us-east-1.on.aws/app", "111122223333.dkr-ecr.us-east-1.on.aws"],
  ];
  for (const [image, key] of images) {
    it(`answers for ${image.replace(host, "HOST")}`, async () => {
      assert.deepEqual(await ask(request(image)), {
        apiVersion,
        kind: "CredentialProviderResponse",
        cacheKeyType: "Registry",
        cacheDuration: "6h0m0s",
        auth: { [key]: { username: "AWS", password: "made-up secret" } },
      });
    });
  }

  for (const image of [
    "nginx",
    "library/nginx:1",
    "ghcr.io/team/app",
    `${host}.example.com/app`,
    `x${host}/app`,
    `${host}:8443/app`,
    `${publicHost}/docker/library/alpine`,
  ]) {
    it(`returns nothing for ${image.replace(host, "HOST")}, with no cache duration`, async () => {
      const { auth, cacheDuration, cacheKeyType } = await ask(request(image));
      assert.deepEqual(
        { auth, cacheDuration, cacheKeyType },
        { auth: {}, cacheDuration: "0s", cacheKeyType: "Registry" },
      );
    });
  }

  it("never lets a credential be cached beyond its life", async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: -13 * hour, max: 13 * hour }), async (left) => {
        const { cacheDuration } = await ask(request(`${host}/app`), { expiresAt: async () => now + left });
        assert.ok(msOf(cacheDuration) <= Math.max(0, left) / 2, cacheDuration);
      }),
    );
  });

  it("lets a credential with unknown expiry be used once", async () => {
    const { cacheDuration } = await ask(request(`${host}/app`), { expiresAt: async () => undefined });
    assert.equal(cacheDuration, "0s");
  });

  describe("with a service account token", () => {
    const token = "made-up token";

    it("uses the role of the annotation", async () => {
      const { auth, cacheDuration } = await ask(
        request(`${host}/app`, { serviceAccountToken: token, serviceAccountAnnotations: annotated }),
      );
      assert.deepEqual(auth, { [host]: { username: "AWS", password: "secret of the pod" } });
      assert.equal(cacheDuration, "30m0s");
      assert.deepEqual(identities, [{ kind: "service-account", roleArn, token }]);
    });

    it("uses the default role without the annotation, else the node's identity", async () => {
      const text = request(`${host}/app`, { serviceAccountToken: token, serviceAccountAnnotations: {} });
      await ask(text, { defaultRole: roleArn });
      assert.deepEqual(identities, [{ kind: "service-account", roleArn, token }]);
      const { auth } = await ask(text);
      assert.equal(auth[host].password, "made-up secret");
    });

    it("ignores names of Object.prototype in annotations", async () => {
      const annotations = { constructor: roleArn };
      await ask(
        request(`${host}/app`, { serviceAccountToken: token, serviceAccountAnnotations: annotations }),
      );
      assert.deepEqual(identities, []);
    });

    it("needs no token for another registry", async () => {
      const more = { serviceAccountToken: token, serviceAccountAnnotations: annotated };
      assert.deepEqual((await ask(request("ghcr.io/app", more))).auth, {});
      assert.deepEqual(identities, []);
    });
  });

  const bad: [name: string, text: string, reason: RegExp][] = [
    ["nothing", "", /not JSON/],
    ["no JSON", "image: x", /not JSON/],
    ["no object", "[]", /expected object/],
    ["null", "null", /expected object/],
    ["no image", JSON.stringify({ apiVersion, kind: "CredentialProviderRequest" }), /image/],
    ["an empty image", request(""), /image/],
    [
      "an image of another type",
      JSON.stringify({ apiVersion, kind: "CredentialProviderRequest", image: 7 }),
      /image/,
    ],
    ["another kind", JSON.stringify({ apiVersion, kind: "Pod", image: "x" }), /kind/],
    [
      "v1beta1",
      request("x", { apiVersion: `${apiVersion}beta1` }),
      /v1beta1 is one that Kubernetes has replaced/,
    ],
    ["v1alpha1", request("x", { apiVersion: `${apiVersion}alpha1` }), /replaced by v1/],
    ["v2", request("x", { apiVersion: "credentialprovider.kubelet.k8s.io/v2" }), /unknown/],
    ["an image with a line end", request(`${host}/app\nevil.example`), /image can't be read/],
    ["an image with a user", request(`user@${host}/app`), /image can't be read/],
    ["an image with a query", request(`${host}/app?x`), /image can't be read/],
    ["a repository in capitals", request(`${host}/APP`), /image can't be read/],
    ["annotations that are no texts", request("x", { serviceAccountAnnotations: { a: 1 } }), /Annotations/],
  ];
  for (const [name, text, reason] of bad) {
    it(`refuses ${name}`, async () => {
      await assert.rejects(ask(text), (error) => {
        assert.ok(error instanceof Failure);
        assert.equal(error.code, "KUBELET_REQUEST");
        assert.match(error.message, reason);
        return true;
      });
    });
  }

  it("prints durations as Go does", () => {
    const rows: [number, string][] = [
      [0, "0s"],
      [999, "0s"],
      [59_999, "59s"],
      [60_000, "1m0s"],
      [3_600_000, "1h0m0s"],
      [6 * hour - 30_000, "5h59m30s"],
    ];
    for (const [ms, text] of rows) assert.equal(goDuration(ms), text);
  });

  it("writes errors as klog does", () => {
    const at = new Date(2026, 0, 2, 3, 4, 5, 67);
    assert.equal(
      klogError("no token [X]", at, 42),
      "E0102 03:04:05.067000      42 docker-credential-ecr:0] no token [X]",
    );
  });
});

function msOf(duration: string): number {
  const [, h = "0", m = "0", s = "0"] = /^(?:(\d+)h)?(?:(\d+)m)?(\d+)s$/.exec(duration) ?? [];
  return ((Number(h) * 60 + Number(m)) * 60 + Number(s)) * 1000;
}
