import assert from "node:assert/strict";
import { type AccountRegistration, addRegistrations } from "../../src/config/add-registrations.ts";
import { checkConfig, parseConfig } from "../../src/config/parse.ts";
import { removeRegistrations } from "../../src/config/remove-added.ts";

const added: readonly AccountRegistration[] = [
  { account: "111122223333", regions: ["us-east-1", "eu-west-1"], identity: "ci", profile: "ci" },
  { account: "444455556666", regions: ["us-east-1"], identity: "prod.pull", profile: "prod pull" },
];

/** The lines of a text that the other text lacks, in order. */
const more = (after: string, before: string) => {
  const left = before.split(/\r?\n/);
  return after.split(/\r?\n/).filter((line) => {
    const at = left.indexOf(line);
    if (at >= 0) left.splice(at, 1);
    return at < 0;
  });
};

describe("addRegistrations", () => {
  it("makes a new file, with the schema's path where that is known", () => {
    const text = `version: 1
identities:
  ci: { profile: ci }
  "prod.pull": { profile: "prod pull" }
registries:
  - account: "111122223333"
    regions: [us-east-1, eu-west-1]
    identity: ci
  - account: "444455556666"
    regions: [us-east-1]
    identity: "prod.pull"
`;
    assert.equal(addRegistrations(undefined, added), text);
    assert.equal(
      addRegistrations(" \n", added, "/s.json"),
      `# yaml-language-server: $schema=/s.json\n${text}`,
    );
  });

  const KEPT: Readonly<Record<string, string>> = {
    "a file without either key": "version: 1\nminValidity: 2h # two\n",
    "a file without a line end": "version: 1",
    "lists with comments": `# ours
version: 1
identities: # who
  base:   { profile: base }   # the base
  # a role
  pull:
    roleArn: "arn:aws:iam::{account}:role/x"
    source: base # that one

registries:
    - account: "777788889999"   # seven
      identity: base

    # the public one
    - host: public.ecr.aws

store: file
`,
    "a list that is not indented":
      'version: 1\nregistries:\n- account: "777788889999"\n- host: public.ecr.aws\nstore: file\n',
    "flow style":
      'version: 1\nidentities: { base: { profile: base } }\nregistries: [{ account: "777788889999", identity: base }]\n',
    "flow style over lines, with a comma at the end":
      'version: 1\nregistries: [\n  { account: "777788889999" },\n]\n',
    "empty lists": "version: 1\nidentities: {}\nregistries: []\n",
    "Windows line ends": 'version: 1\r\nregistries:\r\n  - account: "777788889999"\r\nstore: file\r\n',
    "a list at the end without a line end": 'version: 1\nregistries:\n  - account: "777788889999"',
    "the whole in braces": '{ version: 1, registries: [{ account: "777788889999" }], identities: {} }',
    "a document's start": "---\nversion: 1\nregistries:\n  - host: public.ecr.aws\n",
  };
  for (const [what, before] of Object.entries(KEPT)) {
    it(`adds to ${what} and keeps the rest`, () => {
      assert.deepEqual(checkConfig(before, ""), []);
      const after = addRegistrations(before, added) ?? assert.fail();
      assert.deepEqual(checkConfig(after, ""), [], after);
      const [old, now] = [parseConfig(before, ""), parseConfig(after, "")];
      assert.equal(now.registries.length, old.registries.length + 2);
      assert.deepEqual(Object.keys(now.identities), [...Object.keys(old.identities), "ci", "prod.pull"]);
      assert.deepEqual(now.registries.at(-1)?.target, {
        kind: "account",
        account: "444455556666",
        regions: ["us-east-1"],
      });
      // Nothing is lost: without the added characters, the old text remains.
      let at = 0;
      for (const character of after) if (character === before[at]) at++;
      assert.equal(at, before.length);
      assert.equal(after.includes("\r\n"), before.includes("\r\n"));
      if (before.includes("\r")) assert.doesNotMatch(after, /[^\r]\n/);
      if (before.includes("#")) assert.ok(more(before, after).length === 0, after);
    });
  }

  for (const [what, before] of Object.entries(KEPT)) {
    it(`are removed again from ${what}, which keeps the rest`, () => {
      const after = addRegistrations(before, added) ?? assert.fail();
      const { text, left } = removeRegistrations(after, added);
      assert.deepEqual(left, []);
      assert.deepEqual(parseConfig(text, ""), parseConfig(before, ""), text);
      assert.deepEqual(more(before, text), [], text);
    });
  }

  for (const [what, text] of Object.entries({
    "an alias": "version: 1\noutputs: &none []\nregistries: *none\n",
    "a file that ends with ...": "version: 1\n...\n",
    "an identity of that name": "version: 1\nidentities: { ci: { profile: other } }\n",
    "a value in words": "version: 1\nregistries: ~\n",
  })) {
    it(`leaves ${what} alone`, () => assert.equal(addRegistrations(text, added), undefined));
  }

  it("defines no identity that the file has", () => {
    const before = "version: 1\nidentities:\n  ci: { profile: ci }\n";
    const after = addRegistrations(before, [
      { account: "111122223333", regions: ["us-east-1"], identity: "ci" },
    ]);
    assert.equal(
      after,
      `${before}registries:\n  - account: "111122223333"\n    regions: [us-east-1]\n    identity: ci\n`,
    );
  });
});
