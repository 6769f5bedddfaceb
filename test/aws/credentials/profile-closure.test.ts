import assert from "node:assert/strict";
import {
  type AwsFiles,
  leansOnEnvironment,
  profileClosure,
} from "../../../src/aws/credentials/profile-closure.ts";

const FILES: AwsFiles = {
  config: {
    default: { region: "us-east-1" },
    pull: { role_arn: "arn:aws:iam::444455556666:role/pull", source_profile: "hop" },
    hop: { role_arn: "arn:aws:iam::111122223333:role/hop", source_profile: "base" },
    base: { region: "us-east-1" },
    sso: { sso_session: "company", sso_account_id: "111122223333", sso_role_name: "Pull" },
    "sso-session.company": { sso_start_url: "https://company.example/start", sso_region: "us-east-1" },
    local: { services: "lab", region: "us-east-1" },
    "services.lab": { ecr: "endpoint_url = https://ecr.lab.example" },
    instance: { role_arn: "arn:aws:iam::111122223333:role/x", credential_source: "Ec2InstanceMetadata" },
    onInstance: { role_arn: "arn:aws:iam::444455556666:role/y", source_profile: "instance" },
    loopA: { source_profile: "loopB" },
    loopB: { source_profile: "loopA" },
    self: { source_profile: "self", role_arn: "arn:aws:iam::111122223333:role/self" },
    wrapper: { credential_process: "/opt/company/credentials" },
    tool: { credential_process: "aws configure export-credentials --profile pull" },
  },
  credentials: {
    base: { aws_access_key_id: "made-up", aws_secret_access_key: "made-up" },
    keys: { aws_access_key_id: "made-up", aws_secret_access_key: "made-up", source_profile: "base" },
  },
};

type Settings = Record<string, string> | undefined;

function edited(file: keyof AwsFiles, section: string, settings: Settings): AwsFiles {
  return { ...FILES, [file]: { ...FILES[file], [section]: settings } };
}

const same = (profile: string, files: AwsFiles) =>
  assert.deepEqual(profileClosure(files, profile), profileClosure(FILES, profile));
const other = (profile: string, files: AwsFiles) =>
  assert.notDeepEqual(profileClosure(files, profile), profileClosure(FILES, profile));

/** Profile, then what is edited. */
const RELATED: [profile: string, file: keyof AwsFiles, section: string][] = [
  ["default", "config", "default"],
  ["default", "credentials", "default"],
  ["pull", "config", "pull"],
  ["pull", "config", "hop"],
  ["pull", "config", "base"],
  ["pull", "credentials", "base"],
  ["pull", "credentials", "hop"],
  ["sso", "config", "sso"],
  ["sso", "config", "sso-session.company"],
  ["local", "config", "services.lab"],
  ["keys", "credentials", "keys"],
  ["keys", "credentials", "base"],
  ["loopA", "config", "loopB"],
  ["self", "config", "self"],
  ["no such profile", "config", "no such profile"],
  ["no such profile", "credentials", "no such profile"],
  // What the command reads nobody knows; the documented ones read these very files.
  ["tool", "config", "pull"],
  ["tool", "credentials", "base"],
  ["wrapper", "config", "base"],
  ["wrapper", "credentials", "new"],
];

const UNRELATED: [profile: string, file: keyof AwsFiles, section: string][] = [
  ["pull", "config", "default"],
  ["pull", "config", "sso"],
  ["pull", "config", "new"],
  ["pull", "credentials", "keys"],
  ["base", "config", "pull"],
  ["sso", "config", "sso-session.other"],
  ["local", "config", "services.other"],
  ["default", "config", "base"],
];

describe("profileClosure", () => {
  for (const [profile, file, section] of RELATED) {
    it(`of ${profile} changes with [${section}] of the ${file} file`, () => {
      const before = FILES[file][section] ?? {};
      other(profile, edited(file, section, { ...(before as Record<string, string>), added: "x" }));
    });
  }

  for (const [profile, file, section] of UNRELATED) {
    it(`of ${profile} stays the same whatever [${section}] of the ${file} file says`, () => {
      same(profile, edited(file, section, { role_arn: "arn:aws:iam::999900001111:role/any" }));
      same(profile, edited(file, section, undefined));
    });
  }

  it("changes with each setting: another value, a new one, one taken out", () => {
    other("pull", edited("config", "hop", { role_arn: "arn:other", source_profile: "base" }));
    other("pull", edited("config", "hop", { source_profile: "base" }));
    other("pull", edited("config", "pull", { role_arn: "arn:aws:iam::444455556666:role/pull" }));
    other("base", edited("credentials", "base", undefined));
  });

  it("tells a setting in one file from the same in the other", () => {
    const settings = { aws_access_key_id: "made-up" };
    assert.notDeepEqual(
      profileClosure({ config: { a: settings }, credentials: {} }, "a"),
      profileClosure({ config: {}, credentials: { a: settings } }, "a"),
    );
  });

  it("does not depend on the order of sections and settings", () => {
    const turned = (sections: AwsFiles["config"]): AwsFiles["config"] =>
      Object.fromEntries(
        Object.entries(sections)
          .reverse()
          .map(([name, settings]) => [name, Object.fromEntries(Object.entries(settings ?? {}).reverse())]),
      );
    const files = { config: turned(FILES.config), credentials: turned(FILES.credentials) };
    for (const profile of Object.keys(FILES.config)) {
      assert.equal(
        JSON.stringify(profileClosure(files, profile)),
        JSON.stringify(profileClosure(FILES, profile)),
      );
    }
  });

  it("ends where profiles lead back to themselves", () => {
    for (const profile of ["loopA", "loopB", "self"]) assert.ok(profileClosure(FILES, profile));
  });

  it("survives names that JavaScript's objects have of themselves", () => {
    for (const name of ["constructor", "__proto__", "toString", ""]) {
      assert.doesNotThrow(() =>
        profileClosure({ config: { a: { source_profile: name } }, credentials: {} }, "a"),
      );
      assert.doesNotThrow(() => profileClosure({ config: {}, credentials: {} }, name));
    }
  });
});

describe("leansOnEnvironment", () => {
  it("is so where a profile, or one that it leans on, names a credential_source", () => {
    assert.equal(leansOnEnvironment(FILES, "instance"), true);
    assert.equal(leansOnEnvironment(FILES, "onInstance"), true);
  });

  it("is so where a profile has a credential_process, which inherits the environment", () => {
    const config = {
      tool: { credential_process: "/opt/company/credentials" },
      hop: { source_profile: "tool" },
    };
    for (const profile of ["tool", "hop"]) {
      assert.equal(leansOnEnvironment({ config, credentials: {} }, profile), true, profile);
    }
  });

  it("is not so elsewhere", () => {
    for (const profile of ["default", "pull", "sso", "keys", "loopA", "no such profile"]) {
      assert.equal(leansOnEnvironment(FILES, profile), false, profile);
    }
  });
});
