import assert from "node:assert/strict";
import { sudoHint } from "../../src/configure/sudo-hint.ts";

describe("sudoHint", () => {
  const env = { SUDO_USER: "ann" };
  it("says whose file root is about to write", () => {
    assert.match(sudoHint(env, 0, "/root/.docker/config.json", 0) ?? "", /is root's.*ann.*without sudo/);
    assert.equal(sudoHint(env, 0, "/home/ann/.docker/config.json", 1000), undefined);
  });

  it("has nothing to say without sudo, or where both are root", () => {
    assert.equal(sudoHint({}, 0, "/x", 0), undefined);
    assert.equal(sudoHint(env, 1000, "/x", 0), undefined);
    assert.equal(sudoHint({ SUDO_USER: "root" }, 0, "/x", 0), undefined);
  });
});
