import assert from "node:assert/strict";
import { X509Certificate } from "node:crypto";
import { makeCertificates } from "./certificate.ts";

describe("stand-in AWS: certificates", () => {
  const now = Date.UTC(2031, 4, 17);
  const { ca, cert } = makeCertificates(["*.dkr.ecr.us-east-1.amazonaws.com", "127.0.0.1"], now);
  const authority = new X509Certificate(ca);
  const server = new X509Certificate(cert);

  it("create a self-signed authority that can only sign certificates", () => {
    assert.equal(authority.ca, true);
    assert.ok(authority.verify(authority.publicKey));
    assert.ok(authority.checkIssued(authority));
  });

  it("create a server certificate of that authority", () => {
    assert.equal(server.ca, false);
    assert.ok(server.verify(authority.publicKey));
    assert.ok(server.checkIssued(authority));
    assert.ok(server.checkHost("111122223333.dkr.ecr.us-east-1.amazonaws.com"));
    assert.equal(server.checkHost("111122223333.dkr.ecr.us-east-2.amazonaws.com"), undefined);
    assert.ok(server.checkIP("127.0.0.1"));
  });

  it("are valid before and after the current time, for less than Apple's 825 days", () => {
    const [from, to] = [Date.parse(server.validFrom), Date.parse(server.validTo)];
    assert.ok(from < now && now < to);
    assert.ok((to - from) / 86_400_000 < 825);
  });

  it("are different each time", () => {
    assert.notEqual(
      new X509Certificate(makeCertificates(["localhost"], now).ca).serialNumber,
      authority.serialNumber,
    );
  });
});
