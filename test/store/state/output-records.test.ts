import assert from "node:assert/strict";
import { readdirSync, writeFileSync } from "node:fs";
import {
  lockOutput,
  type OutputRecord,
  outputPaths,
  readOutputFailure,
  readOutputRecord,
  recordOutputFailure,
  removeOutputRecord,
  writeOutputRecord,
} from "../../../src/store/state/output-records.ts";
import { useTempFolder } from "../../support/fakes/temp-folder.ts";

describe("the records of outputs", () => {
  const state = useTempFolder();
  const path = "/srv/config.json";
  const failure = { code: "OUTPUT_FILE", what: "it can't be written", fix: "fix it" };
  const record: OutputRecord = { format: 1, path, hosts: ["a.example"], madeAuths: true, madeFile: false };
  const empty = { ...record, hosts: [], madeAuths: false };

  it("are stored by path, with their failures next to them", async () => {
    await writeOutputRecord(state(), record);
    await recordOutputFailure(state(), path, failure);
    await recordOutputFailure(state(), "/srv/other.json", failure);
    assert.deepEqual(await readOutputRecord(state(), path), record);
    assert.deepEqual(await readOutputFailure(state(), path), { format: 1, path, ...failure });
    assert.deepEqual([...(await outputPaths(state()))].sort(), [path, "/srv/other.json"]);
    assert.deepEqual(await readOutputRecord(state(), "/srv/other.json"), {
      ...empty,
      path: "/srv/other.json",
    });
  });

  it("can be removed twice", async () => {
    await writeOutputRecord(state(), record);
    await recordOutputFailure(state(), path, failure);
    for (const _ of [1, 2]) {
      await removeOutputRecord(state(), path);
      await recordOutputFailure(state(), path, undefined);
    }
    assert.deepEqual(await outputPaths(state()), []);
    assert.deepEqual(await readOutputRecord(state(), path), empty);
    assert.equal(await readOutputFailure(state(), path), undefined);
  });

  for (const text of ["", "{", "null", '{"format":2,"path":"/srv/config.json","hosts":[]}', '{"format":1}']) {
    it(`with ${text || "no content"} count as absent`, async () => {
      await writeOutputRecord(state(), record);
      await recordOutputFailure(state(), path, failure);
      for (const name of readdirSync(`${state()}/outputs`)) writeFileSync(`${state()}/outputs/${name}`, text);
      assert.deepEqual(await readOutputRecord(state(), path), empty);
      assert.equal(await readOutputFailure(state(), path), undefined);
    });
  }

  it("have a lock for each file", async () => {
    const release = await lockOutput(state(), path);
    assert.ok(release);
    assert.equal(await lockOutput(state(), path), undefined);
    const other = await lockOutput(state(), "/srv/other.json");
    assert.ok(other);
    release();
    other();
    const again = await lockOutput(state(), path);
    assert.ok(again);
    again();
  });
});
