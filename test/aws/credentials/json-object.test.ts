import assert from "node:assert/strict";
import { jsonObject } from "../../../src/aws/credentials/json-object.ts";

describe("jsonObject", () => {
  it("gives an object, and an array as what JavaScript takes for one", () => {
    assert.deepEqual(jsonObject(' {"a":1}\n'), { a: 1 });
    assert.deepEqual(jsonObject("[1]"), [1]);
  });

  for (const text of ["", "null", "1", '"a"', "{", '{"a":1} x', "\ufeff{}"]) {
    it(`gives nothing of ${JSON.stringify(text)}`, () => assert.equal(jsonObject(text), undefined));
  }
});
