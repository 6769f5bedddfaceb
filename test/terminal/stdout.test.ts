import assert from "node:assert/strict";
import { printWhole } from "../../src/terminal/stdout.ts";
import { Failure } from "../../src/token/failure.ts";

/** @param codes the errors before each chunk */
function printed(text: string, piece: number, codes: string[] = []): string {
  let got = "";
  printWhole(text, (bytes, from) => {
    const code = codes.shift();
    if (code) throw Object.assign(new Error(code), { code });
    const part = Buffer.from(bytes.subarray(from, from + piece));
    got += part.toString("latin1");
    return part.length;
  });
  return Buffer.from(got, "latin1").toString();
}

describe("printWhole", () => {
  it("prints everything, in several pieces and to a pipe that is full for a moment", () => {
    assert.equal(printed("für wen", 3), "für wen\n");
    assert.equal(printed("abc", 2, ["EAGAIN", "EAGAIN"]), "abc\n");
  });

  it("stops if the reader closes the pipe, and fails if the disk refuses", () => {
    assert.equal(printed("abc", 2, ["EPIPE"]), "");
    assert.throws(
      () => printed("abc", 2, ["ENOSPC"]),
      (error) => error instanceof Failure && error.code === "STDOUT_WRITE" && /ENOSPC/.test(error.message),
    );
  });
});
