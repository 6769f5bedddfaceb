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
  it("lie one folder below it, where writeState wants them", () => {
    for (const path of paths) assert.equal(dirname(dirname(path("/state", host))), "/state");
  });

  it("are one for each host or key and kind", () => {
    const all = paths.flatMap((path) => [path("/state", host), path("/state", publicHost)]);
    assert.equal(new Set(all).size, all.length);
  });

  it("are not in the way of the log and the temporaries", () => {
    for (const path of paths) assert.doesNotMatch(path("/state", host), /^\/state\/(?:log|tmp)\b/);
  });
});
