import assert from "node:assert/strict";
import type { PrivateRegistry } from "../../src/registry/registry.ts";
import { replicaOf } from "../../src/registry/replica.ts";
import { registryAt } from "../support/fakes/registries.ts";

const at = (host: string) => registryAt(host) as PrivateRegistry;
const account = "444455556666";
const commercial = "111122223333.dkr.ecr.us-east-1.amazonaws.com";
const china = "111122223333.dkr.ecr.cn-north-1.amazonaws.com.cn";

describe("replicaOf", () => {
  const cases: [source: string, region: string, host: string | undefined][] = [
    [commercial, "eu-west-1", `${account}.dkr.ecr.eu-west-1.amazonaws.com`],
    // An unknown prefix: a region that is newer than this program.
    [commercial, "sa-north-9", `${account}.dkr.ecr.sa-north-9.amazonaws.com`],
    [commercial, "cn-north-1", undefined],
    [commercial, "us-gov-west-1", undefined],
    [china, "cn-northwest-1", `${account}.dkr.ecr.cn-northwest-1.amazonaws.com.cn`],
    [china, "us-east-1", undefined],
    [commercial, "nowhere", undefined],
    [commercial, "us-east-1.evil.example", undefined],
    // A replica has its standard host name, regardless of the source's.
    [commercial.replace("ecr", "ecr-fips"), "us-west-2", `${account}.dkr.ecr.us-west-2.amazonaws.com`],
  ];
  for (const [source, region, host] of cases) {
    it(`of ${source} in ${region} is ${host ?? "none"}`, () => {
      assert.equal(replicaOf(at(source), { account, region })?.host, host);
    });
  }

  it("is undefined for an invalid account", () => {
    for (const bad of ["", "1", "../../x", "11112222333a"]) {
      assert.equal(replicaOf(at(commercial), { account: bad, region: "us-east-1" }), undefined);
    }
  });
});
