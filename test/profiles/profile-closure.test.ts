import assert from "node:assert/strict";
import { profileClosure as closureOf } from "../../src/profiles/profile-closure.ts";
import { awsFiles } from "../support/aws/files.ts";

type Sections = Record<string, Record<string, string>>;

interface AwsFiles {
  readonly config: Sections;
  readonly credentials: Sections;
}

const profileClosure = ({ config, credentials }: AwsFiles, profile: string) =>
  closureOf(awsFiles(config, credentials), profile);

const FILES: AwsFiles = {
  config: {
    default: { region: "us-east-1" },
    "profile pull": { role_arn: "arn:aws:iam::444455556666:role/pull", source_profile: "hop" },
    "profile hop": { role_arn: "arn:aws:iam::111122223333:role/hop", source_profile: "base" },
    "profile base": { region: "us-east-1" },
    "profile sso": { sso_session: "company", sso_account_id: "111122223333", sso_role_name: "Pull" },
    "sso-session company": { sso_start_url: "https://company.example/start", sso_region: "us-east-1" },
    "profile local": { services: "lab", region: "us-east-1" },
    "services lab": { ecr: "\n  endpoint_url = https://ecr.lab.example" },
    "profile instance": {
      role_arn: "arn:aws:iam::111122223333:role/x",
      credential_source: "Ec2InstanceMetadata",
    },
    "profile onInstance": { role_arn: "arn:aws:iam::444455556666:role/y", source_profile: "instance" },
    "profile loopA": { source_profile: "loopB" },
    "profile loopB": { source_profile: "loopA" },
    "profile self": { source_profile: "self", role_arn: "arn:aws:iam::111122223333:role/self" },
    "profile wrapper": { credential_process: "/opt/company/credentials" },
    "profile tool": { credential_process: "aws configure export-credentials --profile pull" },
  },
  credentials: {
    base: { aws_access_key_id: "made-up", aws_secret_access_key: "made-up" },
    keys: { aws_access_key_id: "made-up", aws_secret_access_key: "made-up", source_profile: "base" },
  },
};

type Settings = Record<string, string> | undefined;

function edited(file: keyof AwsFiles, section: string, settings: Settings): AwsFiles {
  const { [section]: _, ...rest } = FILES[file];
  return { ...FILES, [file]: settings ? { ...rest, [section]: settings } : rest };
}

const same = (profile: string, files: AwsFiles) =>
  assert.deepEqual(profileClosure(files, profile), profileClosure(FILES, profile));
const other = (profile: string, files: AwsFiles) =>
  assert.notDeepEqual(profileClosure(files, profile), profileClosure(FILES, profile));

/** A profile, then the edited section. */
const RELATED: [profile: string, file: keyof AwsFiles, section: string][] = [
  ["default", "config", "default"],
  ["default", "credentials", "default"],
  ["pull", "config", "profile pull"],
  ["pull", "config", "profile hop"],
  ["pull", "config", "profile base"],
  ["pull", "credentials", "base"],
  ["pull", "credentials", "hop"],
  ["sso", "config", "profile sso"],
  ["sso", "config", "sso-session company"],
  ["local", "config", "services lab"],
  ["keys", "credentials", "keys"],
  ["keys", "credentials", "base"],
  ["loopA", "config", "profile loopB"],
  ["self", "config", "profile self"],
  ["new", "config", "profile new"],
  ["new", "credentials", "new"],
  // It is unknown what the command reads; the documented ones read these files.
  ["tool", "config", "profile pull"],
  ["tool", "credentials", "base"],
  ["wrapper", "config", "profile base"],
  ["wrapper", "credentials", "new"],
];

const UNRELATED: [profile: string, file: keyof AwsFiles, section: string][] = [
  ["pull", "config", "default"],
  ["pull", "config", "profile sso"],
  ["pull", "config", "profile new"],
  ["pull", "credentials", "keys"],
  ["base", "config", "profile pull"],
  ["sso", "config", "sso-session other"],
  ["local", "config", "services other"],
  ["default", "config", "profile base"],
];

/** A credential_process may read any part of both files. */
const runProcess = ["wrapper", "tool"];

describe("profileClosure", () => {
  for (const [profile, file, section] of RELATED) {
    it(`of ${profile} changes with [${section}] of the ${file} file`, () => {
      const before = FILES[file][section] ?? {};
      other(profile, edited(file, section, { ...(before as Record<string, string>), added: "x" }));
    });
  }

  for (const [profile, file, section] of UNRELATED) {
    it(`of ${profile} does not change with [${section}] of the ${file} file`, () => {
      same(profile, edited(file, section, { role_arn: "arn:aws:iam::999900001111:role/any" }));
      same(profile, edited(file, section, undefined));
    });
  }

  it("changes with each setting: a new value, an added setting, a removed setting", () => {
    other("pull", edited("config", "profile hop", { role_arn: "arn:other", source_profile: "base" }));
    other("pull", edited("config", "profile hop", { source_profile: "base" }));
    other("pull", edited("config", "profile pull", { role_arn: "arn:aws:iam::444455556666:role/pull" }));
    other("base", edited("credentials", "base", undefined));
  });

  it("distinguishes the same setting in the two files", () => {
    const settings = { aws_access_key_id: "made-up" };
    assert.notDeepEqual(
      profileClosure({ config: { "profile a": settings }, credentials: {} }, "a"),
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
    for (const header of Object.keys(FILES.config)) {
      const profile = header.replace(/^profile /, "");
      if (runProcess.includes(profile)) continue;
      assert.equal(
        JSON.stringify(profileClosure(files, profile)),
        JSON.stringify(profileClosure(FILES, profile)),
      );
    }
  });

  it("ends if profiles form a loop", () => {
    for (const profile of ["loopA", "loopB", "self"]) assert.ok(profileClosure(FILES, profile));
  });

  it("accepts names of JavaScript's built-in object properties", () => {
    for (const name of ["constructor", "__proto__", "toString", ""]) {
      assert.doesNotThrow(() =>
        profileClosure({ config: { "profile a": { source_profile: name } }, credentials: {} }, "a"),
      );
      assert.doesNotThrow(() => profileClosure({ config: {}, credentials: {} }, name));
    }
  });
});
