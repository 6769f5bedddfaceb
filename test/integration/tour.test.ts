import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { renderPictures } from "../../scripts/tour/pictures.ts";
import { story } from "../../scripts/tour/story.ts";
import { root } from "../support/program/guide.ts";
import { programPath } from "../support/program/program.ts";

const kib = 1024;
const demoPath = join(root, "scripts/demo.ts");

describe("the tour", function () {
  this.timeout(600_000);
  before(() => void programPath());

  describe("in docs/images", () => {
    let pictures: Readonly<Record<string, string>> = {};
    before(async function () {
      // doctor has other checks elsewhere.
      if (process.platform !== "linux") this.skip();
      const isCurrent = ([name, svg]: [string, string]) =>
        readFileSync(join(root, "docs/images", name), "utf8") === svg;
      // On a starved machine, a time limit of the program may show another failure.
      for (let attempt = 0; attempt < 3; attempt++) {
        pictures = await renderPictures();
        if (Object.entries(pictures).every(isCurrent)) break;
      }
    });

    it("shows what the program shows", () => {
      const names = readdirSync(join(root, "docs/images")).sort();
      assert.deepEqual(names, Object.keys(pictures).sort());
      for (const [name, svg] of Object.entries(pictures)) {
        const fix = `${name} is outdated: build, then run 'node scripts/bun.mjs scripts/tour/main.ts'`;
        assert.equal(readFileSync(join(root, "docs/images", name), "utf8"), svg, fix);
      }
    });

    it("is small, loads nothing, and contains nothing of the machine that rendered it", () => {
      for (const [name, svg] of Object.entries(pictures)) {
        assert.ok(svg.length < 100 * kib, `${name}: ${svg.length}`);
        assert.doesNotMatch(svg, /<script|<image|@import|url\(|\/tmp\/|\/root|ecr-home/, name);
        const times = new Set(svg.match(/\d{4}-\d\d-\d\d/g));
        assert.deepEqual(
          [...times].filter((day) => day !== "2026-11-27"),
          [],
          name,
        );
      }
    });

    it("takes less than a minute, and is in the README", () => {
      const [, seconds] = /animation:([\d.]+)s/.exec(pictures["tour.svg"] ?? "") ?? [];
      assert.ok(Number(seconds) > 20 && Number(seconds) < 55, `${seconds} s`);
      const readme = readFileSync(join(root, "README.md"), "utf8");
      for (const name of Object.keys(pictures)) assert.ok(readme.includes(`src="docs/images/${name}"`), name);
    });
  });

  describe("npm run demo, with an empty HOME,", () => {
    let home = "";
    let temporary = "";
    let env: Record<string, string> = {};
    beforeEach(() => {
      home = mkdtempSync(join(tmpdir(), "ecr-demo-"));
      temporary = join(home, "tmp");
      mkdirSync(temporary);
      env = { HOME: home, TMPDIR: temporary, PATH: "/usr/bin:/bin" };
    });
    afterEach(() => {
      const left = [readdirSync(temporary), readdirSync(home)];
      rmSync(home, { recursive: true, force: true });
      // Bun may cache the demo itself in .bun.
      assert.deepEqual(left.flat().sort(), left.flat().includes(".bun") ? [".bun", "tmp"] : ["tmp"]);
    });

    it("shows the same story, and leaves nothing behind", async () => {
      const demo = spawn(process.execPath, [demoPath], { env });
      const ended = new Promise((resolve) => demo.on("exit", resolve));
      const [stdout, stderr] = await Promise.all([text(demo.stdout), text(demo.stderr)]);
      assert.deepEqual([await ended, stderr], [0, ""]);
      let at = 0;
      for (const { title, command } of story) {
        const next = stdout.indexOf(`${title}\n$ ${command}\n`, at);
        assert.ok(next >= at, `${title} expected in ${stdout}`);
        at = next;
      }
      assert.match(stdout, /3 registries: 3 valid but not renewed\n/);
      assert.match(stdout, /3 registries: 3 OK\n/);
      assert.equal(stdout.match(/"Secret":"[^"]{9}…"/g)?.length, 3, "no token is shown");
      assert.match(stdout, /example\.com\ncredentials not found/);
    });

    it("waits for the reader at a terminal, and leaves nothing behind after Ctrl-C", async () => {
      let sent = "";
      const demo = Bun.spawn([process.execPath, demoPath], {
        env: { ...env, TERM: "xterm" },
        terminal: {
          cols: 100,
          rows: 24,
          data(terminal, data) {
            sent += Buffer.from(data);
            // An impatient user presses it again and again.
            if (sent.includes("Registries found")) terminal.write("\x03");
          },
        },
      });
      assert.equal(await demo.exited, 130, sent);
      demo.terminal?.close();
      assert.ok(!sent.includes("2/7"));
    });
  });
});
