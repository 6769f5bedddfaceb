import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { failureFor, randomAt } from "../support/fuzz/fuzzer.ts";
import { casesFolder } from "../support/fuzz/keep.ts";
import { fuzzers } from "./fuzzers.ts";

/** A small number, to keep the unit tests fast; `npm run fuzz` runs as many as its time allows. */
const inputs = 40;

describe("fuzzers", function () {
  this.timeout(120_000);
  after(() => {
    for (const { stop } of fuzzers) stop?.();
  });

  for (const fuzzer of fuzzers) {
    const folder = new URL(`${fuzzer.name}/`, casesFolder);
    for (const file of existsSync(folder) ? readdirSync(folder) : []) {
      it(`${fuzzer.name} no longer fails for ${file}`, async () => {
        const { input } = JSON.parse(readFileSync(new URL(file, folder), "utf8"));
        const failure = await failureFor(fuzzer, input);
        if (failure !== undefined) throw failure;
      });
    }

    it(`${fuzzer.name} accepts ${inputs} inputs`, async () => {
      for (let index = 0; index < inputs; index++) {
        const input = fuzzer.make(randomAt(1, index));
        assert.deepEqual(input, fuzzer.make(randomAt(1, index)));
        const failure = await failureFor(fuzzer, input);
        if (failure !== undefined) throw failure;
      }
    });
  }
});
