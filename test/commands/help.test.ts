import assert from "node:assert/strict";
import { examplesOf, helpOf } from "../../scripts/man/command-help.ts";
import { commandsOf, silentProgram, spellOut } from "../support/whole-program.ts";

const program = await silentProgram();

describe("help", () => {
  for (const command of commandsOf(program)) {
    describe(spellOut(command), () => {
      const help = helpOf(command);
      const isProgram = command === program;

      it("fits a terminal of 80 columns", () => {
        for (const line of help.split("\n")) assert.ok(line.length <= 80, `${line.length}: ${line}`);
      });

      it("has a summary and a description", () => {
        if (isProgram) return assert.match(help, /^Usage: .*\n.*COMMAND\n/);
        // It must fit in one line of the list of commands.
        assert.match(command.summary(), /^[a-z].{8,58}[^.]$/);
        assert.match(command.description(), /^[A-Z][\s\S]{20,}[.:]$/);
        return undefined;
      });

      it("describes each option and argument", () => {
        for (const { flags, description } of command.options) assert.match(description, /^\S.{3,}$/, flags);
        for (const argument of command.registeredArguments) {
          assert.match(argument.description, /^\S.{3,}$/, argument.name());
        }
      });

      it("has examples with options that exist", () => {
        const examples = examplesOf(command);
        const own = examples.filter((line) => line.includes(spellOut(command)));
        assert.ok(own.length > 0, help);
        const known = commandsOf(program).flatMap(({ options }) =>
          options.flatMap(({ long, short }) => [long, short]),
        );
        for (const line of examples.filter((each) => /^docker-credential-ecr/.test(each))) {
          for (const [, option] of line.matchAll(/ (--?[a-z][a-z-]*)/g))
            assert.ok(known.includes(option), line);
        }
      });
    });
  }

  it("lists every command in one line", () => {
    const lines = helpOf(program).split("\n");
    for (const command of program.commands) {
      assert.ok(
        lines.some(
          (line) => line.trimStart().startsWith(`${command.name()} `) && line.endsWith(command.summary()),
        ),
      );
    }
  });
});
