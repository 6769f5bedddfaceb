import assert from "node:assert/strict";
import { renderEntry, renderFailures, renderLine, renderSummary } from "../../src/doctor/render.ts";
import type { Entry } from "../../src/doctor/runner.ts";

const plain = { width: 80, colour: false, home: "/home/me" };
const entry = (more: Partial<Entry>): Entry => ({ name: "disk", status: "ok", seen: "", took: 1, ...more });
const words = "one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen";

describe("doctor's rendering", () => {
  it("keeps to the width, whatever was observed, and loses no word", () => {
    for (const status of ["ok", "failed", "skipped"] as const) {
      const text = renderEntry(entry({ status, seen: words, fix: words, code: "DNS" }), plain);
      for (const line of text.split("\n")) assert.ok(line.length <= 80, line);
      assert.ok(text.replace(/\s+/g, " ").includes(words));
    }
  });

  it("keeps to a narrow terminal too", () => {
    const narrow = { ...plain, width: 40 };
    const failed = entry({ status: "failed", seen: words, fix: words, code: "DNS" });
    const all = [entry({ seen: words }), entry({ status: "skipped", seen: words }), failed];
    const text = [...all.map((each) => renderEntry(each, narrow)), renderSummary(all, narrow)].join("\n");
    for (const line of text.split("\n")) assert.ok(line.length <= 40, line);
    assert.equal(text.replace(/\s+/g, " ").split(words).length, 5);
    assert.match(text, /^ok {7}disk\n {9}one two/);
    assert.match(text, /1 ok, 1 failed, 1 skipped: fix disk\nfirst/);
  });

  it("does not break text that is to be copied", () => {
    const word = "x".repeat(100);
    assert.ok(renderEntry(entry({ status: "failed", fix: `run ${word} now` }), plain).includes(word));
  });

  it("breaks a command with backslashes, and a sentence at spaces", () => {
    const words = `docker-credential-ecr configure-docker ${"a".repeat(40)} --replace`;
    const fixOf = (fix: string) =>
      renderEntry(entry({ status: "failed", fix }), plain)
        .split("\n")
        .slice(2)
        .map((line) => line.trimStart());
    assert.deepEqual(fixOf(words), [
      "fix   docker-credential-ecr configure-docker \\",
      `${"a".repeat(40)} --replace`,
    ]);
    assert.equal(fixOf(`${words}, then try again`)[0], "fix   docker-credential-ecr configure-docker");
  });

  it("shows the home folder as ~ in what was observed, and in full in the fix", () => {
    const text = renderEntry(entry({ status: "failed", seen: "/home/me/a", fix: "/home/me/a" }), plain);
    assert.match(text, /seen {2}~\/a\n.*fix {3}\/home\/me\/a$/);
    const other = { ...plain, home: "/" };
    assert.match(renderEntry(entry({ seen: "/etc/a" }), other), / \/etc\/a$/);
  });

  it("colours only the status, and only if requested", () => {
    const failing = entry({ status: "failed", seen: "x", fix: "y", code: "DNS" });
    assert.doesNotMatch(renderEntry(failing, plain), /\p{Cc}\[/u);
    const coloured = renderEntry(failing, { ...plain, colour: true });
    assert.ok(coloured.startsWith("\u001b[31mfailed   \u001b[39m"));
    assert.equal(coloured.split("\u001b").length, 3);
  });

  it("shows a failure in one line while the others run, and in full at the end", () => {
    const failing = entry({ status: "failed", name: "dns", seen: "no answer", fix: "see", code: "DNS" });
    assert.equal(renderLine(failing, plain), "failed   dns            DNS");
    assert.equal(renderLine(entry({ seen: "40 GiB" }), plain), "ok       disk           40 GiB");
    assert.deepEqual(renderFailures([entry({}), failing], plain), [
      "failed   dns            DNS",
      "         seen  no answer",
      "         fix   see",
    ]);
  });

  it("names the registry of a failure where there are several", () => {
    const of = (registry: string, name: string) =>
      entry({ registry, name, status: "failed", seen: "x", fix: "y", code: "DNS" });
    const all = [entry({ registry: "a" }), of("b", "one"), of("b", "two"), of("c", "one")];
    const heads = renderFailures(all, plain).filter((line) => !line.startsWith(" "));
    assert.deepEqual(
      heads.map((line) => line.replace(/ +/g, " ")),
      [...["b", "failed one DNS", "failed two DNS"], ...["c", "failed one DNS"]],
    );
  });

  it("leaves out the last failures where there is no room, and says how many", () => {
    const all = Array.from({ length: 9 }, (_, index) =>
      entry({ name: `check ${index}`, status: "failed", seen: words, fix: words, code: "DNS" }),
    );
    const whole = renderFailures(all, plain);
    for (let rows = 1; rows <= whole.length + 1; rows++) {
      const shown = renderFailures(all, plain, rows);
      // The first one is shown however little room there is.
      assert.ok(shown.length <= Math.max(rows, 6), `${shown.length} lines for ${rows}`);
      if (rows >= whole.length) assert.deepEqual(shown, whole);
      else {
        const [, left] = /^and (\d+) more, which --failed shows$/.exec(shown.at(-1) ?? "") ?? [];
        const heads = shown.filter((line) => line.startsWith("failed")).length;
        assert.equal(heads + Number(left), all.length);
      }
    }
  });

  it("has a summary with the check to fix first", () => {
    const all = [entry({}), entry({ name: "b", status: "failed" }), entry({ name: "c", status: "failed" })];
    assert.equal(renderSummary(all, plain), "1 ok, 2 failed, 0 skipped: fix b first, then run doctor again");
    assert.equal(renderSummary([entry({})], plain), "1 ok, 0 failed, 0 skipped");
  });
});
