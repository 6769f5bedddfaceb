import assert from "node:assert/strict";
import { jsonObject } from "../../../src/aws/credentials/json-object.ts";

describe("jsonObject", () => {
  it("returns an object, and an array as the object that it is in JavaScript", () => {
    assert.deepEqual(jsonObject(' {"a":1}\n'), { a: 1 });
    assert.deepEqual(jsonObject("[1]"), [1]);
  });

  for (const text of ["", "null", "1", '"a"', "{", '{"a":1} x', "\ufeff{}"]) {
    it(`returns undefined for ${JSON.stringify(text)}`, () => assert.equal(jsonObject(text), undefined));
  }
});
