import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { isPlausibleRegion, knownRegions } from "../../src/registry/regions.ts";

describe("isPlausibleRegion", () => {
  it("knows exactly the regions of the SDK's partitions", () => {
    const main = createRequire(createRequire(import.meta.url).resolve("@aws-sdk/client-ecr")).resolve(
      "@aws-sdk/core",
    );
    const root = main.slice(0, main.lastIndexOf(join("@aws-sdk", "core")));
    const file = "@aws-sdk/core/dist-es/submodules/client/util-endpoints/lib/aws/partitions.js";
    const text = readFileSync(join(dirname(join(root, "x")), file), "utf8");
    const names = [...text.matchAll(/^\s*"([a-z]+(?:-[a-z]+)+-\d)": \{/gm)].map(([, region]) => region);
    assert.deepEqual([...new Set(names)].sort(), [...knownRegions].sort());
    for (const region of knownRegions) assert.ok(isPlausibleRegion(region), region);
  });

  for (const region of ["eu-west-4", "us-central-1", "nz-north-1", "ar-south-1", "us-gov-central-1"]) {
    it(`accepts ${region}, which may be newer than this version`, () => {
      assert.ok(isPlausibleRegion(region));
    });
  }

  for (const region of [
    ...["us-esat-1", "us-eats-1", "eu-wset-1", "eu-centrl-1", "ap-southeat-2", "us-est-1", "us-east-11"],
    ...[
      "us-east-0",
      "ue-west-1",
      "su-east-1",
      "uss-east-1",
      "useast-1",
      "us-east",
      "us--east-1",
      "",
      "east-1",
    ],
    ...["us-gvo-west-1", "constructor", "-1", "US-EAST-1"],
  ]) {
    it(`does not accept ${JSON.stringify(region)}`, () => assert.ok(!isPlausibleRegion(region)));
  }

  it("accepts no known region with two letters swapped, unless it is another region", () => {
    for (const region of knownRegions) {
      for (let at = 0; at + 1 < region.length; at++) {
        const [a = "", b = ""] = [region[at], region[at + 1]];
        if (a === b || a === "-" || b === "-") continue;
        const swapped = region.slice(0, at) + b + a + region.slice(at + 2);
        assert.ok(!isPlausibleRegion(swapped), swapped);
      }
    }
  });
});
