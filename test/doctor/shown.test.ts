import assert from "node:assert/strict";
import fc from "fast-check";
import { HiddenValues } from "../../src/doctor/hidden-values.ts";
import { shownConfig, shownDockerConfig } from "../../src/doctor/shown-config.ts";
import { shownEnvironment, shownProfiles, shownSection } from "../../src/doctor/shown-environment.ts";
import { awsFiles } from "../support/aws/files.ts";

const none = () => undefined;
const environment = (env: Record<string, string>) => shownEnvironment(env, none);
const account = "111122223333";
const host = `${account}.dkr.ecr.us-east-1.amazonaws.com`;

describe("what a bundle shows", () => {
  it("of the environment: values of known forms, and which other variables are set", () => {
    const shown = environment({
      AWS_BRAND_NEW: "hush",
      AWS_CONTAINER_AUTHORIZATION_TOKEN: "hush",
      AWS_CONTAINER_CREDENTIALS_RELATIVE_URI: "/v2/credentials/hush",
      AWS_EC2_METADATA_DISABLED: "hush",
      AWS_PROFILE: "me@example.com",
      AWS_REGION: "us-east-1",
      AWS_ROLE_ARN: `arn:aws:iam::${account}:role/ci`,
      AWS_SECRET_ACCESS_KEY: "hush",
      HOME: "/home/me",
      MY_PASSWORD: "hush",
      NO_PROXY: "localhost,hush.example,169.254.169.254",
      PATH: "/bin:/usr/bin",
    });
    assert.equal(
      shown,
      `AWS_BRAND_NEW is set
AWS_CONTAINER_AUTHORIZATION_TOKEN is set
AWS_CONTAINER_CREDENTIALS_RELATIVE_URI is set
AWS_EC2_METADATA_DISABLED=[redacted]
AWS_PROFILE=me@example.com
AWS_REGION=us-east-1
AWS_ROLE_ARN=arn:aws:iam::${account}:role/ci
AWS_SECRET_ACCESS_KEY is set
HOME=/home/me
NO_PROXY=localhost,[redacted],169.254.169.254
PATH=/bin:/usr/bin`,
    );
  });

  const addresses: Readonly<Record<string, string>> = {
    "https://sts.us-east-1.amazonaws.com": "https://sts.us-east-1.amazonaws.com",
    [`https://${host}/`]: `https://${host}/`,
    "http://127.0.0.1:4566": "http://127.0.0.1:4566",
    "http://[::1]:80/": "http://[::1]:80/",
    "http://169.254.170.2/v2/credentials/hush": "http://169.254.170.2/[redacted]",
    "http://proxy.corp.example:3128": "http://[redacted]:3128",
    "http://proxy.corp.example:31280": "http://[redacted]:[redacted]",
    "https://hush.execute-api.us-east-1.amazonaws.com": "https://[redacted]",
    "https://127.0.0.1/a?key=hush": "https://127.0.0.1/[redacted]",
    "https://127.0.0.1#hush": "https://127.0.0.1/[redacted]",
    "me:hush@127.0.0.1:1": "[redacted]@127.0.0.1:1",
    "http://ci:12345": "http://[redacted]:[redacted]",
    "http://ci:hush": "http://[redacted]/[redacted]",
    "hush://127.0.0.1": "[redacted]/[redacted]",
    "unix:///var/run/docker.sock": "unix:///var/run/docker.sock",
  };
  for (const [address, shown] of Object.entries(addresses)) {
    it(`of the address ${address}: ${shown}`, () => {
      assert.equal(environment({ HTTPS_PROXY: address }), `HTTPS_PROXY=${shown}`);
      assert.equal(environment({ AWS_ENDPOINT_URL_STS: address }), `AWS_ENDPOINT_URL_STS=${shown}`);
    });
  }

  for (const password of [
    "p@ss4word",
    "pa/ss/4word",
    "p#4word?4word",
    "p@4/4#4?4word",
    "p%404word",
    "p 4\tword",
  ]) {
    it(`of a proxy with the password ${JSON.stringify(password)}: only that there is one`, () => {
      for (const scheme of ["http://", "", "socks5://"]) {
        const value = `${scheme}ci:${password}@127.0.0.1:9`;
        const hidden = new HiddenValues();
        const shown = shownEnvironment({ HTTPS_PROXY: value }, hidden.add);
        assert.equal(shown, `HTTPS_PROXY=${scheme}[redacted]@127.0.0.1:9`);
        for (const form of [password, encodeURIComponent(password), btoa(password)])
          assert.equal(hidden.removeFrom(`a ${form} b`), "a [redacted] b");
      }
    });
  }

  it("of profiles: what selects the identity", () => {
    const files = awsFiles({
      ci: {
        role_arn: `arn:aws:iam::${account}:role/ci`,
        aws_secret_access_key: "hush",
        external_id: "hush",
        sso_start_url: "https://hush.awsapps.com/start",
        sso_account_id: account,
      },
      vault: { credential_process: "vault hush", region: "us-east-1", hush_hush: "hush" },
    });
    assert.equal(
      shownProfiles(files.sections("config"), none),
      `[ci]
role_arn = arn:aws:iam::${account}:role/ci
aws_secret_access_key is set
external_id is set
sso_start_url = https://[redacted]/[redacted]
sso_account_id = ${account}
[vault]
credential_process is set
region = us-east-1
another setting is set`,
    );
  });

  it("of sections: their header, unless it has the form of a secret", () => {
    const secrets = [
      "AKIA" + "IOSFODNN7EXAMPLE",
      `${"wJalrXUtnFEMI/K7MDENG/"}${"bPxRfiCYEXAMPLEKEY"}`,
      `ghp_${"a1B2c3D4".repeat(5)}`,
    ];
    for (const kind of ["", "profile ", "sso-session ", "services "]) {
      for (const name of ["ci", "prod.pull", "Team A/ci_2", "a".repeat(64)])
        assert.equal(shownSection(kind + name, none), kind + name);
      for (const secret of [...secrets, "tab\there", "x".repeat(80)])
        assert.equal(shownSection(kind + secret, none), "[redacted]");
    }
  });

  it("of config.yaml: known keys with values of their form, no comments", () => {
    const text = `version: 1 # hush
identities:
  ci: { profile: ci }
  pull: { roleArn: "arn:aws:iam::{account}:role/pull", externalId: hush, source: ci, hush-1: x }
registries:
  - { account: "${account}", regions: [us-east-1, hush], identity: pull, replication: { follow: true } }
  - { host: hush.example }
aliases: { hush.example: ${host} }
fallback: hush
outputs: [{ dockerConfig: /srv/ci/config.json }]
hush: [hush, { hush: hush }]
`;
    assert.equal(
      shownConfig(text, none),
      `version: "1"
identities:
  ci:
    profile: ci
  pull:
    roleArn: arn:aws:iam::{account}:role/pull
    externalId: "[redacted]"
    source: ci
    1 unknown key: "[redacted]"
registries:
  - account: "${account}"
    regions:
      - us-east-1
      - "[redacted]"
    identity: pull
    replication:
      follow: "true"
  - host: "[redacted]"
aliases:
  "[redacted]": ${host}
fallback: "[redacted]"
outputs:
  - dockerConfig: /srv/ci/config.json
1 unknown key: "[redacted]"
`,
    );
    assert.equal(shownConfig("hush: [", none), "7 characters that are not valid YAML");
    assert.equal(shownConfig("", none), "");
  });

  it("of Docker's config.json: helpers and the number of logins", () => {
    const config = {
      auths: {
        "https://index.docker.io/v1/": { auth: btoa("me:hush") },
        "hush.example": { auth: btoa("me:x") },
      },
      credHelpers: { [host]: "ecr", "hush.example": "hush" },
      HttpHeaders: { hush: "hush" },
      pin: 123_456,
    };
    const shown = shownDockerConfig(JSON.stringify(config), none);
    assert.match(
      shown,
      new RegExp(`^credHelpers:\n {2}${host}: ecr\n {2}\\[redacted\\]: \\[redacted\\]\nlogins`),
    );
    assert.doesNotMatch(shown, /hush|123/);
  });

  it("no planted value, wherever it is, and not in another section either", () => {
    const letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";
    const secrets = fc
      .array(fc.constantFrom(...letters), { minLength: 12, maxLength: 40 })
      .map((characters) => `Zq${characters.join("")}7`);
    const inAddress = fc.constantFrom<(s: string) => string>(
      (s) => `https://${s}`,
      (s) => `https://${s}.corp.example:8080/x`,
      (s) => `http://me:${s}@127.0.0.1:9`,
      (s) => `http://${s}@127.0.0.1:9`,
      (s) => `me:${s}@proxy:1`,
      (s) => `https://127.0.0.1/${s}`,
      (s) => `https://127.0.0.1/x?k=${s}`,
      (s) => `https://127.0.0.1#${s}`,
      (s) => `https://127.0.0.1:${s}`,
      (s) => `${s}://127.0.0.1`,
      (s) => `http:\\\\${s}\\x`,
      (s) => `https://${s}.dkr.ecr.us-east-1.amazonaws.com`,
      (s) => s,
    );
    const variable = fc.constantFrom(
      ...["HTTPS_PROXY", "http_proxy", "NO_PROXY", "AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_ECR", "DOCKER_HOST"],
      ...["AWS_CONTAINER_CREDENTIALS_FULL_URI", "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", "AWS_REGION"],
      ...[
        "AWS_EC2_METADATA_SERVICE_ENDPOINT",
        "AWS_SESSION_TOKEN",
        "AWS_UNKNOWN",
        "AWS_ROLE_ARN",
        "DOCKER_AUTH",
      ],
    );
    const inConfig = fc.constantFrom<(s: string) => string>(
      (s) => `version: 1\nunknown: ${s}\n`,
      (s) => `version: 1\n${s}: { a: 1 }\n`,
      (s) => `version: 1 # ${s}\n`,
      (s) => `version: 1\nidentities:\n  ci: { profile: ci, password: "${s}" }\n`,
      (s) => `version: 1\nidentities:\n  pull: { roleArn: x, externalId: >-\n    ${s}\n  }\n`,
      (s) => `version: 1\nnote: &it ${s}\nidentities: { pull: { externalId: *it } }\n`,
      (s) => `version: 1\nregistries:\n  - account: ["${s}"]\n    more: { deep: [ { deeper: ${s} } ] }\n`,
      (s) => `version: 1\nregistries: { a: ${s} }\n`,
      (s) => `version: 1\naliases: { ${s}: ${s} }\nfallback: ${s}\nminValidity: ${s}\nstore: ${s}\n`,
      (s) => `version: 1\nbroken: [\n  ${s}\n`,
      (s) => `${s}\n`,
      (s) => `- ${s}\n`,
    );
    const inDocker = fc.constantFrom<(s: string) => string>(
      (s) => `{"credsStore":"${s}"}`,
      (s) => `{"credHelpers":{"${s}":"ecr","a.example":"${s}"}}`,
      (s) => `{"${s}":1,"HttpHeaders":{"X-${s}":"${s}"}}`,
      (s) => `{"auths":{"https://me:${s}@a.example":{"auth":"${btoa(`me:${s}`)}"},"${s}":{"auth":"eDp5"}}}`,
    );
    const inProfile = fc.constantFrom(
      ...["external_id", "credential_process", "sso_start_url", "endpoint_url", "x_unknown", "region"],
      ...["aws_session_token", "role_arn", "mfa_serial", "output"],
    );
    fc.assert(
      fc.property(
        fc.tuple(secrets, inAddress, variable, inConfig, inDocker, inProfile),
        ([secret, address, name, config, docker, setting]) => {
          const hidden = new HiddenValues();
          const whole = config(secret);
          const parts = [
            shownEnvironment({ [name]: address(secret) }, hidden.add),
            shownConfig(whole, hidden.add),
            attempt(() => shownDockerConfig(docker(secret), hidden.add)),
            shownProfiles(awsFiles({ ci: { [setting]: address(secret) } }).sections("config"), hidden.add),
          ];
          for (const part of parts) assert.ok(!part.includes(secret.slice(2, 10)), part);
          const message = `it failed: ${address(secret)}, again ${secret}, ${encodeURIComponent(secret)}, ${btoa(secret)}`;
          const clean = hidden.removeFrom(message);
          assert.ok(!clean.includes(secret), `${address(secret)}: ${clean}`);
        },
      ),
      { numRuns: 2_000 },
    );
  });

  it("nothing of a value that a message shows only in part", () => {
    const hidden = new HiddenValues();
    hidden.add("abcdefghijklmnopqrstuvwxyz");
    assert.equal(hidden.removeFrom("cut: abcdefghijklmnopq…, short: abc"), "cut: [redacted]…, short: abc");
  });
});

function attempt(show: () => string): string {
  try {
    return show();
  } catch {
    return "";
  }
}
