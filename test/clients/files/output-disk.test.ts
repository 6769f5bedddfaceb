import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Child } from "../../support/fakes/child.ts";
import { unshare } from "../../support/fakes/own-mounts.ts";

interface Seen {
  readonly told: string;
  readonly text: string;
  readonly names: readonly string[];
}

(unshare ? describe : describe.skip)(
  "a file that tokens are written to, on a disk that takes no more",
  () => {
    let seen: { full: Seen; readOnly: Seen };

    before(async () => {
      const disk = mkdtempSync(join(tmpdir(), "ecr-test-disk-"));
      try {
        seen = JSON.parse((await new Child("tiny-output-disk.ts", [disk], unshare).end()) ?? "");
      } finally {
        rmSync(disk, { recursive: true });
      }
    });

    for (const [disk, told] of Object.entries({
      full: /config\.json can't be written \(ENOSPC\)\. Fix: free space on its disk\. \[OUTPUT_FILE\]$/,
      readOnly: /config\.json can't be written \(EROFS\)\. Fix: .*ReadWritePaths= \[OUTPUT_FILE\]$/,
    }) as ["full" | "readOnly", RegExp][]) {
      it(`${disk}: stays unchanged, with the reason reported`, () => {
        assert.match(seen[disk].told, told);
        assert.equal(seen[disk].text, "{}");
        assert.deepEqual(seen[disk].names, ["config.json", "filler"]);
      });
    }
  },
);
