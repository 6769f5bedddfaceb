import assert from "node:assert/strict";
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { authorizationPath, failurePath } from "../../src/store/files/paths.ts";
import { eventually } from "../support/eventually.ts";
import { type Child, useChildren } from "../support/fakes/child.ts";
import { useTempFolder } from "../support/fakes/temp-folder.ts";

describe("fetchOnce across processes", () => {
  const temp = useTempFolder();
  const startOne = useChildren();
  const state = () => `${temp()}/state`;
  const answer = (text: string) => {
    writeFileSync(`${temp()}/answer.new`, text);
    // Renamed when it is complete, since the processes read it all the time.
    renameSync(`${temp()}/answer.new`, `${temp()}/answer`);
  };
  const calls = () =>
    existsSync(`${temp()}/count`) ? readFileSync(`${temp()}/count`, "utf8").split("\n").length - 1 : 0;
  let children: Child[] = [];

  const start = (count: number) => {
    const args = [state(), `${temp()}/count`, `${temp()}/answer`];
    children = Array.from({ length: count }, () => startOne("share-fetch.ts", args));
  };
  const fetching = () => children.filter((child) => child.lines.at(-1) === "fetching");
  const waiting = () => children.filter((child) => child.lines.at(-1) === "waiting");
  /** One process has the lock and calls AWS, all others wait. */
  const settled = () =>
    eventually("one that fetches", () => fetching().length === 1 && waiting().length === children.length - 1);
  const results = async () => new Set(await Promise.all(children.map((child) => child.end())));

  it("calls AWS once for all", async () => {
    start(4);
    await settled();
    answer("token");
    const [secret, ...others] = await results();
    assert.match(secret ?? "", /^got by \d+$/);
    assert.deepEqual(others, []);
    assert.equal(calls(), 1);
  });

  it("reports a failure, which occurred once, to all that waited", async () => {
    start(4);
    await settled();
    answer("failure");
    const [failure, ...others] = await results();
    assert.match(failure ?? "", /^told to \d+$/);
    assert.deepEqual(others, []);
    assert.equal(calls(), 1);
    assert.ok(existsSync(failurePath(state(), "shared-key")));
  });

  it("continues with the next process if the one that calls is killed", async () => {
    start(3);
    await settled();
    const [killed] = fetching();
    await killed?.kill();
    children = children.filter((child) => child !== killed);
    await settled();
    answer("token");
    assert.equal((await results()).size, 1);
    assert.equal(calls(), 2);
  });

  it("answers if nothing can be locked or written", async () => {
    writeFileSync(state(), "a file in the folder's place");
    start(2);
    answer("token");
    for (const secret of await results()) assert.match(secret ?? "", /^got by \d+$/);
  });

  it("is not misled by a truncated file", async () => {
    const path = authorizationPath(state(), "shared-key");
    mkdirSync(`${state()}/authorizations`, { recursive: true });
    writeFileSync(path, '{"format":1,"secret":"ha', { mode: 0o600 });
    start(1);
    answer("token");
    assert.match([...(await results())][0] ?? "", /^got by \d+$/);
    assert.match(readFileSync(path, "utf8"), /^secret "got by/m);
  });
});
