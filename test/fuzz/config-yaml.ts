import assert from "node:assert/strict";
import { parseConfig } from "../../src/config/parse.ts";
import { registrationFor } from "../../src/config/registration.ts";
import { configuredRegistries } from "../../src/config/registries.ts";
import { parseHost } from "../../src/registry/host.ts";
import { Failure } from "../../src/token/failure.ts";
import { example } from "../config/example.ts";
import { damaged } from "../support/fuzz/damage.ts";
import { fuzzer } from "../support/fuzz/fuzzer.ts";
import type { Random } from "../support/fuzz/random.ts";

const planted = "PlantedExternalId0123456789";
const more = `${example}${"" /* a second identity, as people write it */}`.replace(
  "source: ci }",
  `source: ci, externalId: ${planted} }\n  "my ci": { profile: "my ci", region: eu-west-1 }`,
);

const pieces = [
  ..."{}[]:,-&*!|>'\"%@`#?~ \n\t",
  "\n  ",
  "\n- ",
  ": ",
  " #",
  "<<: *a",
  "&a ",
  "*a",
  "null",
  "{account}",
  "version: 1\n",
  "identities:\n",
  "registries:\n",
  "regions: [us-east-1]\n",
  "!!binary ",
  "---\n",
  "...\n",
  "\ufeff",
  "\u202e",
  "\0",
  "0x1f",
  "1e9",
  "us-esat-1",
  "“ci”",
  "__proto__: 1\n",
];

const hosts = [
  "111122223333.dkr.ecr.us-east-1.amazonaws.com",
  "777788889999.dkr.ecr.eu-west-1.amazonaws.com",
  "public.ecr.aws",
];

/** A config.yaml that resembles what users write. */
export const configYaml = fuzzer<string>({
  name: "config-yaml",
  make(random: Random) {
    let text = random.pick([more, more, "version: 1\n", ""]);
    for (let left = random.below(4); left >= 0; left--) text = damaged(random, text, pieces);
    return text;
  },
  check(text) {
    try {
      const config = parseConfig(text, "config.yaml");
      configuredRegistries(config);
      for (const host of hosts) {
        const registry = parseHost(host);
        assert.ok(registry);
        registrationFor(config, registry);
      }
    } catch (error) {
      if (!(error instanceof Failure)) throw error;
      assert.match(error.oneLine, /^config\.yaml(?::\d+:\d+)?.*: .+ \[CONFIG_[A-Z]+\]$/u);
      assert.doesNotMatch(error.oneLine, /[\p{Cc}\u2028\u2029\p{Bidi_Control}]/u);
    }
  },
});
