import assert from "node:assert/strict";
import { chmodSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { ApiServer } from "../../src/cluster/api-server.ts";
import { readAccess, readCredentials } from "../../src/cluster/credentials.ts";
import type { ClusterAccess, ExecPlugin } from "../../src/cluster/kubeconfig.ts";
import { makeCertificates } from "../support/aws/certificate.ts";
import { useTempFolder } from "../support/fakes/temp-folder.ts";

const { signal } = new AbortController();
const server = new URL("https://127.0.0.1:1/");

describe("readCredentials", () => {
  const folder = useTempFolder();

  function plugin(script: string, more: Partial<ExecPlugin> = {}): ClusterAccess {
    const command = join(folder(), "plugin");
    writeFileSync(command, `#!/bin/sh\n${script}\n`, { mode: 0o700 });
    const exec = { apiVersion: "client.authentication.k8s.io/v1", command, args: [], env: {}, ...more };
    return { server, ca: { text: "ca" }, token: { kind: "exec", exec } };
  }

  const read = (access: ClusterAccess, ends = signal) =>
    readCredentials(access, { PATH: "/usr/bin:/bin" }, ends);

  it("runs a plugin with its arguments and variables, and without a terminal", async () => {
    const script = `printf '{"status":{"token":"%s %s %s"}}' "$1" "$NAME" "$(echo "$KUBERNETES_EXEC_INFO" | tr -d '"')"`;
    const { token } = await read(plugin(script, { args: ["get"], env: { NAME: "prod" } }));
    assert.equal(
      token,
      "get prod {apiVersion:client.authentication.k8s.io/v1,kind:ExecCredential,spec:{interactive:false}}",
    );
  });

  it("describes the cluster to a plugin that needs it", async () => {
    const script = `printf '{"status":{"token":"%s"}}' "$(echo "$KUBERNETES_EXEC_INFO" | tr -d '"')"`;
    const { token } = await read(plugin(script, { needsCluster: true }));
    assert.match(
      token ?? "",
      /,cluster:\{server:https:\/\/127\.0\.0\.1:1\/,certificate-authority-data:Y2E=\}\}\}$/,
    );
  });

  it("uses a plugin's client certificate", async () => {
    const script = `echo '{"status":{"clientCertificateData":"c","clientKeyData":"k"}}'`;
    assert.deepEqual(await read(plugin(script)), { ca: "ca", cert: "c", key: "k" });
  });

  for (const [title, script, message] of [
    ["fails", "echo secret; exit 3", /failed with exit code 3/],
    ["prints something else", "echo secret", /printed no credential/],
    ["prints without end", "yes secret", /printed too much/],
  ] as const) {
    it(`reports a plugin that ${title}, without its output`, async () => {
      await assert.rejects(read(plugin(script)), (error: Error & { code?: string }) => {
        assert.equal(error.code, "KUBECONFIG");
        assert.match(error.message, message);
        assert.doesNotMatch(error.message, /secret/);
        return true;
      });
    });
  }

  it("ends a plugin that hangs, and reports one that is missing", async () => {
    const stop = new AbortController();
    const reading = read(plugin("while :; do sleep 1; done"), stop.signal);
    stop.abort();
    await assert.rejects(reading, { code: "KUBECONFIG" });
    await assert.rejects(read(plugin("", { command: "no-such-plugin" })), /was not found/);
  });

  it("reads a token's file again for new credentials", async () => {
    const file = join(folder(), "token");
    const access = { server, token: { kind: "file", file } } as const;
    for (const token of ["one", "two"]) {
      writeFileSync(file, `${token}\n`);
      assert.deepEqual(await read(access), { token });
    }
  });
});

describe("readAccess", () => {
  const folder = useTempFolder();

  it("refuses a kubeconfig that other users can write: it names programs", async function () {
    if (process.platform === "win32") return this.skip();
    const kubeconfig = join(folder(), "config");
    writeFileSync(kubeconfig, "{}");
    chmodSync(kubeconfig, 0o666);
    await assert.rejects(readAccess({ kubeconfig }, {}), {
      code: "KUBECONFIG",
      message: /other users can write/,
    });
  });

  it("reports a kubeconfig that is absent", async () => {
    await assert.rejects(readAccess({ kubeconfig: join(folder(), "none") }, {}), { code: "KUBECONFIG" });
  });
});

describe("the API server's certificate", () => {
  const { ca, cert, key } = makeCertificates(["127.0.0.1"], Date.now());
  const list = { method: "GET", path: "/api" } as const;

  async function send(more: Partial<ClusterAccess>): Promise<number> {
    const listener = Bun.serve({
      hostname: "127.0.0.1",
      port: 0,
      tls: { cert, key },
      fetch: () => Response.json({}),
    });
    try {
      const access = { server: new URL(`https://127.0.0.1:${listener.port}`), ...more };
      return (await new ApiServer(access, { env: {}, signal }).send(list)).status;
    } finally {
      await listener.stop(true);
    }
  }

  it("must be signed by the cluster's CA", async () => {
    assert.equal(await send({ ca: { text: ca } }), 200);
    const other = makeCertificates(["127.0.0.1"], Date.now()).ca;
    for (const more of [{}, { ca: { text: other } }])
      await assert.rejects(send(more), { code: "CLUSTER_UNREACHABLE" });
  });
});
