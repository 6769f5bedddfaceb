import assert from "node:assert/strict";
import {
  helperActions,
  isHelperAction,
  protocolText,
  unknownAction,
  usage,
} from "../../src/protocol/messages.ts";

describe("the wire strings, as clients compare them byte for byte", () => {
  it("say that nothing is held", () => {
    assert.equal(protocolText.notFound, "credentials not found in native keychain");
  });

  it("say what is missing", () => {
    assert.equal(protocolText.noServerUrl, "no credentials server URL");
    assert.equal(protocolText.noUsername, "no credentials username");
  });

  it("tell how the program is called", () => {
    assert.equal(usage("NAME"), "Usage: NAME <store|get|erase|list|version>");
    assert.equal(unknownAction("NAME", "X"), "NAME: unknown action: X");
  });

  it("name Docker's five actions, and no others", () => {
    assert.deepEqual([...helperActions].sort(), ["erase", "get", "list", "store", "version"]);
    for (const action of helperActions) assert.ok(isHelperAction(action));
    for (const word of ["", "GET", "get ", "constructor", "daemon", undefined])
      assert.ok(!isHelperAction(word));
  });
});
