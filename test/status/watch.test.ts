import assert from "node:assert/strict";
import { type WatchTerminal, watch } from "../../src/status/watch.ts";
import { eventually } from "../support/eventually.ts";

/** A terminal that records what is written to it, and whose signals the test sends. */
function fakeTerminal() {
  const happened: string[] = [];
  const reactions = new Map<string, () => void>();
  const watching: WatchTerminal = {
    terminal: () => ({ width: 10, rows: 2, colour: false, unicode: true }),
    write: (text) => void happened.push(text),
    on: (event, react) => void reactions.set(event, react),
    suspend: () => void happened.push("halt"),
  };
  return { watching, happened, signal: (event: string) => reactions.get(event)?.() };
}

const enter = "\x1b[?1049h\x1b[?25l";
const leave = "\x1b[?25h\x1b[?1049l";
const frame = (...lines: string[]) => `\x1b[H${lines.map((line) => `${line}\x1b[K`).join("\r\n")}\x1b[J`;

describe("watch", () => {
  it("updates as soon as the terminal's size changes", async () => {
    const { watching, happened, signal } = fakeTerminal();
    let draws = 0;
    const setTimeout = globalThis.setTimeout;
    // Not after the usual pause.
    globalThis.setTimeout = ((react: () => void) => setTimeout(react, 60_000)) as typeof setTimeout;
    const ended = watch(async () => [`${++draws}`], watching);
    await eventually("a frame", () => happened.length === 2);
    globalThis.setTimeout = setTimeout;
    signal("resize");
    await eventually("the next", () => draws === 2);
    signal("end");
    await ended;
    assert.deepEqual(happened, [enter, frame("1"), frame("2"), leave]);
  });

  it("restores the terminal before it is suspended, and takes it again when it continues", async () => {
    const { watching, happened, signal } = fakeTerminal();
    const ended = watch(async () => ["x"], watching);
    await eventually("a frame", () => happened.length === 2);
    signal("stop");
    assert.deepEqual(happened.slice(2), [leave, "halt"]);
    signal("continue");
    await eventually("another frame", () => happened.length === 6);
    signal("end");
    await ended;
    assert.deepEqual(happened.slice(4), [enter, frame("x"), leave]);
  });

  it("cuts lines to the width, and their number to the height", async () => {
    const { watching, happened, signal } = fakeTerminal();
    const ended = watch(async () => ["12345678901234", "two", "three"], watching);
    await eventually("a frame", () => happened.length === 2);
    signal("end");
    await ended;
    assert.equal(happened[1], frame("1234567890", "two"));
  });

  it("restores the terminal when an update fails", async () => {
    const { watching, happened } = fakeTerminal();
    await assert.rejects(
      watch(async () => {
        throw new Error("no look");
      }, watching),
      /no look/,
    );
    assert.deepEqual(happened, [enter, leave]);
  });
});
