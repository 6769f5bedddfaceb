import assert from "node:assert/strict";
import {
  helperActions,
  isHelperAction,
  protocolText,
  unknownAction,
  usage,
} from "../../src/protocol/messages.ts";

describe("protocol texts, which clients compare byte for byte", () => {
  it("report that nothing is stored", () => {
    assert.equal(protocolText.notFound, "credentials not found in native keychain");
  });

  it("report what is missing", () => {
    assert.equal(protocolText.noServerUrl, "no credentials server URL");
    assert.equal(protocolText.noUsername, "no credentials username");
  });

  it("describe the usage", () => {
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
