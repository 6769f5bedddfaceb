import { stat } from "node:fs/promises";
import { problemOf, readBounded } from "../../limits/bounded-file.ts";
import { defaultLimit } from "../../limits/bounded-stream.ts";
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
  const read = await readBounded(path, defaultLimit);
  if (read.kind !== "bytes") {
    throw new Failure("CA_BUNDLE", `${bundle} ${problemOf(read, defaultLimit)}`, fix);
  }
  const text = new TextDecoder().decode(read.bytes);
  // Bun treats text without a certificate as a URL.
  if (/-----BEGIN (?:TRUSTED )?CERTIFICATE-----/.test(text)) return text;
  throw new Failure("CA_BUNDLE", `${bundle} contains no certificate`, fix);
}

/** Bytes; more than the largest bundles of companies. */
const largestExtra = 16 * 1024 * 1024;

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
    if (!stats || (stats.isFile() && stats.size <= largestExtra)) continue;
    const why = stats.isFile() ? `is larger than ${largestExtra} bytes` : "is not a plain file";
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
