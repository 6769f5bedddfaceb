import assert from "node:assert/strict";
import { maskedConfig, maskedEnvironment, maskedProfiles, secretsIn } from "../../src/doctor/mask.ts";
import { awsFiles } from "../support/aws/files.ts";

describe("the contents of a bundle", () => {
  it("of the environment: harmless values, and which others are set", () => {
    const shown = maskedEnvironment({
      AWS_PROFILE: "ci",
      AWS_SECRET_ACCESS_KEY: "hush",
      AWS_BRAND_NEW: "hush",
      AWS_CONTAINER_AUTHORIZATION_TOKEN: "hush",
      HTTPS_PROXY: "http://me:hush@proxy:3128",
      MY_PASSWORD: "hush",
      PATH: "/bin",
    });
    assert.equal(
      shown,
      "AWS_BRAND_NEW is set\nAWS_CONTAINER_AUTHORIZATION_TOKEN is set\nAWS_PROFILE=ci\nAWS_SECRET_ACCESS_KEY is set\nHTTPS_PROXY=http://[redacted]@proxy:3128\nPATH=/bin",
    );
  });

  it("of config.yaml: everything except external IDs", () => {
    const text = 'a: { externalId: "hush hush", region: x }\nexternalId: hush\n"externalId": \'hush\'\n';
    const shown = maskedConfig(text);
    assert.doesNotMatch(shown, /hush/);
    assert.match(shown, /region: x }/);
  });

  it("of config.yaml: no external ID, however it is written in YAML", () => {
    const forms = [
      "{ externalId: hush-1, source: ci }",
      '{ "externalId" : "hush-1 and more", region: x }',
      "{ externalId: 'hush''hush-1' }",
      '{ externalId: "hush\\x2d1 hush" }',
      "\n  externalId: >-\n    hush-1\n    hush-2\n  region: x",
      "\n  externalId: |\n    hush-1\n  region: x",
      '\n  externalId:\n    "hush-1"',
      "\n  externalId: &it hush-1 hush-2",
      "\n  note: &it hush-1\n  externalId: *it",
      "{ ? externalId : hush-1 }",
    ];
    for (const form of forms) {
      for (const rest of ["", "y: [", "  bad\n\tz: 1"]) {
        const shown = maskedConfig(`version: 1\na: ${form}\nb: kept\n${rest}`);
        assert.doesNotMatch(shown, /hush/, `${form} ${rest}`);
        assert.match(shown, /^version: 1\na:[\s\S]*^b: kept$/m, form);
      }
    }
  });

  it("of addresses: neither the login of a proxy without a scheme nor the query", () => {
    const env = { HTTPS_PROXY: "me:hush@proxy:1", AWS_ENDPOINT_URL: "https://127.0.0.1/a?key=hush" };
    assert.equal(
      maskedEnvironment(env),
      "AWS_ENDPOINT_URL=https://127.0.0.1/a?[redacted]\nHTTPS_PROXY=[redacted]@proxy:1",
    );
    assert.ok(secretsIn(env, undefined).includes("hush"));
    assert.equal(
      maskedProfiles(awsFiles({ a: { sso_start_url: "https://x/start?key=hush" } }).sections("config")),
      "[a]\nsso_start_url = https://x/start?[redacted]",
    );
  });

  const LOGINS = [
    "p@ss4word",
    "pa/ss/4word",
    "p#4word?4word",
    "p@4/4#4?4word",
    "p%404word",
    "p:4word:",
    "p 4\tword",
  ];
  for (const password of LOGINS) {
    it(`of a proxy with the password ${JSON.stringify(password)}: only that there is one`, () => {
      for (const scheme of ["http://", "", "socks5://"]) {
        const value = `${scheme}ci:${password}@127.0.0.1:9`;
        for (const name of ["HTTPS_PROXY", "http_proxy", "ALL_PROXY", "NO_PROXY", "AWS_ENDPOINT_URL_STS"]) {
          assert.equal(maskedEnvironment({ [name]: value }), `${name}=${scheme}[redacted]@127.0.0.1:9`);
        }
        const known = secretsIn({ HTTPS_PROXY: value }, undefined);
        assert.ok(known.includes(password) && known.includes(encodeURIComponent(password)));
      }
      const shown = maskedEnvironment({ AWS_ENDPOINT_URL: `http://ci:${password}@127.0.0.1:9/` });
      assert.equal(shown, "AWS_ENDPOINT_URL=http://[redacted]@127.0.0.1:9/");
    });
  }

  it("of values that are not addresses: an @ belongs to them", () => {
    const env = { AWS_PROFILE: "me@example.com", AWS_ROLE_SESSION_NAME: "me@example.com" };
    assert.equal(maskedEnvironment(env), "AWS_PROFILE=me@example.com\nAWS_ROLE_SESSION_NAME=me@example.com");
  });

  it("of profiles: what selects the identity, not its secrets", () => {
    const files = awsFiles({
      ci: {
        role_arn: "arn:aws:iam::111122223333:role/ci",
        aws_secret_access_key: "hush",
        external_id: "hush",
      },
      vault: { credential_process: "vault hush" },
    });
    assert.equal(
      maskedProfiles(files.sections("config")),
      "[ci]\nrole_arn = arn:aws:iam::111122223333:role/ci\naws_secret_access_key is set\nexternal_id is set\n[vault]\ncredential_process is set",
    );
  });

  it("contain no known secret, the longest first", () => {
    const secrets = secretsIn(
      { AWS_SECRET_ACCESS_KEY: "env-secret", HTTPS_PROXY: "http://me:p%40ss-word@proxy", AWS_PROFILE: "ci" },
      awsFiles({ a: { external_id: "external-of-two" } }, { a: { aws_session_token: "session" } }),
    );
    const base64 = (text: string) => Buffer.from(text).toString("base64");
    for (const secret of ["external-of-two", "p%40ss-word", "env-secret", "p@ss-word", "session"]) {
      assert.ok(secrets.includes(secret), secret);
    }
    for (const secret of ["external-of-two", "p%40ss-word", "env-secret", "session"]) {
      assert.ok(secrets.includes(base64(secret)), secret);
    }
    assert.ok(!secrets.includes("ci"));
    const lengths = secrets.map(({ length }) => length);
    assert.deepEqual(
      lengths,
      lengths.toSorted((one, other) => other - one),
    );
  });
});
