import type { AwsCredentials } from "../../profiles/aws-credentials.ts";
import { sha256 } from "../../token/checksum.ts";

/** A POST before it is signed. */
export interface UnsignedRequest {
  /** Without a query. */
  readonly url: URL;
  /** Lower-case names; all of them are signed. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** Where and when a signature is valid. */
export interface Scope {
  /** The signing name of the service: "ecr". */
  readonly service: string;
  readonly region: string;
  /** Milliseconds since the epoch. */
  readonly at: number;
}

/**
 * AWS's Signature Version 4 of a POST. Our own, because the SDK's signer loads `node:crypto`, which takes a seventh of a cold
 * get's time; a test compares the two.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
 *
 * @returns the headers to send, `authorization` among them
 */
export function signedHeaders(
  { url, headers, body }: UnsignedRequest,
  { service, region, at }: Scope,
  { accessKeyId, secretAccessKey, sessionToken }: AwsCredentials,
): Record<string, string> {
  const date = new Date(at).toISOString().replace(/[-:]|\.\d{3}/g, "");
  const bodyHash = sha256(body);
  const signed: Record<string, string> = {
    ...headers,
    host: url.host,
    "x-amz-date": date,
    "x-amz-content-sha256": bodyHash,
    ...(sessionToken && { "x-amz-security-token": sessionToken }),
  };
  const names = Object.keys(signed).sort();
  const canonical = [
    "POST",
    canonicalPath(url.pathname),
    "",
    ...names.map((name) => `${name}:${signed[name]?.trim().replace(/\s+/g, " ")}`),
    "",
    names.join(";"),
    bodyHash,
  ].join("\n");
  const scope = [date.slice(0, 8), region, service, "aws4_request"];
  const text = ["AWS4-HMAC-SHA256", date, scope.join("/"), sha256(canonical)].join("\n");
  const key = scope.reduce<string | Uint8Array>(
    (parent, part) => hmac(parent, part),
    `AWS4${secretAccessKey}`,
  );
  const signature = Buffer.from(hmac(key, text)).toString("hex");
  const authorization = `AWS4-HMAC-SHA256 Credential=${accessKeyId}/${scope.join("/")}, SignedHeaders=${names.join(";")}, Signature=${signature}`;
  return { ...signed, authorization };
}

function hmac(key: string | Uint8Array, text: string): Uint8Array {
  return new Bun.CryptoHasher("sha256", key).update(text).digest();
}

/** Each segment is encoded twice, as for every service except S3. */
function canonicalPath(path: string): string {
  const segments = path.split("/").filter((segment) => segment !== "");
  const end = segments.length > 0 && path.endsWith("/") ? "/" : "";
  return `/${segments.map(encoded).join("/")}${end}`;
}

/** Percent-encoded as AWS requires: everything except letters, digits and "-._~". */
export function encoded(text: string): string {
  return encodeURIComponent(text).replace(
    /[!'()*]/g,
    (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}
