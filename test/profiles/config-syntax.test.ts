import assert from "node:assert/strict";
import fc from "fast-check";
import { parseConfig } from "../../src/profiles/config-index.ts";
import {
  ConfigSyntaxError,
  parseSections,
  type Sections,
  type Settings,
} from "../../src/profiles/config-syntax.ts";

type Plain = { [name: string]: string | Plain };

const plainSettings = (settings: Settings): Plain =>
  Object.fromEntries(
    [...settings].map(([name, { value, nested }]) => [name, nested ? plainSettings(nested) : value]),
  );
const plain = (sections: Sections) =>
  Object.fromEntries([...sections].map(([header, { settings }]) => [header, plainSettings(settings)]));

/** Each result is that of Python 3.11 and botocore 1.43. */
const TEXTS: [what: string, text: string, sections: Record<string, Plain>][] = [
  ["nothing", "", {}],
  ["a section and its settings", "[a]\nx = 1\ny=2\n", { a: { x: "1", y: "2" } }],
  ["a colon", "[a]\nx: 1\n", { a: { x: "1" } }],
  ["the first of both separators", "[a]\nx:y=1\nz = a = b\n", { a: { x: "y=1", z: "a = b" } }],
  ["names in any case, values as they are", "[A]\nROLE_Arn = Xy\n", { A: { role_arn: "Xy" } }],
  ["a comment in a line of its own, indented too", "# c\n[a]\n  ; c\nx = 1\n", { a: { x: "1" } }],
  ["a # in a value", "[a]\nx = 1 # no comment\n", { a: { x: "1 # no comment" } }],
  ["what follows a header", "[a] # c\nx = 1\n", { a: { x: "1" } }],
  ["a header to its last bracket", "[a] [b]\nx = 1\n", { "a] [b": { x: "1" } }],
  ["blanks in a header", "[ a ]\nx = 1\n", { " a ": { x: "1" } }],
  ["all kinds of line end", "[a]\r\nx = 1\ry = 2\n", { a: { x: "1", y: "2" } }],
  ["settings that are indented alike", "[a]\n  x = 1\n  y = 2\n", { a: { x: "1", y: "2" } }],
  ["a deeper line as more of the value", "[a]\nx = 1\n  y = 2\n", { a: { x: "1\ny = 2" } }],
  ["a comment within a value", "[a]\nx = 1\n# c\n  y\n", { a: { x: "1\ny" } }],
  ["a blank line within a value", "[a]\nx = 1\n\n  y\n", { a: { x: "1\n\ny" } }],
  ["a deeper header as more of the value", "[a]\nx = 1\n  [b]\ny = 2\n", { a: { x: "1\n[b]", y: "2" } }],
  ["an empty value", "[a]\nx =\n\n[b]\n", { a: { x: "" }, b: {} }],
  ["a block below an empty value", "[a]\ns3 =\n  Y = 1\n\n  z=2\n", { a: { s3: { Y: "1", z: "2" } } }],
  ["a bracket in a name", "[a]\n[]=1\n", { a: { "[]": "1" } }],
  ["blanks of other scripts", "[a]\nx\u00a0=\u30001\u2003\n", { a: { x: "1" } }],
  ["a form feed before a name", "[a]\n\fx=1\n", { a: { x: "1" } }],
  [
    "[DEFAULT] in every section",
    "[DEFAULT]\nx = 1\n[a]\ny = 2\n[b]\nx = 3\n",
    { a: { y: "2", x: "1" }, b: { x: "3" } },
  ],
  ["names that objects have", "[__proto__]\nconstructor = 1\n", { ["__proto__"]: { constructor: "1" } }],
];

const REFUSED: [what: string, text: string, line: number, words: RegExp][] = [
  ["a line that is no setting", "[a]\nx = 1\nno setting\n", 3, /NAME = VALUE/],
  ["a setting without a name", "[a]\n= 1\n", 2, /NAME = VALUE/],
  ["a setting before the first section", "\nx = 1\n[a]\n", 2, /before the first/],
  ["an empty header", "[]\nx = 1\n", 1, /before the first/],
  ["a header that does not end", "[a\nx = 1\n", 1, /before the first/],
  ["a section twice", "[a]\n[b]\n[a]\n", 3, /\[a\] occurs twice/],
  ["a setting twice", "[a]\nx = 1\nX = 2\n", 3, /x is set twice/],
  ["a block with a line that is no setting", "[a]\ns3 =\n  y\n", 3, /NAME = VALUE/],
];

describe("parsing an AWS file", () => {
  for (const [what, text, sections] of TEXTS) {
    it(`parses ${what}`, () => assert.deepEqual(plain(parseConfig(text)), sections));
  }

  for (const [what, text, line, words] of REFUSED) {
    it(`refuses with the line: ${what}`, () => {
      assert.throws(
        () => parseConfig(text),
        (error) => {
          assert.ok(error instanceof ConfigSyntaxError);
          assert.equal(error.line, line);
          assert.match(error.message, words);
          return true;
        },
      );
    });
  }

  it("returns the line of each setting", () => {
    const sections = parseConfig("# c\n[a]\n\nx = 1\ns3 =\n  # c\n  y = 2\n");
    const settings = sections.get("a")?.settings;
    assert.deepEqual([settings?.get("x")?.line, settings?.get("s3")?.nested?.get("y")?.line], [4, 7]);
  });

  it("parses or refuses any text, with the same result for single sections and all sections", () => {
    const pieces = [
      "[a]",
      "[b]",
      "[",
      "]",
      "=",
      ":",
      "\n",
      "\n",
      "\n",
      "  ",
      "#",
      "x",
      "y=1",
      "x = 2",
      "x =",
      "\n  z = 3",
      "\r\n",
      "\r",
      "\u2028",
      "é",
    ];
    const outcome = (parse: (text: string) => Sections, text: string) => {
      try {
        const sections = parse(text);
        const lines = [...sections.values()].flatMap(({ settings }) =>
          [...settings.values()].map(({ line }) => line),
        );
        return [plain(sections), lines];
      } catch (error) {
        assert.ok(error instanceof ConfigSyntaxError);
        return [error.line, error.message];
      }
    };
    const property = fc.property(fc.array(fc.constantFrom(...pieces), { maxLength: 40 }), (some) => {
      const text = some.join("");
      assert.deepEqual(outcome(parseConfig, text), outcome(parseSections, text));
    });
    fc.assert(property, { numRuns: 2_000 });
  });

  it("takes time linear in the text's length", () => {
    for (const unit of ["\t", "[", "x ", "= ", " \n", "\\"]) {
      const begun = process.cpuUsage();
      try {
        parseConfig(`[a]\nx = ${unit.repeat(300_000)}y\n`);
      } catch (error) {
        assert.ok(error instanceof ConfigSyntaxError);
      }
      assert.ok(process.cpuUsage(begun).user < 1_000_000, JSON.stringify(unit));
    }
  });

  it("takes no time that grows faster than the settings of a section", () => {
    const lines = Array.from({ length: 100_000 }, (_, at) => `x${at} = y\n`);
    const begun = process.cpuUsage();
    assert.equal(parseConfig(`[a]\n${lines.join("")}`).get("a")?.settings.size, 100_000);
    assert.throws(() => parseConfig(`[a]\n${lines.join("")}z = y\n`), /more than 100000 settings/);
    // What looks through all names for each takes minutes.
    assert.ok(process.cpuUsage(begun).user < 4_000_000);
  }).timeout(120_000);
});
