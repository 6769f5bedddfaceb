import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { allRoots, readBundle } from "../../../src/aws/http/ca-certificates.ts";
import { variableOrigin } from "../../../src/profiles/origin.ts";
import { Failure } from "../../../src/token/failure.ts";

describe("readBundle", () => {
  let folder: string;
  before(() => {
    folder = mkdtempSync(join(tmpdir(), "bundle-"));
  });
  after(() => rmSync(folder, { recursive: true }));

  const bundle = (path: string) => ({ path, origin: variableOrigin("AWS_CA_BUNDLE") });
  const write = (text: string) => {
    const path = join(folder, "bundle.pem");
    writeFileSync(path, text);
    return path;
  };

  for (const label of ["CERTIFICATE", "TRUSTED CERTIFICATE"]) {
    it(`accepts a file with a ${label}`, async () => {
      const text = `# a company's\n-----BEGIN ${label}-----\nMAo=\n-----END ${label}-----\n`;
      assert.equal(await readBundle(bundle(write(text))), text);
    });
  }

  for (const [what, path, words] of [
    ["does not exist", () => join(folder, "gone.pem"), /gone\.pem.* does not exist$/],
    ["is a folder", () => folder, / is a folder$/],
    ["is empty", () => write(""), /bundle\.pem.* contains no certificate$/],
    ["holds a key", () => write("-----BEGIN PRIVATE KEY-----\n"), /contains no certificate$/],
  ] as const) {
    it(`reports a file that ${what}`, async () => {
      await assert.rejects(readBundle(bundle(path())), (error) => {
        assert.ok(error instanceof Failure);
        assert.equal(error.code, "CA_BUNDLE");
        assert.match(error.message, words);
        assert.match(error.message, /set by AWS_CA_BUNDLE/);
        assert.match(error.fix, /unset AWS_CA_BUNDLE$/);
        return true;
      });
    });
  }
});

describe("allRoots", () => {
  it("contains only certificates", async () => {
    const roots = await allRoots();
    assert.ok(roots.length > 0);
    for (const root of roots) assert.match(root, /^-----BEGIN CERTIFICATE-----/);
  });
});
