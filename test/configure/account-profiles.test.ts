import assert from "node:assert/strict";
import { parseConfig } from "../../src/config/parse.ts";
import { accountsWithProfiles, onlyProfile, registrationsOf } from "../../src/configure/account-profiles.ts";
import { registryAt } from "../support/fakes/registries.ts";

const host = (account: string, region = "us-east-1") => `${account}.dkr.ecr.${region}.amazonaws.com`;
const of = (profile: string, account: string, region = "us-east-1") => ({
  profile,
  registry: registryAt(host(account, region)),
});
const none = parseConfig("version: 1", "");

describe("the profiles of accounts", () => {
  it("are those of the chosen registries that config.yaml gives no identity", () => {
    const found = [
      of("a", "111122223333"),
      of("b", "444455556666"),
      of("c", "444455556666", "eu-west-1"),
      of("d", "777788889999"),
    ];
    const hosts = [
      host("111122223333"),
      host("444455556666"),
      host("444455556666", "us-west-2"),
      "public.ecr.aws",
    ];
    const config = parseConfig('version: 1\nregistries: [{ account: "111122223333" }]', "");
    assert.deepEqual(accountsWithProfiles(hosts, found, config), [
      { account: "444455556666", regions: ["us-east-1", "us-west-2"], profiles: ["b", "c"] },
    ]);
    const china = host("111122223333", "cn-north-1").concat(".cn");
    assert.deepEqual(accountsWithProfiles([china], found, none), []);
  });

  it("need no question where there is one, or one is named", () => {
    const account = (...profiles: string[]) => ({ account: "1", regions: [], profiles });
    assert.equal(onlyProfile(account("a"), []), "a");
    assert.equal(onlyProfile(account("a"), ["b"]), "a");
    assert.equal(onlyProfile(account("a", "b"), ["b", "c"]), "b");
    for (const named of [[], ["c"], ["a", "b"]])
      assert.equal(onlyProfile(account("a", "b"), named), undefined);
  });

  it("become identities with names that config.yaml takes, each once", () => {
    const config = parseConfig(
      "version: 1\nidentities: { x: { profile: known }, y-z: { profile: other } }",
      "",
    );
    const chosen = ["known", "y z", "y z", "équipe"].map((profile, index) => {
      return { account: `${index}`, regions: ["r"], profile };
    });
    assert.deepEqual(
      registrationsOf(chosen, config).map(({ identity, profile }) => [identity, profile]),
      [
        ["x", undefined],
        ["y-z-2", "y z"],
        ["y-z-2", "y z"],
        ["quipe", "équipe"],
      ],
    );
  });
});
