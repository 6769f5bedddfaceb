import assert from "node:assert/strict";
import { isPrivateGroup, mapsAllUsers } from "../../src/ownership/file-owners.ts";

describe("a group that can write", () => {
  const groups =
    "root:x:0:\nann:x:1000:\nbob:x:1001:bob\nweb:x:1002:www-data\nteam:x:1003:\nalso:x:1003:\ncarl:x:1005:\ndora:x:1006:\n";
  const accounts =
    "carl:x:1005:1005::/home/carl:/bin/sh\neve:x:1007:1005::/home/eve:/bin/sh\ndora:x:1006:1006:::\n";

  for (const [gid, isPrivate, why] of [
    [1000, true, "an account's own"],
    [1001, true, "an account's own that lists it"],
    [1002, false, "another user is in it"],
    [1003, false, "two groups of the number"],
    [1004, false, "no group of the number"],
    [0, false, "root's"],
    [1005, false, "it is the primary group of another account"],
    [1006, true, "it is the primary group of the account of its number"],
  ] as const) {
    it(`is ${isPrivate ? "" : "not "}private: ${why}`, () => {
      assert.equal(isPrivateGroup(groups, accounts, gid), isPrivate);
    });
  }
});

describe("the user 65534", () => {
  for (const [map, isAll] of [
    ["         0          0 4294967295\n", true],
    ["         0       1000          1\n", false],
    ["         0     100000      65536\n", false],
    ["", true],
  ] as const) {
    it(`is ${isAll ? "an ordinary user" : "every unmapped user"} with the map ${JSON.stringify(map)}`, () => {
      assert.equal(mapsAllUsers(map), isAll);
    });
  }
});
