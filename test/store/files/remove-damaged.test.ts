import assert from "node:assert/strict";
import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  readdirSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { removeDamaged } from "../../../src/store/files/remove-damaged.ts";
import { itAsRoot, otherUserId, useTempFolder } from "../../support/fakes/temp-folder.ts";

describe("removeDamaged", () => {
  const temp = useTempFolder();
  const state = () => `${temp()}/state`;
  const damaged = (folder: string) => {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    writeFileSync(`${folder}/host.entry`, "half an ent", { mode: 0o600 });
    return `${folder}/host.entry`;
  };

  it("removes the file, also from folders that were open", async () => {
    const path = damaged(`${state()}/logins`);
    for (const folder of [state(), `${state()}/logins`]) chmodSync(folder, 0o755);
    await removeDamaged(state(), path);
    assert.equal(existsSync(path), false);
    assert.deepEqual(readdirSync(`${state()}/tmp`), []);
  });

  itAsRoot("changes nothing in a state folder of another user", async () => {
    const path = damaged(`${state()}/logins`);
    chmodSync(state(), 0o777);
    chownSync(state(), otherUserId, otherUserId);
    await removeDamaged(state(), path);
    assert.ok(existsSync(path));
    assert.deepEqual(readdirSync(state()), ["logins"]);
  });

  it("changes nothing behind a link", async () => {
    const path = damaged(`${temp()}/elsewhere`);
    mkdirSync(state(), { mode: 0o700 });
    symlinkSync("../elsewhere", `${state()}/logins`);
    await removeDamaged(state(), `${state()}/logins/host.entry`);
    assert.ok(existsSync(path));
  });
});
