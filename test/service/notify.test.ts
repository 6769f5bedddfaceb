import assert from "node:assert/strict";
import { join } from "node:path";
import { openNotifySocket } from "../../src/service/notify.ts";
import { useChildren } from "../support/fakes/child.ts";
import { useTempFolder } from "../support/fakes/temp-folder.ts";

describe("openNotifySocket", () => {
  before(function () {
    if (process.platform !== "linux") this.skip();
  });
  const folder = useTempFolder();
  const startChild = useChildren();

  for (const [kind, addressOf] of [
    ["a path", () => join(folder(), "a b é.sock")],
    ["an abstract name", () => `@ecr-notify-${crypto.randomUUID()}`],
  ] as const) {
    it(`sends to ${kind}`, async () => {
      const address = addressOf();
      const systemd = startChild("./notify-socket.ts", [address]);
      await systemd.said('"bound"');
      const send = openNotifySocket(address);
      assert.equal(send?.("READY=1\nSTATUS=é"), true);
      await systemd.said(JSON.stringify("READY=1\nSTATUS=é"));
    });
  }

  it("returns false if no process listens, and does not fail", () => {
    assert.equal(openNotifySocket(join(folder(), "none"))?.("READY=1"), false);
  });

  it("rejects addresses of another kind or length", () => {
    for (const address of ["vsock:2:1234", "relative", `/${"x".repeat(108)}`, "@"]) {
      assert.equal(openNotifySocket(address), undefined, address);
    }
  });
});
