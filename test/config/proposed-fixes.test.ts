import assert from "node:assert/strict";
import { checkConfig } from "../../src/config/parse.ts";
import { cases, role } from "./refused-cases.ts";
import { fixedSecrets, secretCases } from "./secret-cases.ts";
import { syntaxCases } from "./syntax-cases.ts";

/**
 * The bodies after fixes that need a decision of the reader, and the words of the fix that they follow. Fixes that name
 * the text to write are applied by `followed`.
 */
const decided: Readonly<Record<string, readonly [words: RegExp, body: string]>> = {
  "an unknown key like no other": [/use one of version, .*store/, "store: file"],
  "a list in a mapping's place": [/NAME: VALUE on lines/, "identities:\n  a: { profile: x }"],
  "a mapping in a list's place": [/a dash before each item/, "registries:\n  - host: public.ecr.aws"],
  "a text in a boolean's place": [
    /true or false/,
    followedRegistry("regions: [us-east-1], replication: { follow: true }"),
  ],
  "a key without a value": [/a dash before each item, or remove it/, "registries:\n  - host: public.ecr.aws"],
  "a required key that is missing": [
    /add it: a text/,
    "outputs:\n  - kubernetesSecret: { all: true, name: a }",
  ],
  "an account of eleven digits": [/twelve digits in quotes/, "registries:\n  - account: '012345678901'"],
  "* without quotes": [/in quotes: "\*"/, 'registries:\n  - account: "*"'],
  "a duration without a unit": [/3600s/, "minValidity: 3600s"],
  "a wrong duration": [/15m, 2h/, "minValidity: 1h"],
  "a duration in the wrong order": [/1h30m/, "minValidity: 1h30m"],
  "no validity": [/more than 0s and at most 12h/, "minValidity: 1s"],
  "more than a token's life": [/more than 0s and at most 12h/, "minValidity: 12h"],
  "a region that is none": [/such as us-east-1/, followedRegistry("regions: [us-east-1]")],
  "no regions": [/or remove it for every region/, followedRegistry("")],
  "a region twice": [/remove one of the two/, followedRegistry("regions: [us-east-1]")],
  "two partitions": [
    /an entry for each partition with its own account/,
    "registries: [{ account: '111122223333', regions: [us-east-1] }, { account: '444455556666', regions: [cn-north-1] }]",
  ],
  "neither account nor host": [
    /set account, with or without regions, or host/,
    "registries: [{ account: '111122223333', identity: a }]\nidentities: { a: { profile: a } }",
  ],
  "both account and host": [/make two entries/, "registries: [{ account: '*' }, { host: public.ecr.aws }]"],
  "a host that is not ECR's": [/or public\.ecr\.aws/, "registries: [{ host: public.ecr.aws }]"],
  "a look-alike": [/or public\.ecr\.aws/, "registries: [{ host: public.ecr.aws }]"],
  "an alias of a host that is not ECR's": [
    /or public\.ecr\.aws/,
    "aliases: { a.example.com: public.ecr.aws }",
  ],
  "an alias that is ECR's": [/remove it/, "aliases: {}"],
  "an alias of an alias": [/or public\.ecr\.aws/, "aliases: { a.b: public.ecr.aws, c.d: public.ecr.aws }"],
  "an alias that is no host": [/write a host name/, "aliases: { a.example.com: public.ecr.aws }"],
  "an identity that every object has": [
    /toString: \{ profile: toString \}/,
    "registries: [{ account: '*', identity: toString }]\nidentities:\n  toString: { profile: toString }",
  ],
  "an unknown identity for replicas": [
    /x: \{ profile: x \}/,
    "registries: [{ account: '*', replication: { follow: false, identity: x } }]\nidentities:\n  x: { profile: x }",
  ],
  "an unknown source": [
    /b: \{ profile: b \}/,
    `identities:\n  a: { roleArn: "${role}", source: b }\n  b: { profile: b }`,
  ],
  "a source of its own": [/or remove a source/, `identities: { a: { roleArn: "${role}" } }`],
  "sources in a circle": [
    /a profile as the source of one of them/,
    `identities:\n  a: { roleArn: "${role}", source: b }\n  b: { roleArn: "${role}", source: c }\n  c: { profile: c }`,
  ],
  "neither profile nor role": [/set profile or roleArn/, "identities: { a: { profile: x } }"],
  "profile and role": [
    /a profile, and a role with that profile as its source/,
    `identities: { b: { profile: x }, a: { roleArn: "${role}", source: b } }`,
  ],
  "a profile with a role's key": [
    /a profile, and a role with that profile as its source/,
    `identities: { b: { profile: x }, a: { roleArn: "${role}", source: b, region: us-east-1 } }`,
  ],
  "a role's ARN that is none": [
    /arn:aws:iam::111122223333:role\/NAME/,
    roleBody("111122223333:role/ecr-pull"),
  ],
  "a user's ARN": [/arn:aws:iam::111122223333:role\/NAME/, roleBody("111122223333:role/x")],
  "a role's ARN with other braces": [
    /\{account\} means the registry's account/,
    roleBody("{account}:role/x"),
  ],
  "a session too short": [/15m to 12h/, `identities: { a: { roleArn: "${role}", duration: 15m } }`],
  "a session too long": [/15m to 12h/, `identities: { a: { roleArn: "${role}", duration: 12h } }`],
  "a chained session over an hour": [
    /at most 1h/,
    `identities:\n  a: { roleArn: "${role}" }\n  b: { roleArn: "${role}", source: a, duration: 1h }`,
  ],
  "a session's name": [/letters, digits/, `identities: { a: { roleArn: "${role}", sessionName: "a-b" } }`],
  "a role of another partition": [/whose role is arn:aws:/, withIdentity(role, "regions: [us-east-1]")],
  "a source of another partition": [
    /whose role is arn:aws:/,
    `identities: { s: { roleArn: "${role}" }, a: { roleArn: "${role}", source: s } }\nregistries: [{ account: '111122223333', regions: [us-east-1], identity: a }]`,
  ],
  "a role of another partition for a host": [
    /whose role is arn:aws-cn:/,
    `identities: { a: { roleArn: "${role.replace("aws", "aws-cn")}" } }\nregistries: [{ host: 111122223333.dkr.ecr.cn-north-1.amazonaws.com.cn, identity: a }]`,
  ],
  "{account} for ECR Public": [
    /whose role ARN contains an account/,
    `identities: { a: { roleArn: '${role}' } }\nregistries: [{ host: public.ecr.aws, identity: a }]`,
  ],
  "replication of every account": [
    /name the account and its regions/,
    followedRegistry("regions: [us-east-1], replication: { follow: true }"),
  ],
  "replication of ECR Public": [/remove it/, "registries: [{ host: public.ecr.aws }]"],
  "a path for a fallback": [/keychain, file, none, or NAME/, "fallback: pass"],
  "itself for a fallback": [/keychain, file, none/, "fallback: none"],
  "a relative output": [/whole path, from \//, "outputs: [{ dockerConfig: /home/ci/.docker/config.json }]"],
  "an output twice": [/remove one of the two/, "outputs: [{ dockerConfig: /a }]"],
  "an output twice, spelled otherwise": [/remove one of the two/, "outputs: [{ dockerConfig: /a }]"],
  "an identity's name": [/letters, digits/, "identities: { a-b: { profile: x } }"],
  "a key twice": [/remove one of the two/, "store: file"],
  "a tab": [/indent it with spaces/, "identities:\n  a: { profile: x }"],
  "a second document": [/remove this line and what follows it/, ""],
  "a bracket that is open": [/close the bracket/, "registries: []"],
  "a tag": [/remove the word that begins with !/, "store: file"],
  "an alias of nothing": [/define the anchor with & above it/, "fallback: &nothing file\nstore: *nothing"],
  "an alias of what it is in": [
    /define the anchor with & above it/,
    "identities: { b: &a { profile: x }, a: *a }",
  ],
  "a list as a key": [/plain text before the colon/, "store: file"],
  "a merge of no mapping": [
    /an alias of a mapping after it/,
    "identities: { a: &a { profile: x }, b: { <<: *a } }",
  ],
  "the prototype": [/choose another one/, "identities: { proto: { profile: x } }"],
  "mappings in mappings": [/flatten it/, ""],
  "accounts for registries": [
    /a list of entries such as - account/,
    'registries:\n  - account: "111122223333"',
  ],
  "a source that is a profile": [
    /for a profile of the AWS files: base: \{ profile: base \}/,
    `identities:\n  pull: { roleArn: "${role}", source: base }\n  base: { profile: base }`,
  ],
  "a field as far in as its identity": [/indent it by 4 spaces/, "identities:\n  ci:\n    profile: ci"],
  "several wrong values": [
    /add the unit, as in 1s.*\n.*in quotes: "111122223333".*\n.*write regions, a list: \[us-east-1\]/,
    'store: file\nminValidity: 1s\nregistries:\n  - account: "111122223333"\n    regions: [us-east-1]',
  ],
};

function followedRegistry(more: string): string {
  return `registries: [{ account: '111122223333'${more === "" ? "" : `, ${more}`} }]`;
}

function roleBody(name: string): string {
  return `identities: { a: { roleArn: 'arn:aws:iam::${name}' } }`;
}

function withIdentity(arn: string, more: string): string {
  return `identities: { a: { roleArn: "${arn}" } }\nregistries: [{ account: '111122223333', ${more}, identity: a }]`;
}

/**
 * The text after the fix of its first problem, followed literally at the position that the message names.
 *
 * @returns undefined if the fix does not name the text to write
 */
function followed(text: string): string | undefined {
  const [problem] = checkConfig(text, "c");
  const [, line = "1", column = "1"] = /^c:(\d+):(\d+): /.exec(problem?.message ?? "") ?? [];
  const lines = text.split("\n");
  const at = lines[Number(line) - 1] ?? "";
  const before = at.slice(0, Number(column) - 1);
  const rest = at.slice(Number(column) - 1);
  const replaced = (length: number, by: string) =>
    lines.with(Number(line) - 1, before + by + rest.slice(length)).join("\n");
  const { fix = "" } = problem ?? {};
  const [, spaces] = /^indent it by (\d+)/.exec(fix) ?? [];
  if (spaces !== undefined) return replaced(0, " ".repeat(Math.max(0, Number(spaces) - before.length)));
  const [, region] = /("?[\w-]+"?) is not an AWS region/.exec(problem?.message ?? "") ?? [];
  const [, near] = /^write ([a-z]+-[a-z]+-\d)$/.exec(fix) ?? [];
  if (region && near)
    return lines.with(Number(line) - 1, at.replace(region.replaceAll('"', ""), near)).join("\n");
  // A whole "key: value" that was written without a space, or without quotes.
  const [, pair] = /^write (\w+: .+)$/.exec(fix) ?? [];
  if (pair !== undefined) {
    const value = pair.replace(/^\w+: "?|"$/g, "");
    // The message names the position of the value if the key is right.
    if (before.endsWith(": ")) return replaced(value.length, pair.replace(/^\w+: /, ""));
    return replaced(rest.indexOf(value) + value.length, pair);
  }
  const [, word] =
    /^(?:write(?: one of| straight quotes:)?|put it in quotes:) ("[^"]*"(?: \})?|'[^']*'|[^ ,"']+)/.exec(
      fix,
    ) ?? [];
  if (word === undefined || /^(?:[A-Z]{3,}|more|hours|twelve|its|at|plain|an?|it)\b/.test(word))
    return undefined;
  const [present = ""] =
    /^"[^"\n]*(?:"|$)|^'[^'\n]*(?:'|$)|^“[^”]*”|^https?:[^\s,}\]'"]+|^[^\s,}\]:]+/.exec(rest) ?? [];
  return replaced(present.length, word);
}

