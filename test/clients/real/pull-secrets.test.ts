import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { forEachConcurrent } from "../../../src/limits/concurrency.ts";
import { eventually } from "../../support/eventually.ts";
import { ControlPlane, controlPlanePrograms } from "../../support/kubernetes/control-plane.ts";
import { describePullSecrets } from "../../support/kubernetes/pull-secret-tests.ts";
import { passNow } from "../../support/program/keeping.ts";
import { member, useStanding } from "../../support/program/standing.ts";
import { configPath } from "../../support/program/user.ts";

/** MiB. */
const mostMemory = 150;
const size = 2_000;

// Building the API server takes too long for .ci/run: `npm run test:clients` builds it, and runs these tests.
if (process.env.TEST_CLIENTS === "all") {
  const programs = controlPlanePrograms();
  const missing = programs ? "" : " (skipped: kube-apiserver or etcd is not installed)";
  describe(`Kubernetes' own API server${missing}`, () => {
    describePullSecrets("real", () => programs && new ControlPlane(programs));
    describeScale(programs);
  });
}

function describeScale(programs: ReturnType<typeof controlPlanePrograms>): void {
  describe(`pull secrets in ${size} namespaces`, function () {
    this.timeout(900_000);
    const standing = useStanding();
    let plane: ControlPlane;

    before(async function () {
      if (!programs) return this.skip();
      plane = new ControlPlane(programs);
      await plane.start();
      const names = Array.from({ length: size }, (_, index) => `team-${index}`);
      await forEachConcurrent(names, 16, async (name) => {
        const metadata = { name, labels: { team: "all" } };
        await plane.request("POST", "/api/v1/namespaces", { metadata });
        const path = `/api/v1/namespaces/${name}/serviceaccounts`;
        await plane.request("POST", path, { metadata: { name: "default" } });
      });
    });
    after(() => plane?.stop());

    /** By namespace. */
    async function versions(): Promise<ReadonlyMap<string, string>> {
      const { value } = await plane.request("GET", "/api/v1/secrets?fieldSelector=metadata.name%3Decr-pull");
      // biome-ignore lint/suspicious/noExplicitAny: an object of the API
      return new Map(value.items.map(({ metadata }: any) => [metadata.namespace, metadata.resourceVersion]));
    }

    it("with tokens of three registries are written once for each token, in little memory", async () => {
      const user = standing.user();
      user.writeAwsKeys({ alice: member("alice") });
      const kubeconfig = {
        clusters: [{ name: "c", cluster: { server: plane.url, "certificate-authority": plane.caFile } }],
        users: [{ name: "u", user: { token: plane.adminToken } }],
        contexts: [{ name: "test", context: { cluster: "c", user: "u" } }],
      };
      user.write("kubeconfig", JSON.stringify(kubeconfig));
      user.write(
        configPath,
        `version: 1
identities:
  alice: { profile: alice }
registries:
  - account: "111122223333"
    regions: [us-east-1, us-west-2, eu-west-1]
    identity: alice
outputs:
  - kubernetesSecret: { name: ecr-pull, selector: { team: all }, serviceAccounts: patch, kubeconfig: ${join(user.home, "kubeconfig")} }
`,
      );
      const began = performance.now();
      const daemon = user.start(["daemon"]);
      const isDone = async () => {
        const [state] = JSON.parse((await user.run(["status", "--json"])).stdout).secrets;
        return state.namespaces === size && (await versions()).size === size;
      };
      await eventually("the first sync", isDone, 600_000);
      const seconds = Math.round((performance.now() - began) / 1000);
      const first = await versions();
      for (let pass = 0; pass < 3; pass++) await passNow(user, daemon);
      const [, peak] = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${daemon.pid}/status`, "utf8")) ?? [];
      const megabytes = Math.round(Number(peak) / 1024);
      const refreshed = await user.run(["refresh", "--force"]);
      assert.equal(refreshed.exitCode, 0, refreshed.stderr);
      const renewed = await versions();
      for (const [namespace, version] of first) assert.notEqual(renewed.get(namespace), version);
      daemon.kill("SIGTERM");
      assert.equal((await daemon.ended).exitCode, 0);
      // A process that has written nothing yet.
      const { exitCode, stderr } = await user.run(["daemon", "--once"]);
      assert.deepEqual({ exitCode, stderr }, { exitCode: 0, stderr: "" });
      assert.deepEqual(await versions(), renewed);
      console.log(`      first sync within ${seconds} s, at most ${megabytes} MiB`);
      assert.ok(megabytes <= mostMemory, `${megabytes} MiB`);
    });
  });
}
