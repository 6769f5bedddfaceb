import { getCACertificates } from "node:tls";
import { problemOf, readBounded } from "../limits/bounded-file.ts";
import { usualLimit } from "../limits/bounded-stream.ts";
import { Failure } from "../token/failure.ts";
import type { CaBundle } from "./ca-bundle.ts";

/**
 * The authorities of a bundle file that stands in the place of all others, as AWS_CA_BUNDLE does for
 * the AWS CLI and AWS's Go SDK.
 *
 * @throws Failure CA_BUNDLE where the file can't be read or holds no certificate
 */
export async function readBundle({ path, origin }: CaBundle): Promise<string> {
  const bundle = `the CA bundle ${path}, by ${origin.name},`;
  const mend = `name a PEM file there that this user can read, or ${origin.removal}`;
  const read = await readBounded(path, usualLimit);
  if (read.kind !== "bytes") {
    throw new Failure("CA_BUNDLE", `${bundle} ${problemOf(read, usualLimit)}`, mend);
  }
  const text = new TextDecoder().decode(read.bytes);
  // Bun takes text without a certificate for a misspelt URL.
  if (/-----BEGIN (?:TRUSTED )?CERTIFICATE-----/.test(text)) return text;
  throw new Failure("CA_BUNDLE", `${bundle} holds no certificate`, mend);
}

/**
 * Bun's own authorities (with SSL_CERT_FILE, SSL_CERT_DIR and NODE_EXTRA_CA_CERTS, which Bun honours by itself)
 * and the operating system's, where a company installs the one that signs for its intercepting proxy. They take
 * some 15 ms to gather and to use, so this is called only once Bun's own did not do.
 */
export function allRoots(): string[] {
  return [...getCACertificates("default"), ...getCACertificates("system")];
}
