import { FetchHttpHandler } from "@smithy/fetch-http-handler";
import type { User } from "./cast.ts";
import type { Credentials } from "./credentials.ts";
import type { StandIn } from "./stand-in.ts";

/** How an SDK client of a test reaches the stand-in. */
export interface SdkOptions {
  readonly keys: User | Credentials | { accessKeyId: string; secretAccessKey: string; sessionToken?: string };
  /** Default us-east-1. */
  readonly region?: string;
  /** By a custom endpoint, the default, or by a proxy with AWS's own host names. */
  readonly via?: "endpoint" | "proxy";
  /** Changes a request after it was signed. */
  readonly tamper?: (request: Request) => Request;
  /** Default 1, so that a test sees the stand-in's first response. */
  readonly maxAttempts?: number;
}

/** The settings of an SDK client that talks to a stand-in of this process. */
export function sdkConfig(aws: StandIn, options: SdkOptions) {
  const { keys, region = "us-east-1", via = "endpoint", tamper = (request) => request } = options;
  const { accessKeyId, secretAccessKey } = keys;
  const sessionToken = "sessionToken" in keys ? keys.sessionToken : undefined;
  const route = via === "proxy" ? { proxy: aws.urls.proxy } : {};
  const customFetch = (request: Request) => fetch(tamper(request), { tls: { ca: aws.ca }, ...route });
  return {
    region,
    maxAttempts: options.maxAttempts ?? 1,
    credentials: { accessKeyId, secretAccessKey, ...(sessionToken === undefined ? {} : { sessionToken }) },
    // Bun's fetch ignores `tls` in a Request, so requestInit does not work.
    requestHandler: new FetchHttpHandler({ customFetch: customFetch as typeof fetch }),
    ...(via === "endpoint" ? { endpoint: aws.urls.tls } : {}),
  };
}

/** A user of the cast, by the last part of its ARN. Throws if there is none. */
export function userNamed(users: readonly User[], name: string): User {
  const user = users.find(({ arn }) => arn.endsWith(`/${name}`));
  if (!user) throw new Error(`no user ${name} in the cast`);
  return user;
}
