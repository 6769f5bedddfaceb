import { FetchHttpHandler } from "@smithy/fetch-http-handler";
import type { User } from "./cast.ts";
import type { Credentials } from "./credentials.ts";
import type { StandIn } from "./stand-in.ts";

/** How an SDK client of a test reaches the stand-in. */
export interface SdkOptions {
  readonly keys: User | Credentials | { accessKeyId: string; secretAccessKey: string; sessionToken?: string };
  /** Default us-east-1. */
  readonly region?: string;
  /** By custom endpoint, the default, or by proxy under AWS's own host names. */
  readonly via?: "endpoint" | "proxy";
  /** What to do to a request after it was signed. */
  readonly tamper?: (request: Request) => Request;
  /** Default 1: what the stand-in says is what the test sees. */
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
    // Bun's fetch loses `tls` when it stands in a Request, so that requestInit will not do.
    requestHandler: new FetchHttpHandler({ customFetch: customFetch as typeof fetch }),
    ...(via === "endpoint" ? { endpoint: aws.urls.tls } : {}),
  };
}

/** A user of the cast by the last part of its ARN. Throws where there is none. */
export function userNamed(users: readonly User[], name: string): User {
  const user = users.find(({ arn }) => arn.endsWith(`/${name}`));
  if (!user) throw new Error(`no user ${name} in the cast`);
  return user;
}
