import { createHash, createHmac, timingSafeEqual } from "node:crypto";

/** A received request: SigV4 signs the raw form. */
export interface WireRequest {
  readonly method: string;
  /** The path and query. */
  readonly target: string;
  /** Lower-case names. */
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly body: Uint8Array;
}

/** The content of an `Authorization: AWS4-HMAC-SHA256 …` header, with its date. */
export interface Signature {
  readonly accessKeyId: string;
  readonly day: string;
  readonly region: string;
  readonly service: string;
  readonly signedHeaders: readonly string[];
  readonly value: string;
  /** The basic ISO form, 20260131T235959Z. */
  readonly date: string;
  readonly sessionToken?: string;
}

const algorithm = "AWS4-HMAC-SHA256";
const headerForm =
  /^AWS4-HMAC-SHA256\s+Credential=([^/,\s]+)\/(\d{8})\/([^/,\s]+)\/([^/,\s]+)\/aws4_request,\s*SignedHeaders=([^,\s]+),\s*Signature=([0-9a-f]{64})$/;

const sha256 = (data: Uint8Array | string): string => createHash("sha256").update(data).digest("hex");
const hmac = (key: Uint8Array | string, data: string): Buffer =>
  createHmac("sha256", key).update(data).digest();

/** Undefined if the header is not in SigV4's form or the date is missing. */
export function readSignature(request: WireRequest): Signature | undefined {
  const match = headerForm.exec(request.headers["authorization"] ?? "");
  const date = request.headers["x-amz-date"];
  if (!match || !date || !/^\d{8}T\d{6}Z$/.test(date)) return undefined;
  const [, accessKeyId = "", day = "", region = "", service = "", signedHeaders = "", value = ""] = match;
  const sessionToken = request.headers["x-amz-security-token"];
  return {
    accessKeyId,
    day,
    region,
    service,
    signedHeaders: signedHeaders.split(";"),
    value,
    date,
    ...(sessionToken === undefined ? {} : { sessionToken }),
  };
}

/** The headers that must be signed but are not. */
export function unsignedHeaders(request: WireRequest, signature: Signature): string[] {
  const needed = Object.keys(request.headers).filter(
    (name) => name === "host" || (name.startsWith("x-amz-") && request.headers[name] !== undefined),
  );
  return needed.filter((name) => !signature.signedHeaders.includes(name));
}

/** Milliseconds since the epoch. */
export function dateOf(signature: Signature): number {
  const [, year, month, day, hour, minute, second] =
    /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(signature.date)?.map(Number) ?? [];
  return Date.UTC(year ?? 0, (month ?? 1) - 1, day ?? 1, hour ?? 0, minute ?? 0, second ?? 0);
}

/** Whether the holder of `secretAccessKey` signed exactly this request. */
export function isSignedWith(request: WireRequest, signature: Signature, secretAccessKey: string): boolean {
  const scope = `${signature.day}/${signature.region}/${signature.service}/aws4_request`;
  const text = [algorithm, signature.date, scope, sha256(canonicalRequest(request, signature))].join("\n");
  const key = [signature.day, signature.region, signature.service, "aws4_request"].reduce<Buffer | string>(
    (parent, part) => hmac(parent, part),
    `AWS4${secretAccessKey}`,
  );
  return timingSafeEqual(hmac(key, text), Buffer.from(signature.value, "hex"));
}

function canonicalRequest(request: WireRequest, signature: Signature): string {
  const [path = "/", query = ""] = splitOnce(request.target, "?");
  return [
    request.method,
    canonicalPath(path),
    canonicalQuery(query),
    ...signature.signedHeaders.map(
      (name) => `${name}:${(request.headers[name] ?? "").trim().replace(/ +/g, " ")}`,
    ),
    "",
    signature.signedHeaders.join(";"),
    sha256(request.body),
  ].join("\n");
}

/** All services except S3 sign the normalized path, encoded once more than in the request. */
function canonicalPath(path: string): string {
  const segments: string[] = [];
  for (const segment of path.split("/")) {
    if (segment === "..") segments.pop();
    else if (segment !== "" && segment !== ".") segments.push(encode(segment));
  }
  const end = path.endsWith("/") && segments.length > 0 ? "/" : "";
  return `/${segments.join("/")}${end}`;
}

function canonicalQuery(query: string): string {
  const parameters = query
    .split("&")
    .filter(Boolean)
    .map((parameter) => {
      const [name = "", value = ""] = splitOnce(parameter, "=");
      return { name: encode(decodeURIComponent(name)), value: encode(decodeURIComponent(value)) };
    });
  const order = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0);
  parameters.sort((a, b) => order(a.name, b.name) || order(a.value, b.value));
  return parameters.map(({ name, value }) => `${name}=${value}`).join("&");
}

const encode = (text: string): string =>
  encodeURIComponent(text).replace(/[!'()*]/g, (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`);

function splitOnce(text: string, separator: string): string[] {
  const at = text.indexOf(separator);
  return at < 0 ? [text] : [text.slice(0, at), text.slice(at + 1)];
}
