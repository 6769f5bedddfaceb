import { createHash, generateKeyPairSync, type KeyObject, randomBytes, sign } from "node:crypto";
import { isIP } from "node:net";
import {
  bitString,
  boolean,
  explicit,
  implicit,
  integer,
  objectIdentifier,
  octetString,
  sequence,
  set,
  utcTime,
  utf8String,
} from "./der.ts";

/** A temporary authority and a server certificate of it, in PEM. */
export interface Certificates {
  readonly ca: string;
  readonly cert: string;
  readonly key: string;
}

interface Subject {
  readonly name: string;
  readonly keys: { readonly publicKey: KeyObject; readonly privateKey: KeyObject };
}

const ecdsaWithSha256 = sequence(objectIdentifier("1.2.840.10045.4.3.2"));
const day = 86_400_000;

const distinguishedName = (name: string): Buffer =>
  sequence(set(sequence(objectIdentifier("2.5.4.3"), utf8String(name))));

const publicKeyOf = (subject: Subject): Buffer =>
  subject.keys.publicKey.export({ type: "spki", format: "der" });

const keyIdentifier = (subject: Subject): Buffer => createHash("sha1").update(publicKeyOf(subject)).digest();

function extension(oid: string, critical: boolean, value: Uint8Array): Buffer {
  const flag = critical ? [boolean(true)] : [];
  return sequence(objectIdentifier(oid), ...flag, octetString(value));
}

function alternativeName(name: string): Buffer {
  if (isIP(name) === 4) return implicit(7, Buffer.from(name.split(".").map(Number)));
  return implicit(2, Buffer.from(name, "ascii"));
}

function certificate(subject: Subject, issuer: Subject, extensions: Buffer[], now: number): string {
  const serial = randomBytes(16);
  serial[0] = ((serial[0] ?? 0) & 0x7f) | 0x40;
  const body = sequence(
    explicit(0, integer(Buffer.of(2))),
    integer(serial),
    ecdsaWithSha256,
    distinguishedName(issuer.name),
    // 765 days in all: Apple's verifier refuses more than 825, and tests may run with a stepped clock.
    sequence(utcTime(now - 365 * day), utcTime(now + 400 * day)),
    distinguishedName(subject.name),
    publicKeyOf(subject),
    explicit(
      3,
      sequence(
        ...extensions,
        extension("2.5.29.14", false, octetString(keyIdentifier(subject))),
        extension("2.5.29.35", false, sequence(implicit(0, keyIdentifier(issuer)))),
      ),
    ),
  );
  const signature = sign("sha256", body, issuer.keys.privateKey);
  return pem(sequence(body, ecdsaWithSha256, bitString(signature)));
}

function pem(der: Buffer): string {
  const lines = der.toString("base64").match(/.{1,64}/g) ?? [];
  return `-----BEGIN CERTIFICATE-----\n${lines.join("\n")}\n-----END CERTIFICATE-----\n`;
}

const newSubject = (name: string): Subject => ({
  name,
  keys: generateKeyPairSync("ec", { namedCurve: "P-256" }),
});

/**
 * @param names host names and IPv4 addresses that the server certificate is for; `*.` covers one label
 * @param now milliseconds since the epoch
 */
export function makeCertificates(names: readonly string[], now: number): Certificates {
  const authority = newSubject("Stand-in AWS throw-away authority");
  const server = newSubject("Stand-in AWS");
  const keyUsage = (bits: number, unused: number) =>
    extension("2.5.29.15", true, bitString(Buffer.of(bits), unused));
  const certSignAndCrlSign = keyUsage(0b0000_0110, 1);
  const digitalSignature = keyUsage(0b1000_0000, 7);
  return {
    ca: certificate(
      authority,
      authority,
      [extension("2.5.29.19", true, sequence(boolean(true))), certSignAndCrlSign],
      now,
    ),
    cert: certificate(
      server,
      authority,
      [
        extension("2.5.29.19", true, sequence()),
        digitalSignature,
        extension("2.5.29.37", false, sequence(objectIdentifier("1.3.6.1.5.5.7.3.1"))),
        extension("2.5.29.17", false, sequence(...names.map(alternativeName))),
      ],
      now,
    ),
    key: server.keys.privateKey.export({ type: "pkcs8", format: "pem" }).toString(),
  };
}
