import assert from "node:assert/strict";
import { parseConfig } from "../../src/config/parse.ts";
import { Failure } from "../../src/token/failure.ts";

type Case = [what: string, body: string, words: RegExp, code?: string];

const role = "arn:aws:iam::111122223333:role/pull";
const china = "arn:aws-cn:iam::111122223333:role/pull";

/** Each body follows the version line; § marks the expected location of the problem. */
const cases: Case[] = [
  ["an unknown key", "§minvalidity: 1h", /"minvalidity" is not known\. Fix: write minValidity/],
  ["an unknown key of an identity", "identities: { a: { §role_arn: x } }", /write roleArn/],
  ["an unknown key like no other", "§keys: x", /"keys" is not known\. Fix: use one of version, minValidity/],
  ["an unknown key of an entry", "registries:\n  - §acount: '1'", /in registries\[0\].*write account/],
  ["an unknown key of replication", "registries: [{ replication: { §folow: true } }]", /write follow/],
  ["an unknown key of an output", "outputs: [{ §dockerconfig: /x }]", /write dockerConfig/],
  ["a list in a mapping's place", "identities: §[]", /identities is a list\. Fix: make it a mapping/],
  ["a mapping in a list's place", "registries: §{}", /registries is a mapping\. Fix: make it a list/],
  ["a text in a boolean's place", "registries: [{ replication: { follow: §'yes' } }]", /true or false/],
  ["a key without a value", "registries:§\n", /registries has no value/],
  ["a required key that is missing", "outputs:\n  - §{}", /outputs\[0\]\.dockerConfig is missing/],
  ["an account without quotes", "registries:\n  - account: §012345678901", /in quotes: "012345678901"/],
  ["an account that lost its zero", "registries:\n  - account: §12345678901", /in quotes: "012345678901"/],
  [
    "an account of eleven digits",
    "registries:\n  - account: §'12345678901'",
    /is not an account ID\. Fix: write twelve/,
  ],
  ["a true without quotes", "identities: { a: { profile: §true } }", /in quotes: "true"/],
  ["* without quotes", "registries:\n  - account: §*", /in quotes: "\*"/, "CONFIG_SYNTAX"],
  ["a duration without a unit", "minValidity: §3600", /add the unit, as in 3600s/],
  ["a wrong duration", "minValidity: §1 hour", /"1 hour".*is not a duration/],
  ["a duration in the wrong order", "minValidity: §30m1h", /is not a duration/],
  ["no validity", "minValidity: §0s", /more than 0s/],
  ["more than a token's life", "minValidity: §13h", /at most 12h/],
  [
    "a region that is none",
    "registries: [{ account: '111122223333', regions: [§us-east] }]",
    /not an AWS region/,
  ],
  [
    "a misspelt region",
    "registries: [{ account: '111122223333', regions: [§us-esat-1] }]",
    /"us-esat-1".*write us-east-1/,
  ],
  [
    "a misspelt region in a host",
    "registries: [{ host: §111122223333.dkr.ecr.eu-wset-1.amazonaws.com }]",
    /eu-wset-1 is not an AWS region.*write eu-west-1/,
  ],
  [
    "a misspelt region of a role",
    `identities: { a: { roleArn: "${role}", region: §us-wset-2 } }`,
    /"us-wset-2".*write us-west-2/,
  ],
  ["no regions", "registries: [{ account: '111122223333', regions: §[] }]", /is empty/],
  [
    "a region twice",
    "registries: [{ account: '111122223333', regions: [us-east-1, §us-east-1] }]",
    /repeats/,
  ],
  [
    "two partitions",
    "registries: [{ account: '111122223333', regions: [us-east-1, §cn-north-1] }]",
    /partitions/,
  ],
  [
    "neither account nor host",
    "registries: [§{ identity: a }]\nidentities: { a: { profile: a } }",
    /no registry/,
  ],
  ["both account and host", "registries: [{ §account: '*', host: public.ecr.aws }]", /both host and account/],
  ["a host of nobody's", "registries: [{ host: §ghcr.io }]", /"ghcr\.io".* is not an ECR host/],
  ["a look-alike", "registries: [{ host: §public.ecr.aws.evil.com }]", /is not an ECR host/],
  ["a URL", "registries: [{ host: §'https://public.ecr.aws/x' }]", /write public\.ecr\.aws\. \[/],
  ["upper case", "registries: [{ host: §PUBLIC.ecr.aws }]", /write public\.ecr\.aws\. \[/],
  ["an alias of a host that is not ECR's", "aliases: { a.example.com: §ghcr.io }", /is not an ECR host/],
  ["an alias that is ECR's", "aliases: { §public.ecr.aws: public.ecr.aws }", /is itself an ECR host/],
  ["an alias of an alias", "aliases: { a.b: public.ecr.aws, c.d: §a.b }", /is not an ECR host/],
  ["an alias in upper case", "aliases: { §A.example.com: public.ecr.aws }", /write "a\.example\.com"/],
  ["an alias with a scheme", "aliases: { §'http://a.b': public.ecr.aws }", /write "a\.b"/],
  ["an alias that is no host", "aliases: { §'a@b': public.ecr.aws }", /is not a host name: a character/],
  [
    "an unknown identity",
    "registries: [{ account: '*', identity: §cii }]\nidentities: { ci: { profile: ci } }",
    /"cii".*write ci,/,
  ],
  [
    "an identity that every object has",
    "registries: [{ account: '*', identity: §toString }]",
    /does not exist/,
  ],
  [
    "an unknown identity for replicas",
    "registries: [{ account: '*', replication: { follow: false, identity: §x } }]",
    /does not exist/,
  ],
  ["an unknown source", `identities: { a: { roleArn: "${role}", source: §b } }`, /"b", which does not exist/],
  ["a source of its own", `identities: { a: { roleArn: "${role}", source: §a } }`, /loop: a → a/],
  [
    "sources in a circle",
    `identities:\n  a: { roleArn: "${role}", source: §b }\n  b: { roleArn: "${role}", source: a }`,
    /a → b → a/,
  ],
  ["neither profile nor role", "identities: { a: §{} }", /neither a profile nor a role/],
  ["profile and role", `identities: { a: { profile: x, §roleArn: "${role}" } }`, /two identities/],
  ["a profile with a role's key", "identities: { a: { profile: x, §region: us-east-1 } }", /has region/],
  [
    "a role's ARN that is none",
    "identities: { a: { roleArn: §ecr-pull } }",
    /write it as arn:aws:iam::111122223333/,
  ],
  [
    "a user's ARN",
    "identities: { a: { roleArn: §'arn:aws:iam::111122223333:user/x' } }",
    /not the ARN of a role/,
  ],
  [
    "a role's ARN with other braces",
    "identities: { a: { roleArn: §'arn:aws:iam::{region}:role/x' } }",
    /not the ARN of a role/,
  ],
  ["a session too short", `identities: { a: { roleArn: "${role}", duration: §10m } }`, /15m to 12h/],
  ["a session too long", `identities: { a: { roleArn: "${role}", duration: §13h } }`, /15m to 12h/],
  [
    "a chained session over an hour",
    `identities:\n  a: { roleArn: "${role}" }\n  b: { roleArn: "${role}", source: a, duration: §2h }`,
    /at most 1h/,
  ],
  [
    "a session's name",
    `identities: { a: { roleArn: "${role}", sessionName: §"a b" } }`,
    /is not a session name/,
  ],
  [
    "a role of another partition",
    `identities: { a: { roleArn: "${china}" } }\nregistries: [{ account: '111122223333', regions: [us-east-1], identity: §a }]`,
    /partition aws.*arn:aws:/,
  ],
  [
    "a source of another partition",
    `identities: { s: { roleArn: "${china}" }, a: { roleArn: "${role}", source: s } }\nregistries: [{ account: '111122223333', regions: [us-east-1], identity: §a }]`,
    /identity "s"/,
  ],
  [
    "a role of another partition for a host",
    `identities: { a: { roleArn: "${role}" } }\nregistries: [{ host: 111122223333.dkr.ecr.cn-north-1.amazonaws.com.cn, identity: §a }]`,
    /partition aws-cn/,
  ],
  [
    "{account} for ECR Public",
    "identities: { a: { roleArn: 'arn:aws:iam::{account}:role/x' } }\nregistries: [{ host: public.ecr.aws, identity: §a }]",
    /no account/,
  ],
  [
    "replication of every account",
    "registries: [{ account: '*', replication: §{ follow: true } }]",
    /name the account and its regions/,
  ],
  [
    "replication of ECR Public",
    "registries: [{ host: public.ecr.aws, replication: §{ follow: true } }]",
    /no replication/,
  ],
  ["an unknown store", "store: §vault", /write one of file, keychain/],
  ["a path for a fallback", "fallback: §../../bin/sh", /is not the name of a helper/],
  ["itself for a fallback", "fallback: §ecr", /itself/],
  ["a relative output", "outputs: [{ dockerConfig: §.docker/config.json }]", /whole path/],
  ["an output twice", "outputs: [{ dockerConfig: /a }, { dockerConfig: §/a }]", /repeats/],
  [
    "an output twice, spelled otherwise",
    "outputs: [{ dockerConfig: /a }, { dockerConfig: §/b/../a }]",
    /repeats/,
  ],
  ["an identity's name", "identities: { §a b: { profile: x } }", /is not a valid name/],
  ["a key twice", "store: file\n§store: file", /a duplicate/, "CONFIG_SYNTAX"],
  ["a tab", "identities:\n§\ta: 1", /spaces/, "CONFIG_SYNTAX"],
  ["a second document", "§---\nstore: file", /second document/, "CONFIG_SYNTAX"],
  ["a bracket that is open", "registries: [§", /bracket/, "CONFIG_SYNTAX"],
  ["a tag", "store: §!!binary ZmlsZQ==", /remove the word that begins with !/, "CONFIG_SYNTAX"],
  ["an alias of nothing", "store: §*nothing", /anchor/, "CONFIG_SYNTAX"],
  ["an alias of what it is in", "identities: &a { a: §*a }", /anchor/, "CONFIG_SYNTAX"],
  ["a list as a key", "? §[a]\n: 1", /plain text/, "CONFIG_SYNTAX"],
  ["a merge of no mapping", "§<<: 1", /merges mappings/, "CONFIG_SYNTAX"],
  ["the prototype", "identities: { §__proto__: { profile: x } }", /another one/, "CONFIG_SYNTAX"],
  [
    "mappings in mappings",
    `a: ${"{a: ".repeat(50)}§${"{a: ".repeat(30)}1${"}".repeat(80)}`,
    /too deeply/,
    "CONFIG_SYNTAX",
  ],
];

function placeOfMark(marked: string): string {
  const before = marked.slice(0, marked.indexOf("§")).split("\n");
  return `${before.length}:${(before.at(-1)?.length ?? 0) + 1}`;
}

const refusal = (text: string): Failure => {
  try {
    parseConfig(text, "/c/config.yaml");
  } catch (error) {
    assert.ok(error instanceof Failure, String(error));
    assert.doesNotMatch(error.oneLine, /[\r\n]/);
    return error;
  }
  throw new assert.AssertionError({ message: "it was not refused" });
};

describe("parseConfig refuses, with the position", () => {
  for (const [what, marked, words, code = "CONFIG_INVALID"] of cases) {
    it(what, () => {
      const { oneLine } = refusal(`version: 1\n${marked.replace("§", "")}`);
      assert.ok(oneLine.startsWith(`/c/config.yaml:${placeOfMark(`version: 1\n${marked}`)}: `), oneLine);
      assert.match(oneLine, words);
      assert.ok(oneLine.endsWith(` [${code}]`), oneLine);
    });
  }

  for (const [what, text, words] of [
    ["none", "store: file", /:1:1: the version is missing\. Fix: write version: 1/],
    ["a text", 'version: "1"', /:1:10: there is no such version \("1"\)\. Fix: write version: 1/],
    ["a newer one, whatever else it has", "newer: x\nversion: 2", /:2:10: .*update docker-credential-ecr/],
  ] as const) {
    it(`a version that is ${what}`, () => {
      const failure = refusal(text);
      assert.equal(failure.code, "CONFIG_VERSION");
      assert.match(failure.oneLine, words);
    });
  }

  it("reports the first problem of the file and the number of problems", () => {
    const { oneLine } = refusal("version: 1\nfallback: /x\nstore: y\nminValidity: z");
    assert.match(oneLine, /:2:11: fallback .*the first of 3 problems/);
  });

  it("reports a problem in merged keys where they are defined", () => {
    const { oneLine } = refusal(
      `version: 1\nidentities:\n  a: &a { roleArn: "${role}", duration: 2h }\n  b: { <<: *a, source: a }`,
    );
    assert.match(oneLine, /:3:69: identities\.b\.duration \(2h\) is too long/);
  });

  it("nested aliases that would exhaust the memory, immediately", () => {
    const lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"];
    for (let n = 1; n < 30; n++)
      lines.push(
        `a${n}: &a${n} [${Array(10)
          .fill(`*a${n - 1}`)
          .join(", ")}]`,
      );
    assert.match(refusal(`version: 1\n${lines.join("\n")}`).oneLine, /:6:9: aliases make this too large/);
  });

  it("shows no external ID", () => {
    const { oneLine } = refusal(
      `version: 1\nidentities: { a: { roleArn: "${role}", externalId: "made up" } }`,
    );
    assert.match(oneLine, /externalId is not an external ID/);
    assert.doesNotMatch(oneLine, /made/);
  });
});
