import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Child } from "../support/fakes/child.ts";
import { unshare } from "../support/fakes/own-mounts.ts";

interface Seen {
  readonly write: string;
  readonly warm: string;
  readonly temporaries: number;
  readonly lock: string;
  readonly newLock?: string;
  readonly newFolder?: string;
}

(unshare ? describe : describe.skip)("a token folder whose disk takes no more", () => {
  let seen: { full: Seen; readOnly: Seen };

  before(async () => {
    const disk = mkdtempSync(join(tmpdir(), "ecr-test-disk-"));
    try {
      seen = JSON.parse((await new Child("tiny-disk.ts", [disk], unshare).end()) ?? "");
    } finally {
      rmSync(disk, { recursive: true });
    }
  });

  for (const disk of ["full", "readOnly"] as const) {
    it(`${disk}: a write reports its failure`, () => assert.equal(seen[disk].write, "STATE_WRITE"));

    it(`${disk}: existing files are still used`, () => {
      assert.equal(seen[disk].warm, "made-up registry secret");
    });

    it(`${disk}: no incomplete file remains`, () => assert.equal(seen[disk].temporaries, 0));
  }

  it("full: a lock can be taken, so one call to AWS still answers all processes", () => {
    assert.equal(seen.full.lock, "taken");
  });

  it("readOnly: no process waits for a lock, and a new one reports the failure", () => {
    assert.notEqual(seen.readOnly.lock, "busy");
    assert.equal(seen.readOnly.newLock, "STATE_LOCK");
    assert.equal(seen.readOnly.newFolder, "STATE_FOLDER");
  });
});
