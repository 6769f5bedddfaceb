// Writes test/states/VERSION.json: the state folder and the settings that this version leaves behind, for the test that
// later versions use them. Run it once for each release, after the build: node scripts/bun.mjs scripts/record-state.ts
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { version } from "../package.json";
import { recordState } from "../test/support/program/former-state.ts";

const folder = join(import.meta.dir, "../test/states");
mkdirSync(folder, { recursive: true });
const path = join(folder, `${version}.json`);
writeFileSync(path, `${JSON.stringify(await recordState(version), null, 1)}\n`);
console.log(path);
