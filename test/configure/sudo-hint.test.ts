import assert from "node:assert/strict";
import { sudoHint } from "../../src/configure/sudo-hint.ts";

describe("sudoHint", () => {
  const env = { SUDO_USER: "ann" };
  it("names the owner of the file that root would write", () => {
    assert.match(
      sudoHint(env, 0, "/root/.docker/config.json", 0) ?? "",
      /belongs to root.*ann.*without sudo/,
    );
    assert.equal(sudoHint(env, 0, "/home/ann/.docker/config.json", 1000), undefined);
  });

  it("is empty without sudo, or if both users are root", () => {
    assert.equal(sudoHint({}, 0, "/x", 0), undefined);
    assert.equal(sudoHint(env, 1000, "/x", 0), undefined);
    assert.equal(sudoHint({ SUDO_USER: "root" }, 0, "/x", 0), undefined);
  });
});
