import assert from "node:assert/strict";
import { chmodSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parseAllDocuments } from "yaml";
import { makeCertificates } from "../aws/certificate.ts";
import { eventually } from "../eventually.ts";
import { passNow } from "../program/keeping.ts";
import { ownMounts, shell } from "../program/namespace.ts";
import { member, registry, useStanding, westRegistry } from "../program/standing.ts";
import { configPath, type User } from "../program/user.ts";
import { answered } from "../program/verdicts.ts";
import type { Cluster } from "./cluster.ts";
import { startGate } from "./gate.ts";

const name = "ecr-pull";
/** The service account of the examples. */
const account = { namespace: "ecr-pull-secrets", name: "docker-credential-ecr" };

/**
 * The tests of pull secrets, with a stand-in and with a real API server.
 *
 * @param open the cluster; it is started and stopped here. undefined: the programs for it are not installed
 */
export function describePullSecrets(kind: Cluster["kind"], open: () => Cluster | undefined): void {
  describe(`pull secrets in a ${kind} API server`, function () {
    this.timeout(300_000);
    const standing = useStanding();
    let plane: Cluster;
    let token = "";
    /** Makes the names of each test its own: a cluster without controllers never removes a namespace. */
    let round = 0;

    before(async function () {
      const cluster = open();
      if (!cluster) return this.skip();
      plane = cluster;
      await plane.start();
      await applyExample("pull-secrets.yaml");
      const path = `/api/v1/namespaces/${account.namespace}/serviceaccounts/${account.name}/token`;
      const { value } = await plane.request("POST", path, { spec: { expirationSeconds: 7_200 } });
      token = value.status.token;
    });
    after(() => plane?.stop());
    beforeEach(() => void round++);

    async function applyExample(file: string, namespace?: string): Promise<void> {
      const text = readFileSync(new URL(`../../../examples/kubernetes/${file}`, import.meta.url), "utf8");
      for (const document of parseAllDocuments(text)) {
        const object = document.toJS();
        const place = namespace ?? object.metadata.namespace;
        const group = object.apiVersion === "v1" ? "/api/v1" : `/apis/${object.apiVersion}`;
        const kind = `${object.kind.toLowerCase()}s`;
        const path =
          place && object.kind !== "Namespace" ? `${group}/namespaces/${place}/${kind}` : `${group}/${kind}`;
        const query = "fieldManager=kubectl&force=true";
        const patch = "application/apply-patch+yaml";
        const { status, value } = await plane.request(
          "PATCH",
          `${path}/${object.metadata.name}?${query}`,
          object,
          patch,
        );
        assert.ok(status === 200 || status === 201, JSON.stringify(value));
      }
    }

    const named = (suffix: string) => `r${round}-${suffix}`;

    async function addNamespace(suffix: string, labels: Record<string, string> = {}): Promise<string> {
      const namespace = named(suffix);
      const metadata = { name: namespace, labels: { round: String(round), ...labels } };
      await plane.request("POST", "/api/v1/namespaces", { apiVersion: "v1", kind: "Namespace", metadata });
      // The controller manager would create it.
      const path = `/api/v1/namespaces/${namespace}/serviceaccounts`;
      await plane.request("POST", path, {
        apiVersion: "v1",
        kind: "ServiceAccount",
        metadata: { name: "default" },
      });
      return namespace;
    }

    const secretPath = (namespace: string, secret = name) =>
      `/api/v1/namespaces/${namespace}/secrets/${secret}`;

    /** undefined: there is none. */
    async function secretIn(namespace: string, secret = name) {
      const { status, value } = await plane.request("GET", secretPath(namespace, secret));
      return status === 200 ? value : undefined;
    }

    // biome-ignore lint/suspicious/noExplicitAny: an object of the API
    function authsOf(secret: any): Record<string, { auth: string }> {
      return JSON.parse(Buffer.from(secret.data[".dockerconfigjson"], "base64").toString()).auths;
    }

    /** A user whose daemon reaches the cluster with the service account's token. @param server of the kubeconfig */
    function keeper(server = plane.url): User {
      const user = standing.user();
      user.writeAwsKeys({ alice: member("alice") });
      writeKubeconfig(user, { server, "certificate-authority": plane.caFile }, { token });
      return user;
    }

    function writeKubeconfig(user: User, cluster: object, login: object): void {
      const text = JSON.stringify({
        clusters: [{ name: "c", cluster }],
        users: [{ name: "u", user: login }],
        contexts: [{ name: "test", context: { cluster: "c", user: "u" } }],
      });
      user.write("kubeconfig", text);
    }

    function configure(user: User, secret: object | undefined, regions = "us-east-1, us-west-2"): void {
      const output = { kubernetesSecret: { name, kubeconfig: join(user.home, "kubeconfig"), ...secret } };
      user.write(
        configPath,
        `version: 1
minValidity: 1s
identities:
  alice: { profile: alice }
registries:
  - account: "111122223333"
    regions: [${regions}]
    identity: alice
${secret ? `outputs:\n  - ${JSON.stringify(output)}\n` : ""}`,
      );
    }

    const once = (user: User) => user.run(["daemon", "--once"]);
    const secretsOf = async (user: User) => JSON.parse((await user.run(["status", "--json"])).stdout).secrets;

    async function assertOnce(user: User): Promise<void> {
      const { exitCode, stdout, stderr } = await once(user);
      assert.deepEqual({ exitCode, stdout, stderr }, { exitCode: 0, stdout: "", stderr: "" });
    }

    it("contain the result of get, in selected namespaces only, and are not written while they are up to date", async () => {
      const [one, two] = [await addNamespace("one"), await addNamespace("two")];
      const other = await addNamespace("other", { round: "none" });
      const user = keeper();
      configure(user, { selector: { round: String(round) } });
      await assertOnce(user);
      const secret = await secretIn(one);
      assert.equal(secret.type, "kubernetes.io/dockerconfigjson");
      assert.equal(secret.metadata.labels["app.kubernetes.io/managed-by"], "docker-credential-ecr");
      for (const host of [registry, westRegistry]) {
        const { auth } = authsOf(secret)[host] ?? {};
        const decoded = Buffer.from(auth ?? "", "base64").toString();
        assert.ok(decoded === `AWS:${answered(await user.get(host), host)}`, host);
      }
      assert.ok(await secretIn(two));
      assert.equal(await secretIn(other), undefined);
      await assertOnce(user);
      assert.equal((await secretIn(one)).metadata.resourceVersion, secret.metadata.resourceVersion);
      const [state] = await secretsOf(user);
      assert.deepEqual(
        [state.name, state.named, state.namespaces, state.lastError],
        [name, true, 2, undefined],
      );
      assert.equal((await user.run(["refresh", "--force"])).exitCode, 0);
      const renewed = await secretIn(one);
      assert.notDeepEqual(authsOf(renewed), authsOf(secret));
      assert.match(
        (await user.run(["status"])).stdout,
        /^Secret ecr-pull \(\S+kubeconfig\): in 2 namespaces$/m,
      );
    });

    it("are restored after an edit or a deletion, and follow namespaces, by a running daemon", async () => {
      const [one, two] = [await addNamespace("one"), await addNamespace("two")];
      const user = keeper();
      configure(user, { selector: { round: String(round) } });
      const daemon = user.start(["daemon"]);
      const before = await eventually(
        "the first",
        async () => (await secretIn(two)) && (await secretIn(one)),
      );
      const bad = { data: { ".dockerconfigjson": Buffer.from('{"auths":{}}').toString("base64") } };
      const edited = await plane.request("PATCH", secretPath(one), bad, "application/merge-patch+json");
      assert.equal(edited.status, 200);
      await plane.request("DELETE", secretPath(two));
      const three = await addNamespace("three");
      await passNow(user, daemon);
      const isRestored = async (namespace: string) => {
        const secret = await secretIn(namespace);
        return secret && JSON.stringify(authsOf(secret)) === JSON.stringify(authsOf(before));
      };
      for (const namespace of [one, two, three]) await eventually(namespace, () => isRestored(namespace));

      // The namespace loses its label; the others are not written again.
      const { resourceVersion } = (await secretIn(one)).metadata;
      const unlabelled = { metadata: { labels: { round: null } } };
      await plane.request("PATCH", `/api/v1/namespaces/${two}`, unlabelled, "application/merge-patch+json");
      await passNow(user, daemon);
      await eventually("its removal", async () => (await secretIn(two)) === undefined);
      assert.equal((await secretIn(one)).metadata.resourceVersion, resourceVersion);
      configure(user, undefined);
      await passNow(user, daemon);
      for (const namespace of [one, three]) {
        await eventually("the last removal", async () => (await secretIn(namespace)) === undefined);
      }
      daemon.kill("SIGTERM");
      const { stdout, exitCode } = await daemon.ended;
      assert.equal(exitCode, 0, stdout);
      assert.deepEqual(await secretsOf(user), []);
    });

    it("of another owner, and a namespace that is being deleted, are left alone", async () => {
      const [foreign, exported, ending, good] = [
        await addNamespace("foreign"),
        await addNamespace("exported"),
        await addNamespace("ending"),
        await addNamespace("good"),
      ];
      const data = { ".dockerconfigjson": Buffer.from('{"auths":{}}').toString("base64") };
      const labels = { "app.kubernetes.io/managed-by": "docker-credential-ecr" };
      const type = "kubernetes.io/dockerconfigjson";
      const theirs = { apiVersion: "v1", kind: "Secret", type, data };
      await plane.request("POST", `/api/v1/namespaces/${foreign}/secrets`, { ...theirs, metadata: { name } });
      // As `kubectl apply` of an export: with the label, without the field manager.
      await plane.request("POST", `/api/v1/namespaces/${exported}/secrets`, {
        ...theirs,
        metadata: { name, labels },
      });
      // Without controllers it stays in this state.
      await plane.request("DELETE", `/api/v1/namespaces/${ending}`);
      const user = keeper();
      const namespaces = [foreign, exported, ending, good];
      for (const selection of [{ selector: { round: String(round) } }, { namespaces }]) {
        configure(user, selection);
        const { exitCode, stderr } = await once(user);
        assert.equal(exitCode, 1);
        assert.match(
          stderr,
          /^docker-credential-ecr: Secret ecr-pull in namespace r\d+-\w+ was not written by this program.*\(also in r\d+-\w+\).*\[SECRET_TAKEN\]$/m,
        );
        assert.equal(stderr.trimEnd().split("\n").length, 1, stderr);
        for (const namespace of [foreign, exported]) assert.deepEqual(authsOf(await secretIn(namespace)), {});
        assert.equal(await secretIn(ending), undefined);
        assert.ok(await secretIn(good));
        assert.equal((await secretsOf(user))[0].lastError.code, "SECRET_TAKEN");
      }
      configure(user, undefined);
      await assertOnce(user);
      assert.ok((await secretIn(foreign)) && (await secretIn(exported)));
      assert.equal(await secretIn(good), undefined);
    });

    it("are named in imagePullSecrets of service accounts, beside those that are there, until they are removed", async () => {
      const namespace = await addNamespace("one");
      const path = `/api/v1/namespaces/${namespace}/serviceaccounts/default`;
      const pullSecrets = async () => (await plane.request("GET", path)).value.imagePullSecrets ?? [];
      const theirs = { imagePullSecrets: [{ name: "theirs" }] };
      await plane.request("PATCH", path, theirs, "application/merge-patch+json");
      const user = keeper();
      for (const selection of [{ namespaces: [namespace] }, { selector: { round: String(round) } }]) {
        configure(user, { ...selection, serviceAccounts: "patch" });
        await assertOnce(user);
        assert.deepEqual(await pullSecrets(), [{ name: "theirs" }, { name }]);
      }
      // Without the Secret's removal too.
      configure(user, { selector: { round: String(round) } });
      await assertOnce(user);
      assert.deepEqual(await pullSecrets(), [{ name: "theirs" }]);
      assert.ok(await secretIn(namespace));
      configure(user, { selector: { round: String(round) }, serviceAccounts: "patch" });
      await assertOnce(user);
      assert.deepEqual(await pullSecrets(), [{ name: "theirs" }, { name }]);
      configure(user, undefined);
      await assertOnce(user);
      assert.deepEqual(await pullSecrets(), [{ name: "theirs" }]);
    });

    it("of two daemons with different selections are left to each other", async () => {
      const namespaces = [
        await addNamespace("one", { team: "one" }),
        await addNamespace("two", { team: "two" }),
      ];
      const users = [keeper(), keeper()];
      for (const pass of [1, 2]) {
        for (const [index, user] of users.entries()) {
          configure(user, { selector: { round: String(round), team: ["one", "two"][index] } });
          await assertOnce(user);
          if (pass === 2) for (const namespace of namespaces) assert.ok(await secretIn(namespace), namespace);
        }
      }
    });

    it("are written to a named namespace as soon as it exists", async () => {
      const good = await addNamespace("good");
      const user = keeper();
      configure(user, { namespaces: [named("later"), good] });
      const { exitCode, stderr } = await once(user);
      assert.equal(exitCode, 1);
      assert.match(
        stderr,
        /^docker-credential-ecr: .* namespace r\d+-later, which does not exist\..*\[SECRET_NAMESPACE\]\n$/,
      );
      assert.ok(await secretIn(good));
      await addNamespace("later");
      await assertOnce(user);
      assert.ok(await secretIn(named("later")));
    });

    it("are reached with a plugin of the kubeconfig, never with another CA or a wrong token", async () => {
      const namespace = await addNamespace("one");
      const user = keeper();
      const cluster = { server: plane.url, "certificate-authority": plane.caFile };
      configure(user, { namespaces: [namespace] });
      user.write("other-ca.crt", makeCertificates(["127.0.0.1"], Date.now()).ca);
      const untrusted = { ...cluster, "certificate-authority": join(user.home, "other-ca.crt") };
      const failing: [string, object, object][] = [
        ["CLUSTER_UNREACHABLE", untrusted, { token }],
        ["CLUSTER_CREDENTIALS", cluster, { token: "test-wrong-token" }],
        ["KUBECONFIG", cluster, { exec: { command: "/bin/false" } }],
        ["KUBECONFIG", { ...cluster, "insecure-skip-tls-verify": true }, { token }],
      ];
      for (const [code, ...kubeconfig] of failing) {
        writeKubeconfig(user, ...kubeconfig);
        const { exitCode, stderr } = await once(user);
        assert.equal(exitCode, 1, code);
        assert.match(stderr, new RegExp(`^docker-credential-ecr: .*\\[${code}\\]\n$`));
        assert.ok(!stderr.includes(token) && !stderr.includes("test-wrong-token"), stderr);
        assert.equal((await secretsOf(user))[0].lastError.code, code);
        assert.equal(await secretIn(namespace), undefined);
      }
      const status = JSON.stringify({ status: { token } });
      const script = join(user.home, "plugin");
      user.write("plugin", `#!/bin/sh\necho '${status}'\n`);
      chmodSync(script, 0o700);
      writeKubeconfig(user, cluster, { exec: { command: script, interactiveMode: "Never" } });
      await assertOnce(user);
      assert.ok(await secretIn(namespace));
    });

    it("are not removed after an answer that is not the API server's", async () => {
      const namespace = await addNamespace("one");
      const gate = startGate(plane);
      try {
        const user = keeper(gate.url);
        configure(user, { selector: { round: String(round) }, serviceAccounts: "patch" });
        await assertOnce(user);
        for (const text of ["{}", "[]", "null", "<html>", '{"kind":"NamespaceList","items":[{}]}']) {
          gate.answer(text);
          const { exitCode, stderr } = await once(user);
          assert.equal(exitCode, 1, text);
          assert.match(stderr, /^docker-credential-ecr: .*\[CLUSTER_ANSWER\]\n$/);
          assert.ok(await secretIn(namespace), text);
          assert.equal((await secretsOf(user))[0].namespaces, 1);
        }
        gate.open();
        await assertOnce(user);
      } finally {
        await gate.stop();
      }
    });

    it("are in no report and no record", async () => {
      const namespace = await addNamespace("one");
      const user = keeper();
      configure(user, { namespaces: [namespace] });
      await assertOnce(user);
      const secret = await secretIn(namespace);
      const texts = [token, secret.data[".dockerconfigjson"]];
      for (const { auth } of Object.values(authsOf(secret))) texts.push(auth);
      const report = join(user.home, "report.txt");
      const shown: string[] = [];
      for (const command of [["status"], ["status", "--json"], ["doctor", "--bundle", report]]) {
        const { stdout, stderr } = await user.run(command);
        shown.push(stdout + stderr);
      }
      const folder = join(user.state, "secrets");
      const files = [report, ...readdirSync(folder).map((file) => join(folder, file))];
      for (const text of [...shown, ...files.map((file) => readFileSync(file, "utf8"))]) {
        assert.ok(text.length > 0);
        for (const forbidden of texts) assert.ok(!text.includes(forbidden));
      }
    });

    it("are written from a pod, with its service account", async function () {
      if (process.geteuid?.() !== 0 || ownMounts() === undefined) return this.skip();
      const namespace = await addNamespace("one");
      const user = keeper();
      configure(user, { namespaces: [namespace], kubeconfig: undefined });
      const folder = "/var/run/secrets/kubernetes.io/serviceaccount";
      user.write("ca.crt", readFileSync(plane.caFile, "utf8"));
      user.write("token", token);
      // /run is a folder on every machine with a /var/run.
      const mount = `mount -t tmpfs none /run && mkdir -p ${folder} && cp "$HOME/ca.crt" "$HOME/token" ${folder} && exec "$@"`;
      const { hostname, port } = new URL(plane.url);
      const env = { KUBERNETES_SERVICE_HOST: hostname, KUBERNETES_SERVICE_PORT: port };
      const through = ["unshare", "-m", ...shell(mount)];
      const { exitCode, stderr } = await user.run(["daemon", "--once"], { env, through });
      assert.deepEqual({ exitCode, stderr }, { exitCode: 0, stderr: "" });
      assert.ok(await secretIn(namespace));
      assert.match((await once(user)).stderr, /does not run in a pod.*\[KUBECONFIG\]$/m);
    });

    it("don't delay tokens while the API server is down, slow or throttles, and are written afterwards", async () => {
      const namespace = await addNamespace("one");
      const gate = startGate(plane);
      try {
        const user = keeper(gate.url);
        configure(user, { namespaces: [namespace] });
        gate.hang();
        const daemon = user.start(["daemon"]);
        await eventually("a request that hangs", () => gate.waiting() > 0);
        // Its renewals go on meanwhile.
        const calls = standing.count("GetAuthorizationToken");
        assert.equal(calls, 2);
        await passNow(user, daemon);
        gate.throttle();
        await eventually(
          "a throttled request",
          async () => {
            await passNow(user, daemon);
            return (await secretsOf(user))[0]?.lastError?.code === "CLUSTER_THROTTLED";
          },
          120_000,
        );
        assert.equal(await secretIn(namespace), undefined);
        gate.open();
        await plane.kill();
        await eventually(
          "a server that is down",
          async () => {
            await passNow(user, daemon);
            return (await secretsOf(user))[0]?.lastError?.code === "CLUSTER_ANSWER";
          },
          120_000,
        );
        await plane.restart();
        await eventually(
          "the Secret",
          async () => {
            await passNow(user, daemon);
            return secretIn(namespace);
          },
          120_000,
        );
        daemon.kill("SIGTERM");
        const { stdout, exitCode } = await daemon.ended;
        assert.equal(exitCode, 0);
        assert.match(stdout, /\[CLUSTER_THROTTLED\]/);
        assert.match(stdout, /\[CLUSTER_ANSWER\]/);
        assert.match(stdout, /resolved: /);
        const secret = await secretIn(namespace);
        for (const { auth } of Object.values(authsOf(secret))) {
          assert.ok(!stdout.includes(auth) && !stdout.includes(secret.data[".dockerconfigjson"]));
        }
      } finally {
        await gate.stop();
      }
    });

    // The stand-in has no RBAC, and does not validate objects.
    if (kind === "stand-in") return;

    it("that are immutable are reported, and don't stop the others", async () => {
      const [frozen, good] = [await addNamespace("frozen"), await addNamespace("good")];
      const user = keeper();
      configure(user, { selector: { round: String(round) } });
      await assertOnce(user);
      const immutable = { immutable: true };
      await plane.request("PATCH", secretPath(frozen), immutable, "application/merge-patch+json");
      const before = authsOf(await secretIn(good));
      const { exitCode, stderr } = await user.run(["refresh", "--force"]);
      assert.equal(exitCode, 1);
      assert.match(stderr, /patch secret ecr-pull in namespace r\d+-frozen \(HTTP 422\).*immutable/s);
      assert.notDeepEqual(authsOf(await secretIn(good)), before);
      await plane.request("DELETE", secretPath(frozen));
      await assertOnce(user);
      assert.deepEqual(authsOf(await secretIn(frozen)), authsOf(await secretIn(good)));
    });

    it("that a quota forbids are reported with the quota", async () => {
      const namespace = await addNamespace("full");
      const quota = { metadata: { name: "none" }, spec: { hard: { "count/secrets": "0" } } };
      const path = `/api/v1/namespaces/${namespace}/resourcequotas`;
      await plane.request("POST", path, quota);
      // The controller manager would do it.
      const status = { status: { hard: quota.spec.hard, used: { "count/secrets": "0" } } };
      await plane.request("PATCH", `${path}/none/status`, status, "application/merge-patch+json");
      const user = keeper();
      configure(user, { namespaces: [namespace] });
      const { exitCode, stderr } = await once(user);
      assert.equal(exitCode, 1);
      assert.match(stderr, /exceeded quota.*Fix: change the quota.*\[CLUSTER_DENIED\]$/m);
    });

    it("need no permission beyond the Role of their namespace", async () => {
      const [granted, denied] = [await addNamespace("granted"), await addNamespace("denied")];
      await applyExample("pull-secret-namespace.yaml", granted);
      const limited = { apiVersion: "v1", kind: "ServiceAccount", metadata: { name: "limited" } };
      const accounts = `/api/v1/namespaces/${account.namespace}/serviceaccounts`;
      await plane.request("POST", accounts, limited);
      const role = "/apis/rbac.authorization.k8s.io/v1";
      const subjects = [{ kind: "ServiceAccount", name: "limited", namespace: account.namespace }];
      const binding = {
        metadata: { name: "limited" },
        roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "Role", name: "ecr-pull-secret" },
        subjects,
      };
      await plane.request("POST", `${role}/namespaces/${granted}/rolebindings`, binding);
      const { value } = await plane.request("POST", `${accounts}/limited/token`, { spec: {} });
      const user = keeper();
      const file = join(user.home, "kubeconfig");
      user.write("kubeconfig", readFileSync(file, "utf8").replace(token, value.status.token));
      configure(user, { namespaces: [granted], serviceAccounts: "patch" });
      await assertOnce(user);
      assert.ok(await secretIn(granted));
      configure(user, { namespaces: [granted, denied] });
      const { exitCode, stderr } = await once(user);
      assert.equal(exitCode, 1);
      assert.match(
        stderr,
        /does not allow to get secret ecr-pull in namespace r\d+-denied.*\[CLUSTER_DENIED\]$/m,
      );
      configure(user, { all: true });
      assert.match((await once(user)).stderr, /does not allow to list namespaces.*\[CLUSTER_DENIED\]$/m);
      assert.ok(await secretIn(granted));
      configure(user, undefined);
      await assertOnce(user);
      assert.equal(await secretIn(granted), undefined);
    });
  });
}
