import assert from "node:assert/strict";
import type { StoredSecret } from "../../src/cluster/objects.ts";
import {
  isRemovable,
  obsoleteNamespaces,
  secretAction,
  type WantedSecret,
} from "../../src/outputs/secret-plan.ts";

const now = 1_800_000_000_000;
const hour = 3_600_000;

function stored(more: Partial<StoredSecret> = {}): StoredSecret {
  return {
    namespace: "ci",
    name: "ecr-pull",
    uid: "u",
    resourceVersion: "7",
    isOwn: true,
    isLabelled: true,
    isTerminating: false,
    expiresAt: now + 6 * hour,
    registries: ["a.example", "b.example"],
    ...more,
  };
}

const wanted = (more: Partial<WantedSecret> = {}): WantedSecret => ({
  revision: "r2",
  hosts: ["a.example", "b.example"],
  missing: [],
  ...more,
});

describe("secretAction", () => {
  const written = { revision: "r2", resourceVersion: "7" };
  const onlyA = wanted({ hosts: ["a.example"], missing: ["b.example"] });
  const cases: [string, ReturnType<typeof secretAction>, Parameters<typeof secretAction>][] = [
    ["is created where there is none", "create", [undefined, wanted(), undefined, now]],
    ["is created again after it was deleted", "create", [undefined, wanted(), written, now]],
    ["is not created without a token", "none", [undefined, wanted({ hosts: [] }), undefined, now]],
    ["is not touched while it is up to date", "none", [stored(), wanted(), written, now]],
    ["is updated for a new token", "update", [stored(), wanted({ revision: "r3" }), written, now]],
    ["is restored after an edit", "update", [stored({ resourceVersion: "8" }), wanted(), written, now]],
    ["is compared after a start", "update", [stored(), wanted(), undefined, now]],
    [
      "is left alone if another client wrote it",
      "taken",
      [stored({ isOwn: false }), wanted(), undefined, now],
    ],
    [
      "is left alone while it is being deleted",
      "none",
      [stored({ isTerminating: true }), wanted(), undefined, now],
    ],
    ["keeps a valid token that this process lacks after a start", "none", [stored(), onlyA, undefined, now]],
    [
      "loses it if it is about to expire",
      "update",
      [stored({ expiresAt: now + hour }), onlyA, undefined, now],
    ],
    ["loses a token that this process had", "update", [stored(), onlyA, { ...written, revision: "r1" }, now]],
    [
      "does not wait for a token that the Secret lacks too",
      "update",
      [stored({ registries: ["a.example"] }), onlyA, undefined, now],
    ],
    [
      "keeps valid tokens while this process has none",
      "none",
      [
        stored({ expiresAt: now + 1 }),
        wanted({ hosts: [], missing: ["a.example", "b.example"] }),
        written,
        now,
      ],
    ],
    [
      "is emptied if no registry belongs in it",
      "update",
      [stored(), wanted({ hosts: [], missing: [] }), undefined, now],
    ],
    [
      "is emptied when all have expired",
      "update",
      [stored({ expiresAt: now - 1 }), wanted({ hosts: [] }), undefined, now],
    ],
  ];
  for (const [title, expected, args] of cases) {
    it(title, () => assert.equal(secretAction(...args), expected));
  }
});

describe("obsoleteNamespaces", () => {
  it("names recorded and own expired Secrets outside the selection, and no others", () => {
    const expiresAt = now - 1;
    const all = [
      stored({ namespace: "selected", expiresAt }),
      stored({ namespace: "left", expiresAt }),
      stored({ namespace: "of-another-daemon" }),
      stored({ namespace: "foreign", isOwn: false, expiresAt }),
      stored({ namespace: "exported", isLabelled: false, expiresAt }),
      stored({ namespace: "ending", isTerminating: true, expiresAt }),
    ];
    assert.deepEqual(obsoleteNamespaces(["recorded", "selected"], all, new Set(["selected"]), now), [
      "left",
      "recorded",
    ]);
  });

  it("removes only with both the label and the field manager", () => {
    assert.ok(isRemovable(stored()));
    assert.ok(!isRemovable(stored({ isOwn: false })));
    assert.ok(!isRemovable(stored({ isLabelled: false })));
  });
});
