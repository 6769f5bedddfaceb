import assert from "node:assert/strict";
import { systemdNotifier, takeNotifyVariables } from "../../src/service/notifier.ts";

describe("systemdNotifier", () => {
  function sentBy(isWatched: boolean) {
    const sent: string[] = [];
    return { sent, notifier: systemdNotifier((message) => sent.push(message) > 0, isWatched) };
  }

  it("extends the start until it is ready, and then only sends watchdog messages", () => {
    const { sent, notifier } = sentBy(true);
    notifier.alive();
    notifier.ready("2 registries managed");
    notifier.alive();
    notifier.stopping();
    assert.deepEqual(sent, [
      "WATCHDOG=1\nEXTEND_TIMEOUT_USEC=300000000",
      "READY=1\nWATCHDOG=1\nSTATUS=2 registries managed",
      "WATCHDOG=1",
      "STOPPING=1\nSTATUS=ending",
    ]);
  });

  it("sends no watchdog messages without a watchdog, and keeps the status to one line", () => {
    const { sent, notifier } = sentBy(false);
    notifier.ready("one\nMAINPID=1");
    notifier.alive();
    assert.deepEqual(sent, ["READY=1\nSTATUS=one MAINPID=1"]);
  });
});

describe("takeNotifyVariables", () => {
  it("removes all of them for children", () => {
    const env = { NOTIFY_SOCKET: "/run/x", WATCHDOG_USEC: "1000", WATCHDOG_PID: "7", HOME: "/root" };
    assert.deepEqual(takeNotifyVariables(env, 7), { address: "/run/x", isWatched: true });
    assert.deepEqual(Object.keys(env), ["HOME"]);
  });

  it("checks which process the watchdog is for", () => {
    assert.ok(!takeNotifyVariables({ WATCHDOG_USEC: "1000", WATCHDOG_PID: "8" }, 7).isWatched);
    assert.ok(takeNotifyVariables({ WATCHDOG_USEC: "1000" }, 7).isWatched);
    assert.deepEqual(takeNotifyVariables({ NOTIFY_SOCKET: "" }, 7), { address: undefined, isWatched: false });
  });
});
