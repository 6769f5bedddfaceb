import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Argument, Command, Option } from "commander";
import { bashScript } from "../../src/completion/bash.ts";
import { fishScript } from "../../src/completion/fish.ts";
import { placesOf } from "../../src/completion/places.ts";
import { zshScript } from "../../src/completion/zsh.ts";
import { needs } from "../support/e2e/needs.ts";
import { offers, shells } from "../support/shells/offers.ts";

const write = { bash: bashScript, zsh: zshScript, fish: fishScript };

/** Commands with all kinds of arguments and options, under an invented program name. */
function tree(): Command {
  const install = new Command("install").summary("put it there").option("--user <name>", "whose");
  const remove = new Command("remove").summary("take it away: [all] of 'it' \\ `now` $HOME");
  const service = new Command("service")
    .helpCommand(false)
    .summary("the service")
    .addCommand(install)
    .addCommand(remove);
  const show = new Command("show")
    .summary("show one")
    .argument("[REGISTRY...]", "which")
    .addOption(new Option("-f, --format <format>", "how").choices(["json", "yaml"]))
    .option("--style <plain|fancy>", "how else")
    .option("--bundle <file>", "where to: [a] 'file' \\ `x` $HOME");
  const shell = new Command("shell").addArgument(new Argument("<name>", "which").choices(["one", "two"]));
  const hidden = new Command("secret").summary("nobody's");
  const program = new Command("try-it").helpCommand(false).addCommand(service).addCommand(show);
  return program.addCommand(shell).addCommand(hidden, { hidden: true });
}

for (const shell of shells) {
  describe(`completion in ${shell}`, function () {
    this.timeout(120_000);
    needs(shell);
    // One shared folder for zsh's cache of its functions.
    const folder = mkdtempSync(join(tmpdir(), "ecr-completion-"));
    after(() => rmSync(folder, { recursive: true, force: true }));
    const script = write[shell]("try-it", placesOf(tree()));

    function offered(line: string): string[] {
      const bin = join(folder, "bin");
      mkdirSync(bin, { recursive: true });
      writeFileSync(
        join(bin, "try-it"),
        '#!/bin/sh\n[ "$*" = "completion --registries" ] && echo one.example && echo two.example\n',
        {
          mode: 0o755,
        },
      );
      writeFileSync(join(folder, "a file"), "");
      return offers(shell, folder, script, line, { PATH: `${bin}:/usr/bin:/bin` });
    }

    const cases: Record<string, string[]> = {
      "try-it s": ["service", "shell", "show"],
      "try-it sho": ["show"],
      "try-it --": ["--help"],
      "try-it service ": ["install", "remove"],
      "try-it service --": ["--help"],
      "try-it service install --": ["--help", "--user"],
      "try-it service remove --": ["--help"],
      "try-it service install --user ": [],
      "try-it show service --": ["--bundle", "--format", "--help", "--style"],
      "try-it show ": ["one.example", "two.example"],
      "try-it show one.example t": ["two.example"],
      "try-it show --format json o": ["one.example"],
      "try-it show --format ": ["json", "yaml"],
      "try-it show -f j": ["json"],
      "try-it show --style ": ["fancy", "plain"],
      "try-it show --for": ["--format"],
      "try-it shell ": ["one", "two"],
    };
    for (const [line, expected] of Object.entries(cases)) {
      it(`${JSON.stringify(line)}: ${expected.join(" ") || "nothing"}`, () => {
        assert.deepEqual(offered(line), expected);
      });
    }

    it("offers the values of --option= as well", () => {
      const [found = ""] = offered("try-it show --format=j");
      assert.equal(found.replace("--format=", ""), "json");
    });

    it("offers files only for file arguments", () => {
      assert.match(offered("try-it show --bundle a").join(" "), /^a(\\? file)?$/);
      assert.deepEqual(offered("try-it show z"), []);
    });
  });
}

describe("placesOf", () => {
  it("contains every command except hidden ones", () => {
    const paths = placesOf(tree()).map(({ path }) => path.join(" "));
    assert.deepEqual(paths, ["", "service", "service install", "service remove", "show", "shell"]);
  });
});
