import assert from "node:assert/strict";
import { parse } from "yaml";
import { secretManifest } from "../../../src/clients/kubernetes/secret.ts";

describe("secretManifest", () => {
  for (const version of ["1.1", "1.2"] as const) {
    for (const name of [
      "ecr",
      "yes",
      "on",
      "n",
      "null",
      "1e3",
      "0b1",
      "0x1",
      "1_000",
      "12:30",
      "2020-01-01",
      "a.b",
    ]) {
      it(`has the name ${name} for a reader of YAML ${version}`, () => {
        const text = secretManifest({ name, namespace: name }, "{}", 0);
        const { metadata } = parse(text, { version }) as { metadata: Record<string, unknown> };
        assert.deepEqual([metadata.name, metadata.namespace], [name, name], text);
      });
    }
  }
});
