import assert from "node:assert/strict";
import { awsPlaces } from "../../../src/aws/credentials/file-paths.ts";
import {
  credentialSource,
  type Profile,
  profileNameOf,
  readProfiles,
} from "../../../src/aws/credentials/profiles.ts";
import { Failure } from "../../../src/token/failure.ts";

const keys = { aws_access_key_id: "TESTKEY", aws_secret_access_key: "test-secret" };
const role_arn = "arn:aws:iam::111122223333:role/ci";
const by = (source_profile: string) => ({ role_arn, source_profile });

const profilesOf = (sections: Record<string, Profile>) => ({
  configPath: "/aws/config",
  credentialsPath: "/aws/credentials",
  unread: () => [],
  sections,
});

describe("readProfiles", () => {
  for (const name of ["constructor", "toString", "__proto__", "hasOwnProperty"]) {
    it(`finds no profile ${name} that no file has`, async () => {
      const profiles = await readProfiles({}, "/nonexistent");
      assert.throws(() => credentialSource(profiles, name), { code: "PROFILE_NOT_FOUND" });
    });
  }
});

describe("credentialSource", () => {
  for (const [what, sections, kind, chain] of [
    ["keys", { a: keys }, "static", ["a"]],
    ["half a pair of keys", { a: { aws_access_key_id: "TESTKEY" } }, "none", ["a"]],
    ["a web identity", { a: { role_arn, web_identity_token_file: "/t" } }, "web-identity", ["a"]],
    ["a web identity without a role", { a: { web_identity_token_file: "/t" } }, "none", ["a"]],
    ["a process", { a: { credential_process: "x" } }, "process", ["a"]],
    ["keys before a process", { a: { ...keys, credential_process: "x" } }, "static", ["a"]],
    ["an SSO session", { a: { sso_session: "s" } }, "sso", ["a"]],
    ["a sign-in", { a: { login_session: "x" } }, "login", ["a"]],
    ["settings only", { a: { region: "us-east-1" } }, "none", ["a"]],
    ["a role by a source", { a: { role_arn, credential_source: "Environment" } }, "named", ["a"]],
    ["a source without a role", { a: { credential_source: "Environment" } }, "none", ["a"]],
    [
      "a role by a profile with a source and no role",
      { a: by("b"), b: { credential_source: "EcsContainer" } },
      "named",
      ["a", "b"],
    ],
    ["a role by a profile", { a: by("b"), b: keys }, "static", ["a", "b"]],
    ["a role by itself", { a: { ...by("a"), ...keys } }, "static", ["a"]],
    ["a role by itself, without keys", { a: by("a") }, "none", ["a"]],
    ["a chain", { a: by("b"), b: by("c"), c: { sso_session: "s" } }, "sso", ["a", "b", "c"]],
    ["a chain that ends at the first keys", { a: by("b"), b: { ...by("c"), ...keys } }, "static", ["a", "b"]],
    ["a circle", { a: by("b"), b: by("a") }, "none", ["a", "b"]],
    ["both kinds of source", { a: { ...by("b"), credential_source: "Environment" }, b: keys }, "none", ["a"]],
  ] as const) {
    it(`of ${what} is ${kind}`, () => {
      const source = credentialSource(profilesOf(sections as unknown as Record<string, Profile>), "a");
      assert.deepEqual(source, { kind, profile: chain.at(-1), chain });
    });
  }

  it("tells of a file that can't be read, in which the profile may be", () => {
    const unread = () => ["/aws/config can't be read (EACCES)"];
    assert.throws(() => credentialSource({ ...profilesOf({}), unread }, "a"), {
      code: "PROFILE_NOT_FOUND",
      message: "profile a was not found: /aws/config can't be read (EACCES)",
    });
  });

  for (const [what, sections, code, words] of [
    ["a profile that there is not", {}, "PROFILE_NOT_FOUND", /^profile a is neither in \/aws\/config nor in/],
    [
      "a source profile that there is not",
      { a: by("b"), b: by("gone") },
      "PROFILE_NOT_FOUND",
      /^profile gone, which profile a has as a source, is neither/,
    ],
    [
      "a role behind MFA",
      { a: { ...by("b"), mfa_serial: "m" }, b: keys },
      "MFA_REQUIRED",
      /^profile a wants/,
    ],
    [
      "MFA further down",
      { a: by("b"), b: { ...by("c"), mfa_serial: "m" }, c: keys },
      "MFA_REQUIRED",
      /^profile b wants/,
    ],
    [
      "MFA with a named source",
      { a: { role_arn, credential_source: "Environment", mfa_serial: "m" } },
      "MFA_REQUIRED",
      /^profile a/,
    ],
  ] as const) {
    it(`tells of ${what}`, () => {
      const profiles = profilesOf(sections as unknown as Record<string, Profile>);
      assert.throws(
        () => credentialSource(profiles, "a"),
        (error) => {
          assert.ok(error instanceof Failure);
          assert.equal(error.code, code);
          assert.match(error.message, words);
          return true;
        },
      );
    });
  }

  it("minds no mfa_serial where no role is assumed", () => {
    assert.equal(credentialSource(profilesOf({ a: { ...keys, mfa_serial: "m" } }), "a").kind, "static");
  });
});

describe("profileNameOf", () => {
  it("is the identity's own, else AWS_PROFILE, else default", () => {
    const ambient = { kind: "ambient" } as const;
    const env = { AWS_PROFILE: "e", AWS_DEFAULT_PROFILE: "d" };
    assert.equal(profileNameOf({ kind: "profile", profile: "p" }, env), "p");
    assert.equal(profileNameOf({ kind: "role", roleArn: role_arn, source: ambient }, env), "e");
    assert.equal(profileNameOf(ambient, { AWS_DEFAULT_PROFILE: "d", AWS_PROFILE: "" }), "default");
  });
});

describe("awsPlaces", () => {
  it("are below the home folder, or where the environment says", () => {
    assert.deepEqual(awsPlaces({ AWS_CONFIG_FILE: "" }, "/h"), {
      configPath: "/h/.aws/config",
      credentialsPath: "/h/.aws/credentials",
    });
    const env = { AWS_CONFIG_FILE: "~/x", AWS_SHARED_CREDENTIALS_FILE: "/y" };
    assert.deepEqual(awsPlaces(env, "/h"), { configPath: "/h/x", credentialsPath: "/y" });
  });
});
