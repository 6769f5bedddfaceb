import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { makeCertificates } from "../support/aws/certificate.ts";
import { ciRole, keys, member, registry, signIn, useStanding } from "../support/program/standing.ts";
import { logOf } from "../support/program/state.ts";
import type { User, Variables } from "../support/program/user.ts";
import { answered, told } from "../support/program/verdicts.ts";

/** Nobody listens there. */
const dead = "http://127.0.0.1:9";
/** No authority is trusted but what the test names. */
const trustingNobody = { NODE_EXTRA_CA_CERTS: undefined, SSL_CERT_FILE: undefined, AWS_CA_BUNDLE: undefined };

describe("certificates", () => {
  const standing = useStanding({}, "proxy");

  it("of an untrusted authority are reported", async () => {
    const user = standing.user({ ...keys("alice"), ...trustingNobody });
    told(await user.get(registry), "TLS", registry, "api.ecr.us-east-1.amazonaws.com", "AWS_CA_BUNDLE");
    assert.equal(standing.count("GetAuthorizationToken"), 0);
  });

  it("are also verified with NODE_TLS_REJECT_UNAUTHORIZED=0", async () => {
    const user = standing.user({ ...keys("alice"), ...trustingNobody, NODE_TLS_REJECT_UNAUTHORIZED: "0" });
    told(await user.get(registry), "TLS", registry, "api.ecr.us-east-1.amazonaws.com");
    assert.equal(standing.count("GetAuthorizationToken"), 0);
  });

  it("are verified with AWS_CA_BUNDLE, or with ca_bundle of the profile", async () => {
    const { caFile } = standing.aws;
    const user = standing.user(trustingNobody);
    user.writeAwsConfig({ "profile bundle": { ca_bundle: caFile } });
    user.writeAwsKeys({ bundle: member("alice") });
    answered(await user.get(registry, { env: { ...keys("alice"), AWS_CA_BUNDLE: caFile } }), registry);
    answered(await user.get(registry, { env: { AWS_PROFILE: "bundle" } }), registry);
    assert.equal(standing.count("GetAuthorizationToken"), 2);
  });

  for (const [profile, service] of [
    ["role", "sts.us-east-1.amazonaws.com"],
    ["sso", "portal.sso.us-east-1.amazonaws.com"],
  ] as const) {
    it(`are verified with AWS_CA_BUNDLE at ${service} too`, async () => {
      const user = standing.user({ ...trustingNobody, AWS_PROFILE: profile });
      const start = "https://example.com/start";
      const account = { sso_account_id: "111122223333", sso_role_name: "ci" };
      user.writeAwsConfig({
        "profile role": { role_arn: ciRole, source_profile: "alice" },
        "profile sso": { sso_region: "us-east-1", sso_start_url: start, ...account },
      });
      user.writeAwsKeys({ alice: member("alice") });
      signIn(user, start);
      told(
        await user.get(registry, { env: { AWS_CA_BUNDLE: wrongAuthority(user) } }),
        "TLS",
        registry,
        service,
      );
      answered(await user.get(registry, { env: { AWS_CA_BUNDLE: standing.aws.caFile } }), registry);
    });
  }

  it("are verified only with AWS_CA_BUNDLE if it is set", async () => {
    const user = standing.user(keys("alice"));
    told(await user.get(registry, { env: { AWS_CA_BUNDLE: wrongAuthority(user) } }), "TLS", registry);
  });

  it("are trusted if SSL_CERT_FILE or NODE_EXTRA_CA_CERTS contains their authority", async () => {
    for (const name of ["SSL_CERT_FILE", "NODE_EXTRA_CA_CERTS"]) {
      const user = standing.user({ ...keys("alice"), ...trustingNobody, [name]: standing.aws.caFile });
      answered(await user.get(registry), registry);
    }
  });

  it("can't be verified with a missing or empty bundle: reported with its path", async () => {
    const user = standing.user(keys("alice"));
    const empty = user.write("empty.pem", "no certificate");
    for (const path of ["/nowhere/bundle.pem", empty]) {
      told(await user.get(registry, { env: { AWS_CA_BUNDLE: path } }), "CA_BUNDLE", registry, path);
    }
  });
});

/** A file with an authority that has signed nothing here. */
function wrongAuthority(user: User): string {
  const path = join(user.home, "other-ca.pem");
  writeFileSync(path, makeCertificates(["example.com"], Date.now()).ca);
  return path;
}

