import { stat } from "node:fs/promises";
import { problemOf, readBounded } from "../../limits/bounded-file.ts";
import { usualLimit } from "../../limits/bounded-stream.ts";
import { variableOrigin } from "../../profiles/origin.ts";
import type { Environment } from "../../token/dependencies.ts";
import { Failure } from "../../token/failure.ts";
import type { CaBundle } from "./ca-bundle.ts";

/**
 * The authorities of a bundle file that stands in the place of all others, as AWS_CA_BUNDLE does for
 * the AWS CLI and AWS's Go SDK.
 *
 * @throws Failure CA_BUNDLE where the file can't be read or holds no certificate
 */
export async function readBundle({ path, origin }: CaBundle): Promise<string> {
  const bundle = `the CA bundle ${path}, by ${origin.name},`;
  const fix = `name a PEM file there that this user can read, or ${origin.removal}`;
  const read = await readBounded(path, usualLimit);
  if (read.kind !== "bytes") {
    throw new Failure("CA_BUNDLE", `${bundle} ${problemOf(read, usualLimit)}`, fix);
  }
  const text = new TextDecoder().decode(read.bytes);
  // Bun takes text without a certificate for a misspelt URL.
  if (/-----BEGIN (?:TRUSTED )?CERTIFICATE-----/.test(text)) return text;
  throw new Failure("CA_BUNDLE", `${bundle} holds no certificate`, fix);
}

/** Bytes; the largest bundles of companies have some. */
const largestExtra = 16 * 1024 * 1024;

/**
 * The files that Bun reads by itself for the first request, without a limit: a pipe would hang it, and a device would
 * fill the memory. One that is not there Bun leaves out.
 *
 * @throws Failure CA_BUNDLE
 */
export async function mustNotHang(env: Environment): Promise<void> {
  for (const name of ["SSL_CERT_FILE", "NODE_EXTRA_CA_CERTS"]) {
    const path = env[name];
    const found = path && (await stat(path).catch(() => undefined));
    if (!found || (found.isFile() && found.size <= largestExtra)) continue;
    const why = found.isFile() ? `is larger than ${largestExtra} bytes` : "is no plain file";
    const { removal } = variableOrigin(name);
    const fix = `name a PEM file there that this user can read, or ${removal}`;
    throw new Failure("CA_BUNDLE", `the CA bundle ${path}, by ${name}, ${why}`, fix);
  }
}

/**
 * Bun's own authorities (with SSL_CERT_FILE, SSL_CERT_DIR and NODE_EXTRA_CA_CERTS, which Bun honours by itself)
 * and the operating system's, where a company installs the one that signs for its intercepting proxy. They take
 * some 15 ms to gather and to use, so this is called only once Bun's own did not do.
 */
export async function allRoots(): Promise<string[]> {
  // Loaded for it alone: it takes longer than all that a cold get reads.
  const { getCACertificates } = await import("node:tls");
  return [...getCACertificates("default"), ...getCACertificates("system")];
}
