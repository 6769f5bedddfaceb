import assert from "node:assert/strict";
import { type AccountRegistration, addRegistrations } from "../../src/config/add-registrations.ts";
import { removeRegistrations } from "../../src/config/remove-added.ts";

const added: readonly AccountRegistration[] = [
  { account: "111122223333", regions: ["us-east-1"], identity: "ci", profile: "ci" },
  { account: "444455556666", regions: ["us-east-1"], identity: "pull", profile: "pull" },
];
const written = addRegistrations(undefined, added) ?? assert.fail();

describe("entries that were added to config.yaml", () => {
  const cases: Readonly<
    Record<string, { edit: (text: string) => string; rest: string; left?: readonly RegExp[] }>
  > = {
    "are removed with their keys": { edit: (text) => text, rest: "version: 1\n" },
    "are removed among others": {
      edit: (text) =>
        `${text.replace("registries:\n", 'registries:\n  - account: "777788889999" # ours\n')}minValidity: 2h\n`,
      rest: 'version: 1\nregistries:\n  - account: "777788889999" # ours\nminValidity: 2h\n',
    },
    "stay if they were changed": {
      edit: (text) => text.replace("[us-east-1]\n    identity: pull", "[eu-west-1]\n    identity: pull"),
      rest: 'version: 1\nidentities:\n  pull: { profile: pull }\nregistries:\n  - account: "444455556666"\n    regions: [eu-west-1]\n    identity: pull\n',
      left: [
        /^the entry of account 444455556666: it was changed$/,
        /^the identity pull: another entry uses it$/,
      ],
    },
    "stay if another entry uses them": {
      edit: (text) => `${text}  - account: "777788889999"\n    identity: ci\n`,
      rest: 'version: 1\nidentities:\n  ci: { profile: ci }\nregistries:\n  - account: "777788889999"\n    identity: ci\n',
      left: [/^the identity ci: another entry uses it$/],
    },
    "are not reported if the user has removed them": {
      edit: (text) => text.slice(0, text.indexOf('  - account: "444455556666"')).replace(/ {2}pull:.*\n/, ""),
      rest: "version: 1\n",
    },
    "stay if they are there twice": {
      edit: (text) =>
        text.replace("identities:", '# identities:\n#   x\nidentities:\n  "ci2": { profile: ci }'),
      rest: '# identities:\n#   x\nidentities:\n  "ci2": { profile: ci }\n',
    },
    "stay in an invalid file": {
      edit: (text) => `${text}minValidity: soon\n`,
      rest: `${written}minValidity: soon\n`,
      left: [/account 111122223333: the file is invalid/, /account 444455556666: the file is invalid/],
    },
  };
  for (const [what, { edit, rest, left = [] }] of Object.entries(cases)) {
    it(what, () => {
      const removal = removeRegistrations(edit(written), added);
      const expected = rest.startsWith("version") ? rest : `version: 1\n${rest}`;
      assert.equal(removal.text, expected);
      assert.equal(removal.left.length, left.length, removal.left.join("\n"));
      for (const [index, pattern] of left.entries()) assert.match(removal.left[index] ?? "", pattern);
    });
  }
});
