import assert from "node:assert/strict";
import { parseConfig } from "../../src/config/parse.ts";
import {
  followedSources,
  isDeterminedByRules,
  type KnownRules,
  registrationUnderRules,
  replicasOf,
} from "../../src/config/replication.ts";
import { privateHost } from "../../src/registry/host.ts";
import { registryAt } from "../support/fakes/registries.ts";
import { example } from "./example.ts";

const one = "111122223333";
const two = "444455556666";
const other = "777788889999";
const parse = (registries: string) =>
  parseConfig(
    `version: 1
identities: { a: { profile: a }, b: { profile: b }, reader: { profile: reader }, star: { profile: star } }
registries:
${registries}`,
    "config.yaml",
  );
const follow = (account: string, region: string, more = "") =>
  `  - { account: "${account}", regions: [${region}], identity: a, replication: { follow: true${more} } }\n`;
const rules = (
  ...known: [host: string, ...destinations: [account: string, region: string][]][]
): KnownRules =>
  new Map(known.map(([host, ...all]) => [host, all.map(([account, region]) => ({ account, region }))]));
const east = privateHost(one, "us-east-1");

describe("followedSources", () => {
  it("are the registries of entries with follow, in the order of the file", () => {
    const config = parse(
      `${follow(two, "eu-west-1")}${follow(one, "us-east-1, us-west-2")}  - { account: "${other}", regions: [us-east-1] }`,
    );
    assert.deepEqual(
      followedSources(config).map(({ registry }) => registry.host),
      [privateHost(two, "eu-west-1"), east, privateHost(one, "us-west-2")],
    );
  });

  it("exclude those with a more specific entry without follow", () => {
    const config = parse(`${follow(one, "us-east-1")}  - { host: ${east}, identity: b }`);
    assert.deepEqual(followedSources(config), []);
  });

  it("are empty if follow is false, or without a config", () => {
    assert.deepEqual(followedSources(parse(follow(one, "us-east-1").replace("true", "false"))), []);
    assert.deepEqual(followedSources(parseConfig("version: 1", "config.yaml")), []);
  });
});

describe("replicasOf", () => {
  it("are the targets of followed sources; of two sources the first is used", () => {
    const config = parse(follow(two, "eu-west-1") + follow(one, "us-east-1"));
    const known = rules(
      [east, [other, "us-east-1"], [other, "eu-west-1"], [other, "cn-north-1"]],
      [privateHost(two, "eu-west-1"), [other, "eu-west-1"]],
      [privateHost(other, "us-east-1"), [two, "us-east-1"]],
    );
    const found = [...replicasOf(config, known).values()];
    assert.deepEqual(
      found.map(({ registry, source }) => [registry.host, source.registry.host]),
      [
        [privateHost(other, "eu-west-1"), privateHost(two, "eu-west-1")],
        [privateHost(other, "us-east-1"), east],
      ],
    );
  });
});

describe("registrationUnderRules", () => {
  const star = '  - { account: "*", identity: star }\n';
  const named = `  - { account: "${two}", identity: b }\n`;
  const config = parse(follow(one, "us-east-1", ", identity: reader") + star + named);
  const replicas = replicasOf(
    config,
    rules([east, [other, "eu-west-1"], [two, "eu-west-1"], [one, "eu-west-1"]]),
  );
  const servedBy = (host: string) => registrationUnderRules(config, registryAt(host), replicas)?.name;

  it("uses the source's entry for a target, and the registry's own entry for others", () => {
    assert.equal(servedBy(privateHost(other, "eu-west-1")), "reader");
    assert.equal(servedBy(privateHost(one, "eu-west-1")), "a");
    assert.equal(servedBy(privateHost(two, "eu-west-1")), "b");
    assert.equal(servedBy(privateHost(other, "us-east-1")), "star");
    assert.equal(servedBy("public.ecr.aws"), undefined);
  });

  it("uses the same identity for a target's other host names", () => {
    assert.equal(servedBy(`${other}.dkr.ecr-fips.eu-west-1.amazonaws.com`), "reader");
    assert.equal(servedBy(`${other}.dkr-ecr.eu-west-1.on.aws`), "reader");
  });
});

describe("isDeterminedByRules", () => {
  const isLeft = (text: string, host: string) => isDeterminedByRules(parse(text), registryAt(host));

  it("is true for registries without an entry for account or host, if rules are followed", () => {
    const config = follow(one, "us-east-1");
    assert.ok(isLeft(config, privateHost(two, "eu-west-1")));
    assert.ok(isLeft(`${config}  - { account: "*" }`, privateHost(two, "eu-west-1")));
    assert.ok(isLeft(config, privateHost(one, "eu-west-1")));
    assert.ok(!isLeft(config, east));
    assert.ok(!isLeft(`${config}  - { account: "${two}" }`, privateHost(two, "eu-west-1")));
    assert.ok(!isLeft('  - { account: "*" }', privateHost(two, "eu-west-1")));
    assert.ok(
      !isDeterminedByRules(
        parseConfig(example.replace("follow: true", "follow: false"), "x"),
        registryAt(east),
      ),
    );
  });
});
