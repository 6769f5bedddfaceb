import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { loadSharedConfigFiles } from "@smithy/core/config";
import fc from "fast-check";
import { parseAwsFiles } from "../../../src/aws/credentials/config-files.ts";
import { type AwsFiles, profileClosure } from "../../../src/aws/credentials/profile-closure.ts";
import { useTempFolder } from "../../support/fakes/temp-folder.ts";

const CONFIG = `
# who pulls
[default]
region = us-east-1

[profile ci]
role_arn = arn:aws:iam::111122223333:role/pull
source_profile = base   ; a comment

[profile "base"]
region=eu-west-1
s3 =
  max_queue_size = 5
  addressing_style = path

[sso-session company]
sso_start_url = https://company.example/#/start

[services lab]
ecr =
  endpoint_url = https://ecr.lab.example
`;

describe("parseAwsFiles", () => {
  const { config, credentials } = parseAwsFiles(CONFIG, "[base]\r\naws_access_key_id = made-up\r\n");

  it("names the sections as the SDK does", () => {
    assert.deepEqual(Object.keys(config).sort(), [
      "base",
      "ci",
      "default",
      "services.lab",
      "sso-session.company",
    ]);
    assert.deepEqual(Object.keys(credentials), ["base"]);
  });

  it("reads settings, without comments and line ends", () => {
    assert.equal(config["ci"]?.["source_profile"], "base");
    assert.equal(config["base"]?.["region"], "eu-west-1");
    assert.equal(config["sso-session.company"]?.["sso_start_url"], "https://company.example/#/start");
    assert.equal(credentials["base"]?.["aws_access_key_id"], "made-up");
  });

  it("finds nothing in nothing, and ends on anything", () => {
    assert.deepEqual(
      profileClosure(parseAwsFiles("", ""), "ci"),
      profileClosure({ config: {}, credentials: {} }, "ci"),
    );
    fc.assert(fc.property(fc.string(), (text) => void parseAwsFiles(text, text)));
  });
});

/** What people write: with quotes, indented, twice, in the wrong file, where nothing is read. */
const HEADERS = [
  "[default]",
  "[profile default]",
  "[profile ci]",
  '[profile "ci"]',
  "[ci]",
  "[profile base] # comment",
  "[base]",
  "[profile hop]",
  "[sso-session company]",
  "[services lab]",
  "; [profile ci]",
];
const SETTINGS = [
  "source_profile = base",
  "source_profile=hop ; comment",
  "sso_session = company",
  "services = lab",
  "role_arn = one",
  "role_arn = two",
  "credential_process = one",
  "s3 =",
  "ecr =",
  "endpoint_url = https://one.example",
  "endpoint_url = https://two.example",
  "no setting",
  "=",
];

const setting = fc
  .tuple(fc.constantFrom("", "", "  ", "\t"), fc.constantFrom(...SETTINGS))
  .map(([indent, line]) => indent + line);
const section = fc
  .tuple(fc.constantFrom(...HEADERS), fc.array(setting, { minLength: 1, maxLength: 3 }))
  .map(([header, lines]) => [header, ...lines]);
const text = fc.array(section, { maxLength: 5 }).map((sections) => sections.flat());
const edit = fc.record({
  file: fc.constantFrom(0, 0, 1),
  at: fc.nat(14),
  remove: fc.nat(1),
  add: fc.option(fc.oneof(setting, fc.constantFrom(...HEADERS))),
});

describe("an edit of the AWS files that changes for the SDK what a profile leans on", () => {
  const temp = useTempFolder();

  const bySdk = async (texts: readonly string[]): Promise<AwsFiles> => {
    const paths = texts.map((content, index) => {
      writeFileSync(`${temp()}/${index}`, content);
      return `${temp()}/${index}`;
    });
    const [configFilepath = "", filepath = ""] = paths;
    const { configFile, credentialsFile } = await loadSharedConfigFiles({
      configFilepath,
      filepath,
      ignoreCache: true,
    });
    return { config: configFile, credentials: credentialsFile };
  };
  const byUs = ([config = "", credentials = ""]: readonly string[]) => parseAwsFiles(config, credentials);
  const shown = (files: AwsFiles, profile: string) => JSON.stringify(profileClosure(files, profile));

  const assertShown = async (before: readonly string[], after: readonly string[]) => {
    const [wasSdk, isSdk] = [await bySdk(before), await bySdk(after)];
    for (const profile of ["default", "ci"]) {
      if (shown(wasSdk, profile) === shown(isSdk, profile)) continue;
      assert.notEqual(shown(byUs(before), profile), shown(byUs(after), profile), profile);
    }
  };

  const CASES: [what: string, before: string, after: string][] = [
    [
      "of a base that an indented profile names",
      "[profile ci]\n  source_profile = base\n[profile base]\n  role_arn = one",
      "[profile ci]\n  source_profile = base\n[profile base]\n  role_arn = two",
    ],
    [
      "of a profile that a section of the same name, without 'profile', follows",
      "[profile ci]\nrole_arn = one\n[ci]\nrole_arn = x",
      "[profile ci]\nrole_arn = two\n[ci]\nrole_arn = x",
    ],
    [
      "of [profile default] beside [default]",
      "[profile default]\nrole_arn = one\n[default]\nrole_arn = x",
      "[profile default]\nrole_arn = two\n[default]\nrole_arn = x",
    ],
    [
      "of a base, where the name of another stands in a section without 'profile'",
      "[profile ci]\nsource_profile = base\n[ci]\nsource_profile = hop\n[profile base]\nrole_arn = one",
      "[profile ci]\nsource_profile = base\n[ci]\nsource_profile = hop\n[profile base]\nrole_arn = two",
    ],
    [
      "of a setting below another",
      "[profile ci]\nservices = lab\n[services lab]\necr =\n  endpoint_url = https://one.example",
      "[profile ci]\nservices = lab\n[services lab]\necr =\n  endpoint_url = https://two.example",
    ],
  ];
  for (const [what, before, after] of CASES) {
    it(`shows: ${what}`, () => assertShown([before, ""], [after, ""]));
  }

  it("shows, whatever the files say", async () => {
    await fc.assert(
      fc.asyncProperty(text, text, edit, async (config, credentials, { file, at, remove, add }) => {
        const before = [config, credentials];
        const after = before.map((lines, index) =>
          index === file ? lines.toSpliced(at, remove, ...(add ? [add] : [])) : lines,
        );
        const whole = (files: readonly (readonly string[])[]) => files.map((lines) => lines.join("\n"));
        await assertShown(whole(before), whole(after));
      }),
      { numRuns: 300 },
    );
  });
});
