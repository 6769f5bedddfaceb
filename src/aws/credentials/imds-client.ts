import { usualLimit } from "../../limits/bounded-stream.ts";
import type { AwsCredentials } from "../../profiles/aws-credentials.ts";
import { readBody } from "../http/answer-body.ts";
import { jsonObject } from "./json-object.ts";

/** Milliseconds for one request; none is sent again. */
const requestLimit = 1_000;
const sessionSeconds = "21600";
const tokenPath = "/latest/api/token";
const rolePath = "/latest/meta-data/iam/security-credentials/";

export interface MetadataOptions {
  /** With a path, which comes before the service's own, as for the AWS CLI. */
  readonly endpoint: string;
  /** Whether version 1 must not be used where version 2 gives no session token. */
  readonly isV1Disabled: boolean;
  /** Ends everything. */
  readonly signal: AbortSignal;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
}

/** Why the service gave no credentials. */
export class MetadataError extends Error {
  /** @param kind status: an answer that is an error · timeout · nonsense · v1: only version 1 is left, and disabled */
  constructor(
    readonly kind: "status" | "timeout" | "nonsense" | "unreachable" | "v1",
    /** Whether the service gave a session token, or was not asked for one. */
    readonly hasToken: boolean,
    readonly status?: number,
    options?: { cause?: unknown },
  ) {
    super(`instance metadata: ${kind}`, options);
    this.name = "MetadataError";
  }
}

/**
 * The credentials of the instance's role, by IMDSv2, or by version 1 where that gives no session token, as AWS's SDKs
 * do: https://docs.aws.amazon.com/sdkref/latest/guide/feature-imds-credentials.html
 *
 * The SDK's own provider is not used: it reads answers of any size, and one in small chunks hangs it on Bun.
 *
 * @throws MetadataError
 */
export async function roleCredentials(options: MetadataOptions): Promise<AwsCredentials> {
  const token = await sessionToken(options);
  if (token === undefined && options.isV1Disabled) throw new MetadataError("v1", false);
  const hasToken = token !== undefined;
  const headers: Record<string, string> = hasToken ? { "x-aws-ec2-metadata-token": token } : {};
  const get = async (path: string) => textOf(await ask(options, path, { headers }, hasToken), hasToken);
  const role = (await get(rolePath)).trim();
  return parse(await get(`${rolePath}${role}`), options.now(), hasToken);
}

/** Undefined: version 1 is to be tried. */
async function sessionToken(options: MetadataOptions): Promise<string | undefined> {
  const headers = { "x-aws-ec2-metadata-token-ttl-seconds": sessionSeconds };
  try {
    const answer = await ask(options, tokenPath, { method: "PUT", headers }, true);
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

/** Never by proxy: there the address means another machine. */
async function ask(
  { endpoint, signal }: MetadataOptions,
  path: string,
  request: { readonly method?: string; readonly headers: Record<string, string> },
  hasToken: boolean,
): Promise<Answer> {
  const limit = AbortSignal.timeout(requestLimit);
  const init: BunFetchRequestInit = {
    ...request,
    signal: AbortSignal.any([signal, limit]),
    proxy: false,
    redirect: "manual",
    decompress: false,
    verbose: false,
  };
  try {
    const response = await fetch(new URL(endpoint.replace(/\/$/, "") + path), init);
    const { bytes, isWhole } = await readBody(response, usualLimit);
    if (!isWhole) throw new MetadataError("nonsense", hasToken);
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
  if (!areTexts) throw new MetadataError("nonsense", hasToken);
  const expiration = new Date(String(Expiration));
  return {
    accessKeyId: String(AccessKeyId),
    secretAccessKey: String(SecretAccessKey),
    sessionToken: String(Token),
    // The service may be late with new ones; AWS accepts those that it gives meanwhile.
    ...(expiration.getTime() > now && { expiration }),
  };
}
