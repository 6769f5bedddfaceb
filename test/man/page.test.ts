import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { manPage } from "../../scripts/man/page.ts";
import { fill, roff, roffLines, roffOfMarkdown } from "../../scripts/man/roff.ts";
import { helperActions } from "../../src/protocol/messages.ts";
import { harmlessNames, sessionNames } from "../../src/token/variable-patterns.ts";
import { needs } from "../support/e2e/needs.ts";
import { commandsOf, silentProgram } from "../support/whole-program.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));
const read = (path: string) => readFileSync(join(root, path), "utf8");
const program = await silentProgram();
const sections = read("scripts/man/sections.1");
const page = manPage({
  program,
  version: "1.2.3",
  date: "2026-01-31",
  sections,
  errors: read("docs/errors.md"),
});

/** Variables that a service manager or the runtime sets, and users do not. */
const notForUsers = ["AWS_CLI_", "BUN_INSPECT", "JOURNAL_STREAM", "NODE_USE_ENV_PROXY"];

describe("the man page", () => {
  it("documents every command with its arguments and options", () => {
    for (const command of commandsOf(program).slice(1)) {
      assert.match(
        page,
        new RegExp(`^\\.SS "(?:\\S+ )*${roff(command.name()).replaceAll("\\", "\\\\")}[ "]`, "m"),
      );
      for (const { flags } of command.options.filter(({ hidden }) => !hidden)) {
        assert.ok(page.includes(`\n\\fB${roff(flags)}\\fR\n`), `${flags} of ${command.name()}`);
      }
    }
  });

  it("documents every environment variable for users", () => {
    const files = [...new Bun.Glob("src/**/*.ts").scanSync(root)];
    const variables = new Set(
      files.flatMap((file) =>
        [...read(file).matchAll(/\benv\.([A-Z][A-Z0-9_]+)|"(AWS_[A-Z0-9_]+)"/g)].map(
          ([, one, other = ""]) => one ?? other,
        ),
      ),
    );
    for (const name of codesOf(read("docs/errors.md"))) variables.delete(name);
    // Variables that only stand in the list of those without a meaning for the identity.
    const elsewhere = files
      .filter((file) => !/token\/(?:dependencies|variable-patterns)\.ts$/.test(file))
      .map(read)
      .join("\n");
    for (const name of [...harmlessNames, ...sessionNames])
      if (!elsewhere.includes(name)) variables.delete(name);
    assert.ok(variables.size > 20);
    for (const name of variables) {
      assert.ok(notForUsers.includes(name) || new RegExp(`\\b${name}\\b`).test(page), name);
    }
  });

  it("documents every error", () => {
    const codes = codesOf(read("docs/errors.md"));
    assert.ok(codes.length > 50);
    for (const code of codes) assert.ok(page.includes(`\n.TP\n\\fB${code}\\fR\n`), code);
  });

  it("names no command that does not exist", () => {
    const known = [...commandsOf(program).map((command) => command.name()), ...helperActions];
    const lines = page.replaceAll("\\-", "-").matchAll(/^docker-credential-ecr ([a-z][\w-]*)/gm);
    for (const [line, word = ""] of lines) assert.ok(known.includes(word), line);
  });

  it("has no unfilled placeholder", () => {
    assert.match(
      page,
      /^\.TH DOCKER-CREDENTIAL-ECR 1 2026-01-31 "docker-credential-ecr 1\.2\.3" "User Commands"\n\.SH NAME\n/,
    );
    assert.doesNotMatch(page, / here$|undefined/m);
  });

  it("was written by the build", () => {
    const dated = (text: string) => text.split("\n").slice(1).join("\n");
    assert.equal(dated(read("dist/docker-credential-ecr.1")), dated(page));
  });

  describe("read by groff", () => {
    needs("groff");
    it("has no warnings", () => assert.equal(printed("groff", ["-man", "-Tutf8", "-ww"], page).stderr, ""));
  });

  describe("read by mandoc", () => {
    needs("mandoc");
    it("has no warnings", () => {
      const { stdout, stderr, status } = spawnSync("mandoc", ["-Tlint"], { input: page, encoding: "utf8" });
      assert.deepEqual({ stdout, stderr, status }, { stdout: "", stderr: "", status: 0 });
    });

    it("shows special characters unchanged", () => {
      const odd = ".dot 'quote' \\back -dash -- ~home ^ `tick` \"two\" %c";
      const long = `${"word ".repeat(15)}abc .dot`;
      const body = [fill(roff(odd)), fill(roff(long)), ...roffLines([odd, `  ${odd}`])].join("\n");
      const { stdout } = printed(
        "mandoc",
        ["-Tutf8", "-O", "width=400"],
        `.TH X 1 2026-01-31\n.SH S\n${body}\n`,
      );
      const plain = stdout.replace(/.[\b]/g, "");
      assert.ok(plain.includes(`${odd} ${long}`), plain);
      assert.match(plain, /^ +\.dot.*\n +\.dot/m);
      assert.equal(plain.split(odd).length, 4);
    });

    it("shows Markdown without markup", () => {
      const markdown = "A `b -c` and **d** at <https://e.f/g> or [h](i.md).";
      const { stdout } = printed(
        "mandoc",
        ["-Tutf8"],
        `.TH X 1 2026-01-31\n.SH S\n${roffOfMarkdown(markdown)}\n`,
      );
      assert.ok(stdout.replace(/.[\b]/g, "").includes("A b -c and d at https://e.f/g or h."), stdout);
    });
  });
});

function codesOf(markdown: string): string[] {
  return [...markdown.matchAll(/^### ([A-Z0-9_]+)$/gm)].map(([, code = ""]) => code);
}

function printed(command: string, args: readonly string[], input: string) {
  const { stdout, stderr, status } = spawnSync(command, args, { input, encoding: "utf8" });
  assert.equal(status, 0, stderr);
  return { stdout, stderr };
}
