import { stat } from "node:fs/promises";
import { problemOf, readBounded } from "../../limits/bounded-file.ts";
import { variableOrigin } from "../../profiles/origin.ts";
import type { Environment } from "../../token/dependencies.ts";
import { Failure } from "../../token/failure.ts";
import type { CaBundle } from "./ca-bundle.ts";

/**
 * The CA certificates of a bundle file, which replaces all others, as AWS_CA_BUNDLE does for the AWS CLI and AWS's Go SDK.
 *
 * @throws Failure CA_BUNDLE if the file can't be read or contains no certificate
 */
export async function readBundle({ path, origin }: CaBundle): Promise<string> {
  const bundle = `the CA bundle ${path} (set by ${origin.name})`;
  const fix = `set it to a PEM file that this user can read, or ${origin.removal}`;
  const read = await readBounded(path, largestBundle);
  if (read.kind !== "bytes") {
    throw new Failure("CA_BUNDLE", `${bundle} ${problemOf(read, largestBundle)}`, fix);
  }
  const certificates = certificatesIn(new TextDecoder().decode(read.bytes));
  if (certificates.length > 0) return certificates.join("");
  throw new Failure("CA_BUNDLE", `${bundle} contains no certificate`, fix);
}

/** Bytes; more than the largest bundles of companies. */
const largestBundle = 16 * 1024 * 1024;

/**
 * The certificates of a PEM text in the form that Bun accepts. Of an OpenSSL "trusted certificate", the trust settings
 * after the certificate are removed. Damaged certificates and everything else are left out: Bun fails if the first
 * certificate is damaged or a comment contains a NUL, and treats text without a certificate as a URL.
 */
export function certificatesIn(text: string): string[] {
  const blocks = text.matchAll(/-----BEGIN (?:X509 |TRUSTED )?CERTIFICATE-----([\w+/=\s]*)-----END/g);
  return [...blocks].flatMap(([, base64 = ""]) => {
    const bytes = Buffer.from(base64, "base64");
    const length = sequenceLength(bytes);
    if (length === undefined) return [];
    const lines = bytes.toString("base64", 0, length).replace(/.{64}(?=.)/g, "$&\n");
    return `-----BEGIN CERTIFICATE-----\n${lines}\n-----END CERTIFICATE-----\n`;
  });
}

/** The length in bytes of the DER sequence at the start; undefined if there is none, or only a part of it. */
function sequenceLength(bytes: Buffer): number | undefined {
  const [tag, first = 0] = bytes;
  const digits = first > 0x80 ? first - 0x80 : 0;
  if (tag !== 0x30 || digits > 4 || bytes.length < 2 + digits) return undefined;
  const length = 2 + digits + (digits > 0 ? bytes.readUIntBE(2, digits) : first);
  return length <= bytes.length ? length : undefined;
}

/** No certificate of a bundle can be read. */
export class BundleError extends Error {
  readonly code = "UNREADABLE_BUNDLE";
}

/** The certificates of a bundle that can be parsed. @throws BundleError if there is none */
export async function readableCertificates(bundle: string): Promise<string[]> {
  const { X509Certificate } = await import("node:crypto");
  const readable = certificatesIn(bundle).filter((certificate) => {
    try {
      return new X509Certificate(certificate).raw.length > 0;
    } catch {
      return false;
    }
  });
  if (readable.length === 0) throw new BundleError("no certificate can be read");
  return readable;
}

/**
 * Checks the files that Bun reads itself for the first request, without a limit: a pipe would hang it, and a device would
 * fill the memory. Bun ignores a missing file.
 *
 * @throws Failure CA_BUNDLE
 */
export async function assertReadableCertificates(env: Environment): Promise<void> {
  for (const name of ["SSL_CERT_FILE", "NODE_EXTRA_CA_CERTS"]) {
    const path = env[name];
    const stats = path && (await stat(path).catch(() => undefined));
    if (!stats || (stats.isFile() && stats.size <= largestBundle)) continue;
    const why = stats.isFile() ? `is larger than ${largestBundle} bytes` : "is not a plain file";
    const { removal } = variableOrigin(name);
    const fix = `set it to a PEM file that this user can read, or ${removal}`;
    throw new Failure("CA_BUNDLE", `the CA bundle ${path} (set by ${name}) ${why}`, fix);
  }
}

/**
 * Bun's own CA certificates (with SSL_CERT_FILE, SSL_CERT_DIR and NODE_EXTRA_CA_CERTS, which Bun reads itself) and those of
 * the operating system, where companies install the certificate of an intercepting proxy. Loading and using them takes
 * about 15 ms, so this is called only after a failure with Bun's own.
 */
export async function allRoots(): Promise<string[]> {
  // Loaded only here: it takes longer than all files of a cold get.
  const { getCACertificates } = await import("node:tls");
  return [...getCACertificates("default"), ...getCACertificates("system")];
}
