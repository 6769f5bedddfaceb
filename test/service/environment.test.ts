import assert from "node:assert/strict";
import fc from "fast-check";
import { selectEnvironment } from "../../src/service/environment.ts";
import { ambientNames } from "../../src/token/dependencies.ts";

const own = { home: "/home/ci", isSystem: false, isOwnShell: true };
const nothing = { identity: [], secret: [], unusable: [], foreign: [] };
const carried = (env: Record<string, string>, options = own) => {
  const { variables, omitted } = selectEnvironment(env, options);
  return { set: Object.fromEntries(variables.map(({ name, value }) => [name, value])), omitted };
};

describe("selectEnvironment", () => {
  it("includes paths, proxies and settings", () => {
    const env = {
      XDG_CONFIG_HOME: "/srv/config",
      XDG_STATE_HOME: "/srv/state",
      AWS_CONFIG_FILE: "~/aws/config",
      AWS_CA_BUNDLE: "/etc/ca.pem",
      HTTPS_PROXY: "http://proxy.example.com:3128",
      https_proxy: "proxy:3128",
      NO_PROXY: "169.254.169.254,.example.com",
      AWS_ENDPOINT_URL_STS: "https://vpce-1.sts.us-east-1.vpce.amazonaws.com/",
      AWS_USE_FIPS_ENDPOINT: "true",
    };
    assert.deepEqual(carried(env), { set: env, omitted: nothing });
  });

  it("omits identities, and reports that", () => {
    const { set, omitted } = carried({
      AWS_PROFILE: "ci",
      AWS_ACCESS_KEY_ID: "AKIA",
      AWS_SECRET_ACCESS_KEY: "x",
    });
    assert.deepEqual(set, {});
    assert.deepEqual(omitted.identity, ["AWS_ACCESS_KEY_ID", "AWS_PROFILE", "AWS_SECRET_ACCESS_KEY"]);
  });

  it("omits addresses that may contain a password", () => {
    const secret = ["http://me:pw@proxy:3128", "me:pw@proxy", "http://proxy?key=1", "http://proxy/#k"];
    for (const HTTPS_PROXY of secret) {
      assert.deepEqual(carried({ HTTPS_PROXY }), {
        set: {},
        omitted: { ...nothing, secret: ["HTTPS_PROXY"] },
      });
    }
  });

  it("omits values that depend on the folder, or can't be written into a unit", () => {
    for (const [name, value] of [
      ["AWS_CONFIG_FILE", "aws/config"],
      ["XDG_STATE_HOME", "~/state"],
      ["XDG_CONFIG_HOME", "/a\nUser=root"],
    ] as const) {
      assert.deepEqual(carried({ [name]: value }), { set: {}, omitted: { ...nothing, unusable: [name] } });
    }
  });

  it("includes PATH for a user's credential_process, and HOME if it is not the account's", () => {
    assert.deepEqual(carried({ PATH: "/home/ci/bin:.:bin::/usr/bin", HOME: "/home/ci" }).set, {
      PATH: "/home/ci/bin:/usr/bin",
    });
    assert.deepEqual(carried({ HOME: "/elsewhere" }).set, { HOME: "/elsewhere" });
    assert.deepEqual(carried({ HOME: "~" }).set, {});
  });

  it("includes nothing of root's shell for another user's service, and reports that", () => {
    const options = { ...own, isSystem: true, isOwnShell: false };
    const env = { PATH: "/sbin", HOME: "/root", XDG_STATE_HOME: "/root/state", TERM: "xterm" };
    assert.deepEqual(carried(env, options), {
      set: {},
      omitted: { ...nothing, foreign: ["XDG_STATE_HOME"] },
    });
  });

  it("never includes a key or token, whatever its value", () => {
    const secrets = ambientNames.filter((name) => /KEY|TOKEN|ROLE|CREDENTIALS_/.test(name));
    assert.ok(secrets.length >= 8);
    const value = fc.oneof(fc.string(), fc.webUrl(), fc.constant("/a/path"));
    fc.assert(
      fc.property(
        fc.constantFrom(...secrets.filter((name) => name !== "AWS_SHARED_CREDENTIALS_FILE")),
        value,
        (name, text) => {
          assert.deepEqual(carried({ [name]: text }).set, {});
        },
      ),
    );
  });
});
