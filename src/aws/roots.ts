import { readFile } from "node:fs/promises";
import { getCACertificates } from "node:tls";
import { Failure } from "../token/failure.ts";

/**
 * The authorities of a bundle file that stands in the place of all others, as AWS_CA_BUNDLE does for
 * the AWS CLI and AWS's Go SDK.
 *
 * @throws Failure CA_BUNDLE where the file can't be read or holds no certificate
 */
export async function readBundle(path: string): Promise<string> {
  const mend =
    "point AWS_CA_BUNDLE, or ca_bundle in the AWS config file, to a readable PEM file, or unset it";
  let text: string;
  try {
    text = await readFile(path, "utf8");
  } catch (cause) {
    throw new Failure("CA_BUNDLE", `the CA bundle ${path} can't be read`, mend, { cause });
  }
  // Bun takes text without a certificate for a misspelt URL.
  if (/-----BEGIN (?:TRUSTED )?CERTIFICATE-----/.test(text)) return text;
  throw new Failure("CA_BUNDLE", `the CA bundle ${path} holds no certificate`, mend);
}

/**
 * Bun's own authorities (with SSL_CERT_FILE, SSL_CERT_DIR and NODE_EXTRA_CA_CERTS, which Bun honours by itself)
 * and the operating system's, where a company installs the one that signs for its intercepting proxy. They take
 * some 15 ms to gather and to use, so this is called only once Bun's own did not do.
 */
export function allRoots(): string[] {
  return [...getCACertificates("default"), ...getCACertificates("system")];
}
