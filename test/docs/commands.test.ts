import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { commandsOf, silentProgram } from "../support/whole-program.ts";

const page = readFileSync(fileURLToPath(new URL("../../docs/commands.md", import.meta.url)), "utf8");
const program = await silentProgram();
const [, ...commands] = commandsOf(program);

/** The rows of the table of options: the flags in the first cell, the commands in the second. */
const rows = [...(page.split("## Options")[1]?.matchAll(/^\| (`-.*?) \| (.*?) \|/gm) ?? [])].map(
  ([, flags = "", of = ""]) => ({ flags: words(flags), of: words(of) }),
);

function words(cell: string): readonly string[] {
  return [...cell.matchAll(/`([^`]+)`/g)].map(([, text = ""]) => text);
}

/** "service install" */
function nameOf(command: (typeof commands)[number]): string {
  return command.parent === program || !command.parent
    ? command.name()
    : `${nameOf(command.parent)} ${command.name()}`;
}

describe("docs/commands.md", () => {
  it("has every command", () => {
    for (const command of commands) {
      const [first = "", second = ""] = nameOf(command).split(" ");
      assert.match(page, new RegExp(`^\\| \`${first}\\b.*${second}`, "m"), nameOf(command));
    }
  });

  it("has every option of every command", () => {
    for (const command of commands) {
      for (const { long } of command.options.filter(({ hidden }) => !hidden)) {
        const has = rows.some(
          ({ flags, of }) =>
            flags.some((flag) => flag.split(" ")[0] === long) &&
            of.some((name) => nameOf(command) === name || nameOf(command).startsWith(`${name} `)),
        );
        assert.ok(has, `${long} of ${nameOf(command)}`);
      }
    }
  });

  it("has no option that no command has", () => {
    const known = new Set(
      commands.flatMap(({ options }) => options.flatMap(({ long, short }) => [long, short])),
    );
    for (const { flags } of rows) {
      for (const flag of flags) assert.ok(known.has(flag.split(" ")[0]), flag);
    }
  });
});
