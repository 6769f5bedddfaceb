import assert from "node:assert/strict";
import { chmodSync, existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { readReadings, readRules, writeReadings, writeRules } from "../../../src/store/state/replication.ts";
import { Failure } from "../../../src/token/failure.ts";
import { modeOf, useTempFolder, writeWithMode } from "../../support/fakes/temp-folder.ts";

const west = { account: "111122223333", region: "us-west-2" };
const abroad = { account: "444455556666", region: "eu-west-1" };
const host = "111122223333.dkr.ecr.us-east-1.amazonaws.com";

describe("the store of replication rules", () => {
  const temp = useTempFolder();
  const path = () => `${temp()}/replication.json`;
  let told: string[] = [];
  beforeEach(() => {
    told = [];
  });
  const read = () => readRules(temp(), (line) => told.push(line));

  it("returns what was stored, in a private file", async () => {
    assert.equal(await writeRules(temp(), new Map([[host, [abroad, west]]])), true);
    assert.deepEqual(await read(), new Map([[host, [west, abroad]]]));
    assert.equal(modeOf(path()), "0600");
    assert.deepEqual(told, []);
  });

  it("does not touch the file for the same rules in another order", async () => {
    await writeRules(temp(), new Map([[host, [abroad, west]]]));
    const { ino } = statSync(path());
    assert.equal(await writeRules(temp(), new Map([[host, [west, abroad]]])), false);
    assert.equal(statSync(path()).ino, ino);
    assert.equal(await writeRules(temp(), new Map([[host, [west]]])), true);
    assert.notEqual(statSync(path()).ino, ino);
  });

  it("distinguishes a source without rules from one with unknown rules", async () => {
    await writeRules(temp(), new Map([[host, []]]));
    assert.deepEqual((await read()).get(host), []);
    assert.equal(await writeRules(temp(), new Map()), true);
    assert.ok(!existsSync(path()));
    assert.equal(await writeRules(temp(), new Map()), false);
    assert.deepEqual([await read(), told], [new Map(), []]);
  });

  for (const text of [
    "",
    "{",
    "null",
    "[]",
    '{"format":2,"sources":{}}',
    '{"format":1}',
    '{"format":1,"sources":null}',
    '{"format":1,"sources":{"x":1}}',
    '{"format":1,"sources":{"x":[{"account":1,"region":"us-east-1"}]}}',
    '{"format":1,"sources":{"x":[null]}}',
  ]) {
    it(`counts a file with ${JSON.stringify(text)} as absent, reports it and replaces it`, async () => {
      writeWithMode(path(), text, 0o600);
      assert.deepEqual(await read(), new Map());
      assert.match(told.join("\n"), /^STATE_FILE \S+replication\.json was ignored: [^\n]+$/);
      assert.equal(await writeRules(temp(), new Map([[host, [west]]])), true);
      assert.deepEqual(await read(), new Map([[host, [west]]]));
    });
  }

  it("counts a file that others can write as absent", async () => {
    await writeRules(temp(), new Map([[host, [west]]]));
    chmodSync(path(), 0o666);
    assert.deepEqual(await read(), new Map());
    assert.match(told[0] ?? "", /other users can access it/);
  });

  it("reports a failure of the disk", async () => {
    mkdirSync(path());
    await assert.rejects(writeRules(temp(), new Map([[host, [west]]])), (error) => {
      return error instanceof Failure && error.code === "STATE_WRITE";
    });
  });

  it("returns readings unchanged, and undefined for a broken file", async () => {
    assert.equal(await readReadings(temp()), undefined);
    await writeReadings(temp(), { a: 1 });
    assert.deepEqual(await readReadings(temp()), { a: 1 });
    writeFileSync(`${temp()}/replication-readings.json`, "{");
    assert.equal(await readReadings(temp()), undefined);
    assert.equal(readFileSync(`${temp()}/replication-readings.json`, "utf8"), "{");
  });
});
