import { defaultLimit } from "../../limits/bounded-stream.ts";
import type { AwsCredentials } from "../../profiles/aws-credentials.ts";
import { readBody } from "../http/answer-body.ts";
import { jsonObject } from "./json-object.ts";

/** Milliseconds for one request; requests are not retried. */
const requestLimit = 1_000;
const sessionSeconds = "21600";
const tokenPath = "/latest/api/token";
const rolePath = "/latest/meta-data/iam/security-credentials/";

export interface MetadataOptions {
  /** May have a path, which precedes the path of the service, as for the AWS CLI. */
  readonly endpoint: string;
  /** Whether version 1 must not be used if version 2 returns no session token. */
  readonly isV1Disabled: boolean;
  /** Aborts everything. */
  readonly signal: AbortSignal;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
}

/** Why the service returned no credentials. */
export class MetadataError extends Error {
  /** @param kind status: an error answer · invalid: an unreadable answer · v1: only version 1 is available, and disabled */
  constructor(
    readonly kind: "status" | "timeout" | "invalid" | "unreachable" | "v1",
    /** Whether there is a session token, or none was requested. */
    readonly hasToken: boolean,
    readonly status?: number,
    options?: { cause?: unknown },
  ) {
    super(`instance metadata: ${kind}`, options);
    this.name = "MetadataError";
  }
}

/**
 * The credentials of the instance role, with IMDSv2, or with version 1 if that returns no session token, as in AWS's SDKs:
 * https://docs.aws.amazon.com/sdkref/latest/guide/feature-imds-credentials.html
 *
 * The SDK's provider is not used: it reads answers of any size, and on Bun an answer in small chunks hangs it.
 *
 * @throws MetadataError
 */
export async function roleCredentials(options: MetadataOptions): Promise<AwsCredentials> {
  const token = await sessionToken(options);
  if (token === undefined && options.isV1Disabled) throw new MetadataError("v1", false);
  const hasToken = token !== undefined;
  const headers: Record<string, string> = hasToken ? { "x-aws-ec2-metadata-token": token } : {};
  const get = async (path: string) => textOf(await request(options, path, { headers }, hasToken), hasToken);
  const role = (await get(rolePath)).trim();
  return parse(await get(`${rolePath}${role}`), options.now(), hasToken);
}

/** Undefined: try version 1. */
async function sessionToken(options: MetadataOptions): Promise<string | undefined> {
  const headers = { "x-aws-ec2-metadata-token-ttl-seconds": sessionSeconds };
  try {
    const answer = await request(options, tokenPath, { method: "PUT", headers }, true);
    if (answer.status === 400) throw new MetadataError("status", true, answer.status);
    return textOf(answer, true);
  } catch (error) {
    if (error instanceof MetadataError && error.status === 400) throw error;
    return undefined;
  }
}

interface Answer {
  readonly status: number;
  readonly text: string;
}

/** Never with a proxy, from which the address means another machine. */
async function request(
  { endpoint, signal }: MetadataOptions,
  path: string,
  init: { readonly method?: string; readonly headers: Record<string, string> },
  hasToken: boolean,
): Promise<Answer> {
  const limit = AbortSignal.timeout(requestLimit);
  const fetchInit: BunFetchRequestInit = {
    ...init,
    signal: AbortSignal.any([signal, limit]),
    proxy: false,
    redirect: "manual",
    decompress: false,
    verbose: false,
  };
  try {
    const response = await fetch(new URL(endpoint.replace(/\/$/, "") + path), fetchInit);
    const { bytes, isWhole } = await readBody(response, defaultLimit);
    if (!isWhole) throw new MetadataError("invalid", hasToken);
    return { status: response.status, text: new TextDecoder().decode(bytes) };
  } catch (cause) {
    if (cause instanceof MetadataError) throw cause;
    const kind = limit.aborted || signal.aborted ? "timeout" : "unreachable";
    throw new MetadataError(kind, hasToken, undefined, { cause });
  }
}

function textOf({ status, text }: Answer, hasToken: boolean): string {
  if (status >= 200 && status < 300) return text;
  throw new MetadataError("status", hasToken, status);
}

function parse(text: string, now: number, hasToken: boolean): AwsCredentials {
  const { AccessKeyId, SecretAccessKey, Token, Expiration } = jsonObject(text) ?? {};
  const areTexts = [AccessKeyId, SecretAccessKey, Token, Expiration].every(
    (each) => typeof each === "string",
  );
  if (!areTexts) throw new MetadataError("invalid", hasToken);
  const expiration = new Date(String(Expiration));
  return {
    accessKeyId: String(AccessKeyId),
    secretAccessKey: String(SecretAccessKey),
    sessionToken: String(Token),
    // The service may return new ones late; AWS accepts the old ones meanwhile.
    ...(expiration.getTime() > now && { expiration }),
  };
}
