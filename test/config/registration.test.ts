import assert from "node:assert/strict";
import type { Config } from "../../src/config/config.ts";
import { parseConfig } from "../../src/config/parse.ts";
import { registrationFor, registrationForReplica } from "../../src/config/registration.ts";
import { parseHost, privateHost } from "../../src/registry/host.ts";
import type { PrivateRegistry } from "../../src/registry/registry.ts";
import { example } from "./example.ts";

const parse = (text: string): Config => parseConfig(text, "config.yaml");
const one = "111122223333";
const two = "444455556666";
const other = "777788889999";

const layered = parse(`version: 1
identities: { star: { profile: star }, starEast: { profile: x }, account: { profile: x }, region: { profile: x }, host: { profile: x } }
registries:
  - { account: "*", identity: star }
  - { account: "*", regions: [us-east-1], identity: starEast }
  - { account: "${one}", identity: account }
  - { account: "${one}", regions: [us-east-1, us-east-2], identity: region }
  - { account: "${one}", regions: [us-east-2], identity: star }
  - { host: ${privateHost(one, "us-east-1")}, identity: host }
  - { account: "${two}" }
`);

function registry(host: string) {
  return parseHost(host) ?? assert.fail(host);
}

const served: [host: string, identity: string | undefined][] = [
  [privateHost(one, "us-east-1"), "host"],
  // An alias of the registry does not match by host, but by account and region.
  [`${one}.dkr.ecr-fips.us-east-1.amazonaws.com`, "region"],
  [privateHost(one, "us-east-2"), "region"],
  [privateHost(one, "eu-west-1"), "account"],
  [privateHost(other, "us-east-1"), "starEast"],
  [privateHost(other, "eu-west-1"), "star"],
  [privateHost(other, "cn-north-1"), "star"],
  [privateHost(two, "us-east-1"), undefined],
];

describe("registrationFor", () => {
  for (const [host, identity] of served) {
    it(`returns ${identity ?? "the default chain"} for ${host}`, () => {
      const found = registrationFor(layered, registry(host));
      assert.equal(found?.name, identity);
      assert.equal(found?.identity.kind, identity === undefined ? "ambient" : "profile");
    });
  }

  it("returns nothing for registries without an entry; * does not include ECR Public", () => {
    assert.equal(registrationFor(layered, registry("public.ecr.aws")), undefined);
    assert.equal(registrationFor(parse("version: 1\n"), registry(privateHost(one, "eu-west-1"))), undefined);
  });

  describe("an account's identity is used in every region:", () => {
    const text = (...entries: string[]) => `version: 1
identities: { a: { profile: a }, b: { profile: b }, star: { profile: star } }
registries:
${entries.map((entry) => `  - { ${entry} }\n`).join("")}`;
    const east = `account: "${one}", regions: [us-east-1], identity: a`;
    const west = `account: "${one}", regions: [us-west-2], identity: b`;
    const whole = `account: "${one}", identity: b`;
    const cases: [what: string, entries: string[], region: string, name: string | undefined][] = [
      ["another region", [east], "eu-west-1", "a"],
      ["before an entry for *", ['account: "*", identity: star', east], "eu-west-1", "a"],
      ["the more exact entry first", [east, west], "us-west-2", "b"],
      ["an entry without regions before one with others", [east, whole], "eu-west-1", "b"],
      ["of two with other regions the first", [east, west], "eu-west-1", "a"],
      ["of two with other regions the first", [west, east], "eu-west-1", "b"],
      [
        "no identity is the default chain, in every region",
        [`account: "${one}", regions: [us-east-1]`],
        "eu-west-1",
        undefined,
      ],
      ["the same digits in another partition are another account", [east], "cn-north-1", undefined],
      ["another account", [east.replace(one, two)], "eu-west-1", undefined],
    ];
    for (const [what, entries, region, name] of cases) {
      it(`${what}: ${region} → ${name}`, () => {
        assert.equal(
          registrationFor(parse(text(...entries)), registry(privateHost(one, region)))?.name,
          name,
        );
      });
    }
    it("the regions of * are a condition", () => {
      const config = parse(text('account: "*", regions: [us-east-1], identity: star'));
      assert.equal(registrationFor(config, registry(privateHost(one, "eu-west-1"))), undefined);
    });
  });

  it("replaces {account} in the role and in the roles of its sources, and keeps their other keys", () => {
    const config = parse(`version: 1
identities:
  base: { profile: base }
  hub: { roleArn: "arn:aws:iam::{account}:role/hub", source: base, externalId: "made:up", duration: 2h }
  pull: { roleArn: "arn:aws:iam::{account}:role/team-{account}/pull", source: hub, region: eu-west-1 }
registries: [{ account: "*", identity: pull }]`);
    const { identity, name } = registrationFor(config, registry(privateHost(one, "us-east-1"))) ?? {};
    assert.equal(name, "pull");
    assert.deepEqual(identity, {
      kind: "role",
      roleArn: `arn:aws:iam::${one}:role/team-${one}/pull`,
      region: "eu-west-1",
      source: {
        kind: "role",
        roleArn: `arn:aws:iam::${one}:role/hub`,
        externalId: "made:up",
        duration: 7200,
        source: { kind: "profile", profile: "base" },
      },
    });
  });

  it("uses the default chain for a role without a source", () => {
    const config = parse(`version: 1
identities: { r: { roleArn: "arn:aws:iam::${two}:role/x" } }
registries: [{ host: public.ecr.aws, identity: r }]`);
    assert.deepEqual(registrationFor(config, registry("public.ecr.aws"))?.identity, {
      kind: "role",
      roleArn: `arn:aws:iam::${two}:role/x`,
      source: { kind: "ambient" },
    });
  });

  it("returns the entry with its replication settings", () => {
    const { definition } = registrationFor(parse(example), registry(privateHost(one, "us-east-1"))) ?? {};
    assert.equal(definition?.line, 7);
    assert.deepEqual(definition?.replication, { follow: true, identity: "prod-pull" });
  });
});

describe("registrationForReplica", () => {
  const text = (reader: string, more = "") => `version: 1
identities: { ci: { profile: ci }, reader: { profile: reader }, two: { profile: two }, star: { profile: star } }
registries:
  - { account: "${one}", regions: [us-east-1], identity: ci, replication: { follow: true${reader} } }
  - { account: "${two}", regions: [us-west-2], identity: two }
${more}`;
  const star = '  - { account: "*", identity: star }';
  const reader = ", identity: reader";
  const cases: [what: string, text: string, account: string, region: string, name: string][] = [
    ["the entry that names the target", text(reader), two, "us-west-2", "two"],
    ["the source's, in its own account", text(reader, star), one, "eu-west-1", "ci"],
    ["replication.identity, in another account", text(reader, star), other, "eu-west-1", "reader"],
    ["the entry that names the account with other regions", text(reader), two, "eu-west-1", "two"],
    ["the entry for *, where replication names nobody", text("", star), other, "eu-west-1", "star"],
    ["the source's, where nothing else is said", text(""), other, "eu-west-1", "ci"],
  ];
  for (const [what, config, account, region, name] of cases) {
    it(what, () => {
      const parsed = parse(config);
      const [source = assert.fail()] = parsed.registries;
      const target = registry(privateHost(account, region)) as PrivateRegistry;
      assert.equal(registrationForReplica(parsed, source, target).name, name);
    });
  }
});
