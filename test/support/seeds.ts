import fc from "fast-check";
import { seedOf } from "./fuzz/random.ts";

// Mocha loads this file before the tests (.mocharc.json). fast-check prints the seed of a property that fails.
fc.configureGlobal({ seed: seedOf(process.env) });
