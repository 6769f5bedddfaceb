import assert from "node:assert/strict";
import { X509Certificate } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { rootCertificates } from "node:tls";
import { allRoots, certificatesIn, readBundle } from "../../../src/aws/http/ca-certificates.ts";
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

  // An empty sequence, and one followed by OpenSSL's trust settings.
  const one = "-----BEGIN CERTIFICATE-----\nMAA=\n-----END CERTIFICATE-----\n";
  for (const [what, text, count] of [
    ["a certificate without the text around it", `# a company's\0\n${one}-----BEGIN KEY-----\nMAA=\n`, 1],
    ["several, with any line ends", `${one}${one.replaceAll("\n", "\r\n")}${one.trim()}${one}`, 4],
    ["one with OpenSSL's older label", one.replaceAll("CERT", "X509 CERT"), 1],
    [
      "one with OpenSSL's trust settings",
      one.replaceAll("CERT", "TRUSTED CERT").replace("MAA=", "MAAwAA=="),
      1,
    ],
    ["those that are complete", `${one.replace("MAA=", "MIIB")}${one}${one.replace("MAA=", "!!")}`, 1],
    ["more than one MiB", "# comment\n".repeat(120_000) + one, 1],
  ] as const) {
    it(`accepts ${what}`, async () => {
      assert.equal(await readBundle(bundle(write(text))), one.repeat(count));
    });
  }

  it("leaves the certificates of this machine unchanged", async () => {
    const roots = rootCertificates.slice(0, 20);
    const text = certificatesIn(roots.join("\n"));
    assert.deepEqual(
      text.map((each) => new X509Certificate(each).fingerprint256),
      roots.map((each) => new X509Certificate(each).fingerprint256),
    );
  });

  for (const [what, path, words] of [
    ["does not exist", () => join(folder, "gone.pem"), /gone\.pem.* does not exist$/],
    ["is a folder", () => folder, / is a folder$/],
    ["is empty", () => write(""), /bundle\.pem.* contains no certificate$/],
    ["holds a damaged certificate", () => write(one.replace("MAA=", "MIIB")), /contains no certificate$/],
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
