import { ECRClient, GetAuthorizationTokenCommand } from "@aws-sdk/client-ecr";
import {
  ECRPUBLICClient,
  GetAuthorizationTokenCommand as GetPublicTokenCommand,
} from "@aws-sdk/client-ecr-public";
import {
  AssumeRoleCommand,
  AssumeRoleWithWebIdentityCommand,
  GetCallerIdentityCommand,
  STSClient,
} from "@aws-sdk/client-sts";
import { FetchHttpHandler } from "@smithy/fetch-http-handler";
import { callJson } from "../../../src/aws/api/json.ts";
import { callSts } from "../../../src/aws/api/sts.ts";
import { openSession } from "../../../src/aws/calls/call.ts";
import { registryEndpoint } from "../../../src/aws/http/endpoints.ts";
import type { AwsCredentials } from "../../../src/profiles/aws-credentials.ts";
import { parseHost } from "../../../src/registry/host.ts";
import { ambient } from "../../../src/token/identity.ts";

/** A received request. */
export interface Arrived {
  readonly method: string;
  /** The path and query. */
  readonly target: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

export interface Answer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body: string;
}

/** A server that records requests and sends the responses that a test sets. */
export class Recorder {
  readonly arrived: Arrived[] = [];
  answer: Answer = { status: 200, body: "{}" };
  readonly #server = Bun.serve({
    port: 0,
    hostname: "127.0.0.1",
    fetch: async (request) => {
      const url = new URL(request.url);
      const headers = Object.fromEntries(request.headers);
      const { method } = request;
      const target = url.pathname + url.search;
      this.arrived.push({ method, target, headers, body: await request.text() });
      const { status, body } = this.answer;
      return new Response(body, { status, headers: { ...this.answer.headers } });
    },
  });

  get url(): string {
    return `http://127.0.0.1:${this.#server.port}`;
  }

  stop(): Promise<void> {
    return this.#server.stop(true);
  }
}

export const operations = [
  "GetAuthorizationToken",
  "GetAuthorizationToken of ECR Public",
  "AssumeRole",
  "AssumeRoleWithWebIdentity",
  "GetCallerIdentity",
] as const;

/** The parameters of a call. */
export interface Setting {
  readonly operation: (typeof operations)[number];
  readonly endpoint: string;
  readonly region: string;
  readonly credentials: AwsCredentials;
  readonly role: string;
  readonly externalId?: string | undefined;
  readonly duration?: number | undefined;
  readonly attempts: number;
}

const publicRegion = "us-east-1";

const noRedirects = (request: Request) => fetch(request, { redirect: "manual" });

/** Makes the call with the SDK's client. */
export async function bySdk(setting: Setting): Promise<unknown> {
  const { operation, endpoint, credentials, attempts } = setting;
  const config = {
    region: operation.endsWith("Public") ? publicRegion : setting.region,
    endpoint,
    credentials,
    maxAttempts: attempts,
    requestHandler: new FetchHttpHandler({ customFetch: noRedirects as typeof fetch }),
  };
  switch (operation) {
    case "GetAuthorizationToken":
      return new ECRClient(config).send(new GetAuthorizationTokenCommand({}));
    case "GetAuthorizationToken of ECR Public":
      return new ECRPUBLICClient(config).send(new GetPublicTokenCommand({}));
    case "AssumeRole":
      return new STSClient(config).send(new AssumeRoleCommand(roleParameters(setting)));
    case "AssumeRoleWithWebIdentity":
      return new STSClient(config).send(new AssumeRoleWithWebIdentityCommand(webIdentityParameters(setting)));
    case "GetCallerIdentity":
      return new STSClient(config).send(new GetCallerIdentityCommand({}));
  }
}

/** Makes the same call with this program. */
export async function byUs(setting: Setting): Promise<unknown> {
  const { operation, endpoint, region, credentials, attempts } = setting;
  const isPublic = operation.endsWith("Public");
  const registry = parseHost(isPublic ? "public.ecr.aws" : `111122223333.dkr.ecr.${region}.amazonaws.com`);
  if (!registry) throw new Error(`no registry is in ${region}`);
  const session = await openSession({
    registry,
    identity: ambient,
    env: { AWS_ENDPOINT_URL: endpoint, AWS_MAX_ATTEMPTS: String(attempts) },
    home: "/nowhere",
    now: Date.now,
    signal: AbortSignal.timeout(10_000),
    refuseFile: async () => undefined,
  });
  switch (operation) {
    case "GetAuthorizationToken":
    case "GetAuthorizationToken of ECR Public": {
      const service = isPublic ? "ecr-public" : "ecr";
      const target = {
        service,
        region: registry.region,
        endpoint: registryEndpoint(registry, session.settings),
        credentials,
      };
      const name = isPublic ? "SpencerFrontendService" : "AmazonEC2ContainerRegistry_V20150921";
      return callJson(session, target, `${name}.GetAuthorizationToken`);
    }
    case "AssumeRole":
      return callSts(session, region, credentials, { name: operation, parameters: roleParameters(setting) });
    case "AssumeRoleWithWebIdentity":
      return callSts(session, region, undefined, {
        name: operation,
        parameters: webIdentityParameters(setting),
      });
    case "GetCallerIdentity":
      return callSts(session, region, credentials, { name: operation, parameters: {} });
  }
}

function roleParameters({ role, externalId, duration }: Setting) {
  return {
    RoleArn: role,
    RoleSessionName: "docker-credential-ecr",
    ...(duration !== undefined && { DurationSeconds: duration }),
    ...(externalId !== undefined && { ExternalId: externalId }),
  };
}

function webIdentityParameters({ role, externalId = "token" }: Setting) {
  return { RoleArn: role, RoleSessionName: "docker-credential-ecr", WebIdentityToken: externalId };
}
