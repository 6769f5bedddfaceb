import assert from "node:assert/strict";
import { parseState, type RefresherState } from "../../../src/refresher/state.ts";
import { readOutputRecord, writeOutputRecord } from "../../../src/store/state/output-records.ts";
import {
  type RefresherFile,
  readRefresher,
  writeRefresher,
} from "../../../src/store/state/refresher-state.ts";
import { readReadings, readRules, writeReadings, writeRules } from "../../../src/store/state/replication.ts";
import { useTempFolder } from "../../support/fakes/temp-folder.ts";

const host = (at: number) => `${100_000_000_000 + at}.dkr.ecr.us-east-1.amazonaws.com`;
const from = <Part>(count: number, part: (at: number) => Part) =>
  Array.from({ length: count }, (_, at) => part(at));

// A role with {account} has a group, and with it a failure, for each account.
describe("the files of a fleet, larger than a token's file may be", () => {
  const state = useTempFolder();

  it("hold the state of the refresher", async () => {
    const wait = { issuedAt: 1, freshUntil: 2, expiresAt: 3 };
    const failure = {
      ...{
        count: 1,
        since: 1,
        at: 2,
        code: "UNREACHABLE",
        fix: "check the network",
        conditions: "a".repeat(64),
        wait,
      },
      what: `no ECR token (identity: ci (role x)): ${"the API can't be reached ".repeat(8)}`,
    };
    const groups = Object.fromEntries(from(3_000, (at) => [String(at).padStart(40, "0"), { failure }]));
    const content: RefresherState = { format: 1, groups };
    const file: RefresherFile = { format: 1, lastTickAt: 5, state: content };
    await writeRefresher(state(), file);
    const read = await readRefresher(state());
    assert.equal(read?.lastTickAt, 5);
    assert.deepEqual(parseState(read?.state), content);
  });

  it("hold the hosts of an output", async () => {
    const hosts = from(30_000, host);
    const record = { format: 1, path: "/srv/config.json", hosts, madeAuths: true, madeFile: false } as const;
    await writeOutputRecord(state(), record);
    assert.deepEqual(await readOutputRecord(state(), record.path), record);
  });

  it("hold replication rules and when they were read", async () => {
    const rules = new Map(
      from(20_000, (at) => [host(at), [{ account: "111122223333", region: "us-west-2" }]] as const),
    );
    await writeRules(state(), rules);
    assert.equal((await readRules(state(), (line) => assert.fail(line))).size, 20_000);
    const readings = Object.fromEntries(from(30_000, (at) => [host(at), { readAt: at }]));
    await writeReadings(state(), readings);
    assert.deepEqual(await readReadings(state()), readings);
  });
});
