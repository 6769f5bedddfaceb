import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { parseConfig } from "../../src/config/parse.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));
const read = (path: string) => readFileSync(`${root}${path}`, "utf8");
const guide = read("docs/packer.md");
const blocks = [...guide.matchAll(/^```(\w+)\n([\s\S]*?)^```$/gm)].map(([, language = "", text = ""]) => ({
  language,
  text,
}));

const files = readdirSync(`${root}examples`, { recursive: true })
  .map((name) => `examples/${name}`)
  .filter((path) => statSync(`${root}${path}`).isFile());
/** The files of examples/, and what their comments show. */
const shown = files.map(read).flatMap((text) => [`\n${text}`, `\n${text.replace(/^# {0,3}/gm, "")}`]);

/** What a reader types on a host, and no script has. */
const isTyped = (text: string) =>
  /^(\.\/install\.sh|npm|packer|export DOCKER_CONFIG=\$HOME\/\.docker$)/m.test(text);

describe("docs/packer.md", () => {
  it("has blocks of each kind", () => {
    assert.deepEqual(new Set(blocks.map(({ language }) => language)), new Set(["hcl", "sh", "yaml"]));
  });

  for (const { language, text } of blocks.filter(
    (block) => block.language !== "sh" || !isTyped(block.text),
  )) {
    it(`shows of examples/ what is there: ${language}, ${text.trim().split("\n")[0]}`, () => {
      assert.ok(
        shown.some((file) => file.includes(`\n${text}`)),
        text,
      );
    });
  }

  it("names only files that are there", () => {
    const paths = [...guide.matchAll(/\]\(\.\.\/([^)#]+)\)|(examples\/[\w./-]*\w)/g)];
    assert.ok(paths.length > 5);
    for (const [, link = "", path = link] of paths) assert.ok(existsSync(`${root}${path}`), path);
  });

  for (const path of files.filter((name) => name.endsWith("/config.yaml"))) {
    it(`${path} is a config that this version takes`, () => {
      assert.equal(parseConfig(read(path), path).registries.length, 2);
    });
  }

  it("all examples are in their list", () => {
    const list = read("examples/README.md");
    for (const path of files) {
      if (path !== "examples/README.md")
        assert.ok(list.includes(`(${path.slice("examples/".length)})`), path);
    }
  });
});
