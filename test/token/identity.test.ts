import assert from "node:assert/strict";
import fc from "fast-check";
import { ambient, describeIdentity, type Identity } from "../../src/token/identity.ts";

const profile: Identity = { kind: "profile", profile: "ci" };
const role: Identity = { kind: "role", roleArn: "arn:aws:iam::111122223333:role/pull", source: profile };

const NAMES: [identity: Identity, env: Record<string, string>, name: string][] = [
  [profile, { AWS_PROFILE: "other", AWS_ACCESS_KEY_ID: "made-up" }, "profile ci"],
  [role, { AWS_PROFILE: "other" }, "role arn:aws:iam::111122223333:role/pull"],
  [ambient, { AWS_PROFILE: "dev" }, "profile dev (AWS_PROFILE)"],
  [ambient, { AWS_DEFAULT_PROFILE: "dev" }, "profile dev (AWS_DEFAULT_PROFILE)"],
  [ambient, { AWS_PROFILE: "dev", AWS_DEFAULT_PROFILE: "other" }, "profile dev (AWS_PROFILE)"],
  [ambient, { AWS_PROFILE: "", AWS_DEFAULT_PROFILE: "dev" }, "profile dev (AWS_DEFAULT_PROFILE)"],
  [
    ambient,
    { AWS_PROFILE: "dev", AWS_ACCESS_KEY_ID: "made-up" },
    "keys in the environment (AWS_ACCESS_KEY_ID)",
  ],
  [ambient, { AWS_ACCESS_KEY_ID: "made-up" }, "keys in the environment (AWS_ACCESS_KEY_ID)"],
  [ambient, {}, "the default AWS credential chain"],
  [ambient, { AWS_PROFILE: "", AWS_ACCESS_KEY_ID: "" }, "the default AWS credential chain"],
];

describe("describeIdentity", () => {
  for (const [identity, env, name] of NAMES) {
    it(`${identity.kind} with ${Object.keys(env).join(", ") || "an empty environment"}: ${name}`, () => {
      assert.equal(describeIdentity(identity, env), name);
    });
  }

  it("contains no key, secret, session token or external ID", () => {
    const secret = fc.stringMatching(/^[A-Za-z0-9+]{16,40}$/);
    fc.assert(
      fc.property(secret, (value) => {
        const env = { AWS_ACCESS_KEY_ID: value, AWS_SECRET_ACCESS_KEY: value, AWS_SESSION_TOKEN: value };
        const identities: Identity[] = [ambient, profile, { ...role, externalId: value } as Identity];
        for (const identity of identities) assert.ok(!describeIdentity(identity, env).includes(value));
      }),
    );
  });
});
