import assert from "node:assert/strict";
import { dirname } from "node:path";
import {
  authorizationPath,
  failurePath,
  lockPath,
  loginPath,
  tokenPath,
} from "../../../src/store/files/paths.ts";
import { host, publicHost } from "../../support/fakes/entries.ts";

const paths = [tokenPath, loginPath, authorizationPath, failurePath, lockPath];

describe("the files of the state folder", () => {
  it("are one folder below it, as writeState requires", () => {
    for (const path of paths) assert.equal(dirname(dirname(path("/state", host))), "/state");
  });

  it("are unique for each host or key and kind", () => {
    const all = paths.flatMap((path) => [path("/state", host), path("/state", publicHost)]);
    assert.equal(new Set(all).size, all.length);
  });

  it("don't collide with the log and temporary files", () => {
    for (const path of paths) assert.doesNotMatch(path("/state", host), /^\/state\/(?:log|tmp)\b/);
  });
});
