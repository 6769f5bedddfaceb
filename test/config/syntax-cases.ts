const account = '"111122223333"';

/** A text, and the location and fix of each problem. */
export const syntaxCases: [what: string, text: string, ...problems: [place: string, fix: string][]][] = [
  [
    "a role with {account} without quotes in braces",
    "version: 1\nidentities:\n  pull: { roleArn: arn:aws:iam::{account}:role/x, source: ci }\n  ci: { profile: ci }\n",
    ["3:20", 'write roleArn: "arn:aws:iam::{account}:role/x"'],
  ],
  [
    "one space too few",
    "version: 1\nidentities:\n  ci: { profile: ci }\n pull: { profile: x }\n",
    ["4:2", "indent it by 2"],
  ],
  [
    "one space too few in a list",
    `version: 1\nregistries:\n  - account: ${account}\n   identity: ci\nidentities:\n  ci: { profile: ci }\n`,
    ["4:4", "indent it by 4"],
  ],
  ["no space after a colon", "version:1\nidentities:\n  ci: { profile: ci }\n", ["1:1", "write version: 1"]],
  [
    "no space after a colon in braces",
    "version: 1\nidentities:\n  ci: {profile:ci}\n",
    ["3:8", "write profile: ci"],
  ],
  [
    "an unclosed quote",
    `version: 1\nidentities:\n  ci: { profile: "ci }\nregistries:\n  - account: ${account}\n`,
    ["3:18", 'write "ci" }'],
  ],
  [
    "curly quotes",
    "version: 1\nregistries:\n  - account: “111122223333”\n",
    ["3:14", 'write straight quotes: "111122223333"'],
  ],
  [
    "accounts for registries",
    `version: 1\naccounts:\n  - ${account}\n`,
    ["2:1", 'write registries, a list of entries such as - account: "111122223333"'],
  ],
  [
    "a source that is a profile",
    'version: 1\nidentities:\n  pull: { roleArn: "arn:aws:iam::111122223333:role/x", source: base }\n',
    ["3:64", "for a profile of the AWS files: base: { profile: base }"],
  ],
  [
    "a field as far in as its identity",
    "version: 1\nidentities:\n  ci:\n  profile: ci\n",
    ["3:6", ""],
    ["4:3", "indent it by 4 spaces"],
  ],
  [
    "several mistakes",
    "version: 1\nminValidity:1h\nidentities:\n  a: { roleArn: arn:aws:iam::{account}:role/x }\n  b: { profile: “b” }\nstore: 'file\n",
    ["2:1", "write minValidity: 1h"],
    ["4:17", 'write roleArn: "arn:aws:iam::{account}:role/x"'],
    ["5:17", 'write straight quotes: "b"'],
    ["6:8", "write 'file'"],
  ],
  [
    "several wrong values",
    `version: 1\nstore: fil\nminValidity: 1\nregistries:\n  - account: 111122223333\n    region: us-east-1\n`,
    ["2:8", "write one of file, keychain"],
    ["3:14", "add the unit"],
    ["5:14", 'put it in quotes: "111122223333"'],
    ["6:5", "write regions"],
  ],
];
