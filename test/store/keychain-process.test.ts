import assert from "node:assert/strict";
import { KeychainProcess } from "../../src/store/keychain-process.ts";
import { useTempFolder } from "../support/fakes/temp-folder.ts";

describe("the process that asks the keychain", () => {
  const folder = useTempFolder();
  const asking = (...command: readonly string[]) =>
    new KeychainProcess({ command, env: {}, state: `${folder()}/state`, limit: 5_000 }).read(["name"]);

  it("is a keychain's failure where it can't be started, so that who asks goes on without", async () => {
    await assert.rejects(asking(`${folder()}/absent`), {
      code: "KEYCHAIN_UNREACHABLE",
      message: /can't be started \(ENOENT\)/,
    });
  });

  it("is one where it breaks off, or answers what is no answer", async () => {
    for (const script of [
      "kill -KILL $$",
      "exit 1",
      "echo rubbish",
      "echo '{}'",
      "echo null",
      `echo '{"values":3}'`,
    ]) {
      await assert.rejects(asking("/bin/sh", "-c", script), { code: "KEYCHAIN_UNREACHABLE" }, script);
    }
  });
});
