import assert from "node:assert/strict";
import { stringify } from "yaml";
import { accessIn, accessInPod } from "../../src/cluster/kubeconfig.ts";
import { Failure } from "../../src/token/failure.ts";

const file = "/home/ci/.kube/config";

function kubeconfig(cluster: object = {}, user: object = {}, contexts = ["one"]): string {
  return stringify({
    apiVersion: "v1",
    kind: "Config",
    "current-context": "other",
    clusters: [{ name: "c", cluster: { server: "https://10.0.0.1:6443", ...cluster } }],
    users: [{ name: "u", user }],
    contexts: contexts.map((name) => ({ name, context: { cluster: "c", user: "u" } })),
  });
}

describe("accessIn", () => {
  it("reads certificates and tokens as data and as files, relative to the kubeconfig", () => {
    const data = Buffer.from("PEM").toString("base64");
    const access = accessIn(
      kubeconfig(
        { "certificate-authority-data": data },
        { "client-certificate": "pki/c.pem", "client-key": "/etc/k.pem", tokenFile: "token" },
      ),
      file,
      undefined,
    );
    assert.deepEqual(
      { ...access, server: access.server.href },
      {
        server: "https://10.0.0.1:6443/",
        ca: { text: "PEM" },
        certificate: { file: "/home/ci/.kube/pki/c.pem" },
        key: { file: "/etc/k.pem" },
        token: { kind: "file", file: "/home/ci/.kube/token" },
      },
    );
  });

  it("reads the plugin of EKS", () => {
    const exec = {
      apiVersion: "client.authentication.k8s.io/v1beta1",
      command: "aws",
      args: ["eks", "get-token", "--cluster-name", "prod"],
      env: [{ name: "AWS_PROFILE", value: "ci" }],
    };
    const { token } = accessIn(kubeconfig({}, { exec }), file, "one");
    assert.deepEqual(token, { kind: "exec", exec: { ...exec, env: { AWS_PROFILE: "ci" } } });
  });

  const refused: [string, RegExp, string, string?][] = [
    ["text that isn't YAML", /is not a kubeconfig/, "{"],
    ["an empty file", /is not a kubeconfig/, ""],
    [
      "several contexts, without a choice: the current one changes",
      /2 contexts/,
      kubeconfig({}, {}, ["one", "two"]),
    ],
    ["an unknown context", /has no context three/, kubeconfig({}, {}, ["one", "two"]), "three"],
    ["a server without TLS", /no server with https/, kubeconfig({ server: "http://10.0.0.1" })],
    [
      "a password in the server's URL",
      /no server with https/,
      kubeconfig({ server: "https://a:b@10.0.0.1" }),
    ],
    [
      "a server that isn't verified",
      /insecure-skip-tls-verify/,
      kubeconfig({ "insecure-skip-tls-verify": true }),
    ],
    ["another user to act as", /as-groups/, kubeconfig({}, { "as-groups": ["system:masters"] })],
    ["a plugin of old versions", /auth-provider/, kubeconfig({}, { "auth-provider": { name: "gcp" } })],
    ["a context without a cluster", /no cluster/, kubeconfig().replace("cluster: c\n", "cluster: x\n")],
  ];
  for (const [title, what, text, context] of refused) {
    it(`refuses ${title}`, () => {
      assert.throws(
        () => accessIn(text, file, context),
        (error) => error instanceof Failure && error.code === "KUBECONFIG" && what.test(error.message),
      );
    });
  }

  it("allows a server without TLS on the loopback, as of kubectl proxy", () => {
    assert.equal(
      accessIn(kubeconfig({ server: "http://127.0.0.1:8001" }), file, undefined).server.port,
      "8001",
    );
  });
});

describe("accessInPod", () => {
  it("uses the pod's service account", () => {
    for (const [host, server] of [
      ["10.96.0.1", "https://10.96.0.1:8443/"],
      ["fd00::1", "https://[fd00::1]:8443/"],
    ]) {
      const env = { KUBERNETES_SERVICE_HOST: host, KUBERNETES_SERVICE_PORT: "8443" };
      const access = accessInPod(env);
      assert.equal(access.server.href, server);
      assert.deepEqual(access.token, {
        kind: "file",
        file: "/var/run/secrets/kubernetes.io/serviceaccount/token",
      });
    }
  });

  it("is refused outside a pod", () => {
    assert.throws(() => accessInPod({}), { code: "KUBECONFIG" });
  });
});