describe("a proxy", () => {
  const standing = useStanding({ proxyLogin: "me:test-proxy-password" }, "proxy");
  const proxyWith = (login: string) => standing.aws.urls.proxy.replace("//", `//${login}@`);

  for (const name of ["HTTPS_PROXY", "https_proxy"]) {
    it(`is read from ${name}, with its user and password`, async () => {
      const proxy = proxyWith("me:test-proxy-password");
      const user = standing.user({ ...keys("alice"), HTTPS_PROXY: undefined, [name]: proxy });
      answered(await user.get(registry), registry);
      assert.deepEqual(
        standing.aws.controls.log().map(({ operation, host }) => `${operation} ${host}`),
        [
          "Connect api.ecr.us-east-1.amazonaws.com:443",
          "GetAuthorizationToken api.ecr.us-east-1.amazonaws.com",
        ],
      );
    });
  }

  it("is also used for STS", async () => {
    const user = standing.user({ AWS_PROFILE: "role", HTTPS_PROXY: proxyWith("me:test-proxy-password") });
    user.writeAwsConfig({ "profile role": { role_arn: ciRole, source_profile: "alice" } });
    user.writeAwsKeys({ alice: member("alice") });
    answered(await user.get(registry), registry);
    assert.equal(standing.count("Connect"), 2);
  });

  it("that refuses the password is reported without it", async () => {
    const user = standing.user({ ...keys("alice"), HTTPS_PROXY: proxyWith("me:test-wrong-password") });
    const line = told(
      await user.get(registry),
      "PROXY",
      registry,
      new URL(standing.aws.urls.proxy).host,
      "HTTPS_PROXY",
    );
    assert.doesNotMatch(line + logOf(user), /test-wrong/);
  });

  it("that can't be reached is reported with its address, without the password", async () => {
    const user = standing.user({
      ...keys("alice"),
      HTTPS_PROXY: "http://me:test-wrong-password@127.0.0.1:9",
    });
    const line = told(await user.get(registry), "UNREACHABLE", registry, "proxy 127.0.0.1:9", "HTTPS_PROXY");
    assert.doesNotMatch(line + logOf(user), /test-wrong/);
    assert.equal(standing.calls(), 0);
  });

  it("with an invalid address is reported", async () => {
    const user = standing.user({ ...keys("alice"), HTTPS_PROXY: "http://" });
    told(await user.get(registry), "PROXY", registry, "HTTPS_PROXY");
  });

  it("that can't be reached does not affect a valid token", async () => {
    const user = standing.user({ ...keys("alice"), HTTPS_PROXY: proxyWith("me:test-proxy-password") });
    const secret = answered(await user.get(registry), registry);
    assert.equal(answered(await user.get(registry, { env: { HTTPS_PROXY: dead } }), registry), secret);
  });
});

describe("a direct connection", () => {
  const standing = useStanding();

  const get = (env: Variables) => {
    const user = standing.user({ ...keys("alice"), ...env });
    return user.get(registry);
  };

  it("is used for the loopback, regardless of the proxy", async () => {
    const { port } = new URL(standing.aws.urls.plain);
    for (const host of ["127.0.0.1", "localhost"]) {
      const env = { AWS_ENDPOINT_URL: `http://${host}:${port}`, HTTP_PROXY: dead, HTTPS_PROXY: dead };
      answered(await get(env), registry);
    }
  });

  it("is used for the hosts in NO_PROXY, and for no other", async () => {
    // This address means this machine, and is not the loopback's.
    const { port } = new URL(standing.aws.urls.plain);
    const env = { AWS_ENDPOINT_URL: `http://0.0.0.0:${port}`, HTTP_PROXY: dead, HTTPS_PROXY: dead };
    for (const list of ["0.0.0.0", "example.com, 0.0.0.0", `0.0.0.0:${port}`, "0.0.0.0/8", "*"]) {
      answered(await get({ ...env, NO_PROXY: list }), registry);
      answered(await get({ ...env, NO_PROXY: undefined, no_proxy: list }), registry);
    }
    for (const list of ["", "example.com", "0.0.0", "0.0.0.0:1", "10.0.0.0/8"]) {
      told(await get({ ...env, NO_PROXY: list }), "UNREACHABLE", "127.0.0.1:9");
    }
  });

  it("is used for the container endpoint and IMDS", async () => {
    const env = {
      HTTP_PROXY: dead,
      HTTPS_PROXY: dead,
      http_proxy: dead,
      ALL_PROXY: dead,
      NODE_USE_ENV_PROXY: "1",
    };
    answered(await standing.user(env).get(registry), registry);
    const url = `${standing.aws.urls.container}/credentials`;
    answered(
      await standing.user({ ...env, AWS_CONTAINER_CREDENTIALS_FULL_URI: url }).get(registry),
      registry,
    );
  });
});