/** Follows fixes until there is no problem, at most as often as there were problems. */
function repaired(text: string): string {
  let present = text;
  for (let left = checkConfig(text, "c").length; left > 0; left--) {
    const next = followed(present);
    if (next === undefined) break;
    present = next;
  }
  return present;
}

const oneLines = (text: string) => checkConfig(text, "c").map(({ oneLine }) => oneLine);
/** What failed, without its position. */
const failuresOf = (text: string) =>
  checkConfig(text, "c").map(({ message }) => message.replace(/^c:[\d:]+ /, ""));

describe("the fixes that messages about config.yaml propose", () => {
  const all = [
    ...[...cases, ...secretCases].map(
      ([what, marked]) => [what, `version: 1\n${marked.replace("§", "")}`] as const,
    ),
    ...syntaxCases.map(([what, text]) => [what, text] as const),
  ];
  for (const [what, text] of all) {
    it(`${what}: the failure is gone`, () => {
      const [words, body] = decided[what] ?? fixedSecrets[what] ?? [];
      if (words !== undefined) {
        assert.match(oneLines(text).join("\n"), words);
        assert.deepEqual(oneLines(`version: 1\n${body}`), []);
        return;
      }
      const before = failuresOf(text);
      const after = repaired(text);
      assert.notEqual(after, text, `no fix to follow: ${oneLines(text)}`);
      // Some of these texts have another mistake, which shows now.
      for (const failure of failuresOf(after)) assert.ok(!before.includes(failure), failure);
    });
  }
});
