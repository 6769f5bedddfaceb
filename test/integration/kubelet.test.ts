import assert from "node:assert/strict";
import { readFileSync, statSync } from "node:fs";
import type { Ran } from "../support/program/run.ts";
import {
  ciRole,
  keys,
  otherRegistry,
  publicRegistry,
  registry,
  useStanding,
} from "../support/program/standing.ts";
import { everythingIn } from "../support/program/state.ts";
import type { User } from "../support/program/user.ts";

const apiVersion = "credentialprovider.kubelet.k8s.io/v1";
const serviceAccount = {
  serviceAccountToken: "test-web-identity-token",
  serviceAccountAnnotations: { "eks.amazonaws.com/ecr-role-arn": ciRole },
};

describe("kubelet", () => {
  const standing = useStanding();

  const ask = (user: User, image: string, more: object = {}): Promise<Ran> => {
    const request = { apiVersion, kind: "CredentialProviderRequest", image, ...more };
    return user.run(["kubelet"], { input: JSON.stringify(request) });
  };
  function response({ stdout, stderr, exitCode }: Ran) {
    assert.deepEqual({ exitCode, stderr }, { exitCode: 0, stderr: "" });
    return JSON.parse(stdout);
  }

  it("uses the same token files as get", async () => {
    const node = standing.user(keys("alice"));
    const { Secret } = JSON.parse((await node.get(registry)).stdout);
    const { auth, cacheDuration } = response(await ask(node, `${registry}/team/app:1`));
    assert.deepEqual(auth, { [registry]: { username: "AWS", password: Secret } });
    assert.match(cacheDuration, /^5h59m\d+s$/);
    assert.equal(standing.count("GetAuthorizationToken"), 1);
  });

  it("fetches a missing token, which get then uses", async () => {
    const node = standing.user(keys("alice"));
    const { auth } = response(await ask(node, `${registry}/team/app:1`));
    assert.equal(JSON.parse((await node.get(registry)).stdout).Secret, auth[registry].password);
    assert.equal(standing.count("GetAuthorizationToken"), 1);
  });

  it("uses the state folder of the provider's configuration", async () => {
    const node = standing.user(keys("alice"));
    const state = `${node.home}/var`;
    const env = { HOME: undefined, XDG_STATE_HOME: state };
    const request = { apiVersion, kind: "CredentialProviderRequest", image: `${registry}/app` };
    response(await node.run(["kubelet"], { env, input: JSON.stringify(request) }));
    assert.ok(everythingIn(`${state}/docker-credential-ecr`).some((path) => path.includes(registry)));
  });

  it("leaves other registries to other providers", async () => {
    const node = standing.user({ AWS_EC2_METADATA_DISABLED: "true" });
    for (const image of ["docker.io/library/nginx", `${publicRegistry}/docker/library/alpine`]) {
      assert.deepEqual(response(await ask(node, image)).auth, {});
    }
  });

  it("reports a failure for kubelet's log, without output", async () => {
    const node = standing.user({ AWS_EC2_METADATA_DISABLED: "true" });
    const { stdout, stderr, exitCode } = await ask(node, `${registry}/app`);
    assert.deepEqual({ stdout, exitCode }, { stdout: "", exitCode: 1 });
    assert.match(
      stderr,
      /^E\d{4} \d\d:\d\d:\d\d\.\d{6} +\d+ docker-credential-ecr:0\] .* \[NO_CREDENTIALS\]\n$/,
    );
  });

  it("refuses an invalid request", async () => {
    const node = standing.user(keys("alice"));
    for (const input of ["", "{", "x".repeat(2_000_000), `{"apiVersion":"${apiVersion}beta1"}`]) {
      const { stdout, stderr, exitCode } = await node.run(["kubelet"], { input });
      assert.deepEqual({ stdout, exitCode }, { stdout: "", exitCode: 1 });
      assert.match(stderr, /\[KUBELET_REQUEST\]\n$/);
    }
    assert.equal(standing.calls(), 0);
  });

  describe("with the token of a service account", () => {
    it("uses the role of its annotation, regardless of the node's identity", async () => {
      const node = standing.user(keys("mallory"));
      const { auth } = response(await ask(node, `${registry}/app`, serviceAccount));
      assert.match(auth[registry].password, /^[\w+/=]{800,}$/);
      const callers = standing.aws.controls.log().map(({ operation, principal }) => [operation, principal]);
      assert.deepEqual(
        callers.map(([operation]) => operation),
        ["AssumeRoleWithWebIdentity", "GetAuthorizationToken"],
      );
      assert.match(String(callers[1]?.[1]), /assumed-role\/ci\//);
    });

    it("stores nothing of it, so that other service accounts can't use it", async () => {
      const node = standing.user(keys("alice"));
      const { auth } = response(await ask(node, `${registry}/app`, serviceAccount));
      const { password } = auth[registry];
      const stored = everythingIn(node.home)
        .filter((path) => statSync(path).isFile())
        .map((path) => readFileSync(path, "utf8"));
      for (const text of stored) {
        assert.ok(!text.includes(password) && !text.includes(serviceAccount.serviceAccountToken));
      }
      const other = response(await ask(node, `${registry}/app`));
      assert.notEqual(other.auth[registry].password, password);
    });

    it("does not use the token that the node has stored", async () => {
      const node = standing.user(keys("alice"));
      const own = JSON.parse((await node.get(registry)).stdout).Secret;
      const { auth } = response(await ask(node, `${registry}/app`, serviceAccount));
      assert.notEqual(auth[registry].password, own);
    });

    it("uses AWS_ECR_ROLE_ARN without the annotation", async () => {
      const node = standing.user({ ...keys("mallory"), AWS_ECR_ROLE_ARN: ciRole });
      const { serviceAccountToken } = serviceAccount;
      const { auth } = response(await ask(node, `${otherRegistry}/app`, { serviceAccountToken }));
      assert.ok(auth[otherRegistry].password);
      assert.equal(standing.count("AssumeRoleWithWebIdentity"), 1);
    });

    it("names the denied role, without the token", async () => {
      const node = standing.user();
      const more = { ...serviceAccount, serviceAccountToken: "test-other-token" };
      const { stdout, stderr, exitCode } = await ask(node, `${registry}/app`, more);
      assert.deepEqual({ stdout, exitCode }, { stdout: "", exitCode: 1 });
      assert.match(stderr, /role arn:aws:iam::111122223333:role\/ci of the pod's service account/);
      assert.match(stderr, /\[WEB_IDENTITY_REFUSED\]/);
      assert.doesNotMatch(stderr, /test-other-token/);
    });
  });

  it("get also supports Bazel", async () => {
    const user = standing.user(keys("alice"));
    const uri = `https://${registry}/v2/app/manifests/latest`;
    const { stdout, stderr, exitCode } = await user.get(JSON.stringify({ uri }));
    assert.deepEqual({ stderr, exitCode }, { stderr: "", exitCode: 0 });
    const { headers, expires } = JSON.parse(stdout);
    assert.match(headers.Authorization[0], /^Basic [\w+/=]{800,}$/);
    assert.ok(Date.parse(expires) > Date.now() + 11 * 3_600_000);
  });
});
