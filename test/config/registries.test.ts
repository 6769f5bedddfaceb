import assert from "node:assert/strict";
import { overlaps } from "../../src/config/overlaps.ts";
import { parseConfig } from "../../src/config/parse.ts";
import { aliasTarget, configuredRegistries } from "../../src/config/registries.ts";
import { example } from "./example.ts";

const parse = (registries: string) => parseConfig(`version: 1\nregistries:\n${registries}`, "config.yaml");

describe("configuredRegistries", () => {
  it("are those named by host, or by account and regions", () => {
    assert.deepEqual(
      configuredRegistries(parseConfig(example, "config.yaml")).map(({ host }) => host),
      [
        "111122223333.dkr.ecr.us-east-1.amazonaws.com",
        "444455556666.dkr.ecr.us-west-2.amazonaws.com",
        "444455556666.dkr.ecr.eu-west-1.amazonaws.com",
        "public.ecr.aws",
      ],
    );
  });

  it("include no account without regions, no *, and no host twice", () => {
    const config = parse(`  - account: "111122223333"
  - { account: "*", regions: [us-east-1] }
  - { account: "111122223333", regions: [cn-north-1] }
  - host: 111122223333.dkr.ecr.cn-north-1.amazonaws.com.cn`);
    assert.deepEqual(
      configuredRegistries(config).map(({ host }) => host),
      ["111122223333.dkr.ecr.cn-north-1.amazonaws.com.cn"],
    );
  });
});

describe("aliasTarget", () => {
  const config = parseConfig(example, "config.yaml");

  it("is the ECR host of the alias", () => {
    const target = "111122223333.dkr.ecr.us-east-1.amazonaws.com";
    assert.equal(aliasTarget(config, "images.example.com"), target);
  });

  for (const host of [
    "x.images.example.com",
    "images.example.co",
    "images.example.com:5000",
    "",
    "constructor",
  ]) {
    it(`is undefined for ${host || "an empty name"}: names match exactly`, () =>
      assert.equal(aliasTarget(config, host), undefined));
  }
});

describe("overlaps", () => {
  const cases: [what: string, registries: string[], found: string[]][] = [
    [
      "none",
      ['account: "111122223333"', 'account: "444455556666"', 'account: "*"', "host: public.ecr.aws"],
      [],
    ],
    [
      "an account and one of its regions",
      ['account: "111122223333"', 'account: "111122223333", regions: [us-east-1]'],
      ["account 111122223333 in us-east-1: line 4 before 3, narrower"],
    ],
    [
      "a host and its account",
      ['account: "111122223333"', "host: 111122223333.dkr.ecr.us-east-1.amazonaws.com"],
      ["111122223333.dkr.ecr.us-east-1.amazonaws.com: line 4 before 3, narrower"],
    ],
    [
      "a region twice",
      [
        'account: "111122223333", regions: [us-east-1, us-east-2]',
        'account: "111122223333", regions: [us-east-2]',
      ],
      ["account 111122223333 in us-east-2: line 3 before 4, first"],
    ],
    [
      "regions apart",
      ['account: "111122223333", regions: [us-east-1]', 'account: "111122223333", regions: [us-east-2]'],
      [],
    ],
    [
      "an account, or *, twice",
      ['account: "111122223333"', 'account: "111122223333"', 'account: "*"', 'account: "*"'],
      [
        "account 111122223333 in every region: line 3 before 4, first",
        "every other account in every region: line 5 before 6, first",
      ],
    ],
    [
      "a host twice",
      ["host: public.ecr.aws", "host: public.ecr.aws"],
      ["public.ecr.aws: line 3 before 4, first"],
    ],
    ["a host of another account's", ["host: public.ecr.aws", 'account: "111122223333"'], []],
  ];
  for (const [what, registries, found] of cases) {
    it(what, () => {
      const config = parse(registries.map((each) => `  - { ${each} }`).join("\n"));
      const told = overlaps(config).map(
        (each) => `${each.what}: line ${each.winner.line} before ${each.loser.line}, ${each.why}`,
      );
      assert.deepEqual(told, found);
    });
  }
});
