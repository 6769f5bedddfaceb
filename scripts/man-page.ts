// Prints the man page, generated from the commands, scripts/man/sections.1 and docs/errors.md.
// Usage: node scripts/bun.mjs scripts/man-page.ts. SOURCE_DATE_EPOCH sets its date.
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { version } from "../package.json";
import { wholeProgram } from "../src/commands/run.ts";
import { manPage } from "./man/page.ts";

const read = (path: string) => readFileSync(fileURLToPath(new URL(path, import.meta.url)), "utf8");
const silent = () => {};
const { SOURCE_DATE_EPOCH } = process.env;

process.stdout.write(
  manPage({
    program: await wholeProgram({
      env: {},
      home: "/",
      print: silent,
      printError: silent,
      printFailure: silent,
      exitWith: silent,
    }),
    version,
    date: new Date(SOURCE_DATE_EPOCH ? Number(SOURCE_DATE_EPOCH) * 1000 : Date.now())
      .toISOString()
      .slice(0, 10),
    sections: read("man/sections.1"),
    errors: read("../docs/errors.md"),
  }),
);
