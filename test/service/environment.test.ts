import assert from "node:assert/strict";
import fc from "fast-check";
import { carriedEnvironment } from "../../src/service/environment.ts";
import { ambientNames } from "../../src/token/dependencies.ts";

const own = { home: "/home/ci", isSystem: false, isOwnShell: true };
const nothing = { identity: [], secret: [], unusable: [], foreign: [] };
const carried = (env: Record<string, string>, options = own) => {
  const { variables, left } = carriedEnvironment(env, options);
  return { set: Object.fromEntries(variables.map(({ name, value }) => [name, value])), left };
};

describe("carriedEnvironment", () => {
  it("takes places, proxies and settings along", () => {
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
    assert.deepEqual(carried(env), { set: env, left: nothing });
  });

  it("leaves who asks behind, and says so", () => {
    const { set, left } = carried({
      AWS_PROFILE: "ci",
      AWS_ACCESS_KEY_ID: "AKIA",
      AWS_SECRET_ACCESS_KEY: "x",
    });
    assert.deepEqual(set, {});
    assert.deepEqual(left.identity, ["AWS_ACCESS_KEY_ID", "AWS_PROFILE", "AWS_SECRET_ACCESS_KEY"]);
  });

  it("leaves addresses behind that may hold a password", () => {
    const secret = ["http://me:pw@proxy:3128", "me:pw@proxy", "http://proxy?key=1", "http://proxy/#k"];
    for (const HTTPS_PROXY of secret) {
      assert.deepEqual(carried({ HTTPS_PROXY }), { set: {}, left: { ...nothing, secret: ["HTTPS_PROXY"] } });
    }
  });

  it("leaves behind what means something else in another folder, or can't be written down", () => {
    for (const [name, value] of [
      ["AWS_CONFIG_FILE", "aws/config"],
      ["XDG_STATE_HOME", "~/state"],
      ["XDG_CONFIG_HOME", "/a\nUser=root"],
    ] as const) {
      assert.deepEqual(carried({ [name]: value }), { set: {}, left: { ...nothing, unusable: [name] } });
    }
  });

  it("takes PATH for a user's credential_process, and HOME where it is not the account's", () => {
    assert.deepEqual(carried({ PATH: "/home/ci/bin:.:bin::/usr/bin", HOME: "/home/ci" }).set, {
      PATH: "/home/ci/bin:/usr/bin",
    });
    assert.deepEqual(carried({ HOME: "/elsewhere" }).set, { HOME: "/elsewhere" });
    assert.deepEqual(carried({ HOME: "~" }).set, {});
  });

  it("takes nothing of root's shell for somebody else's service, and says so", () => {
    const options = { ...own, isSystem: true, isOwnShell: false };
    const env = { PATH: "/sbin", HOME: "/root", XDG_STATE_HOME: "/root/state", TERM: "xterm" };
    assert.deepEqual(carried(env, options), { set: {}, left: { ...nothing, foreign: ["XDG_STATE_HOME"] } });
  });

  it("never takes a key or token along, whatever its value looks like", () => {
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
