import { randomUUID } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import { authenticate } from "./authenticate.ts";
import type { Credentials } from "./credentials.ts";
import {
  describeImages,
  describeRegistry,
  describeRepositories,
  getAuthorizationToken,
  getPublicAuthorizationToken,
  type Invocation,
} from "./ecr.ts";
import { AwsError, refusal, renderError } from "./errors.ts";
import { type Answer, headersOf, readBody, reply } from "./http.ts";
import { type Recognised, recognise } from "./recognise.ts";
import type { WireRequest } from "./sigv4.ts";
import { createToken, getRoleCredentials } from "./sso.ts";
import { type Failure, strike } from "./strike.ts";
import { assumeRole, assumeRoleWithWebIdentity, getCallerIdentity, type StsInvocation } from "./sts.ts";
import type { World } from "./world.ts";

const ecrOperations: Readonly<Record<string, (invocation: Invocation) => unknown>> = {
  GetAuthorizationToken: getAuthorizationToken,
  GetPublicAuthorizationToken: getPublicAuthorizationToken,
  DescribeRegistry: describeRegistry,
  DescribeRepositories: describeRepositories,
  DescribeImages: describeImages,
};

const stsOperations: Readonly<Record<string, (invocation: StsInvocation) => string>> = {
  AssumeRole: assumeRole,
  AssumeRoleWithWebIdentity: assumeRoleWithWebIdentity,
  GetCallerIdentity: getCallerIdentity,
};

/** The operations without SigV4 authentication. */
const unsigned: ReadonlySet<string> = new Set([
  "AssumeRoleWithWebIdentity",
  "GetRoleCredentials",
  "CreateToken",
  "Unknown",
]);

/** Handles a request to an AWS API: ECR, ECR Public, STS, SSO. */
export async function serveApi(
  world: World,
  incoming: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  // Not an operation: the client opens a connection, or checks whether the server responds.
  if (incoming.method === "HEAD") return reply(response, { status: 404 }, world.now());
  const request: WireRequest = {
    method: incoming.method ?? "GET",
    target: incoming.url ?? "/",
    headers: headersOf(incoming),
    body: await readBody(incoming),
  };
  const recognised = recognise(request);
  const { operation, region, protocol } = recognised;
  const call = world.calls.add({
    operation,
    host: request.headers["host"] ?? "",
    path: request.target.replace(/\?.*/s, ""),
    at: world.now(),
    ...(region === undefined ? {} : { region }),
    ...(operation === "Unknown" ? { detail: recognised.asked } : {}),
  });
  const decision = verify(world, request, recognised);
  if (!(decision instanceof AwsError) && decision) call.principal = decision.principal.arn;

  const struck = await strike(world, call, incoming.socket);
  if (struck === "silence") return;
  const requestId = randomUUID();
  try {
    if (struck) throw failureOf(struck, recognised);
    if (decision instanceof AwsError) throw decision;
    const answer = perform(world, request, recognised, decision, requestId);
    call.outcome = "ok";
    reply(response, answer, world.now());
  } catch (error) {
    if (!(error instanceof AwsError)) throw error;
    call.outcome = error.code;
    reply(response, renderError(error, protocol, requestId), world.now());
  }
}

/** @returns the principal, undefined if the request needs no signature, or the reason for a refusal */
function verify(
  world: World,
  request: WireRequest,
  recognised: Recognised,
): Credentials | AwsError | undefined {
  if (unsigned.has(recognised.operation)) return undefined;
  const { service, region, regionIsFixed, protocol } = recognised;
  // ECR Public exists in one region only, regardless of the client's endpoint.
  const expectedRegion = service === "ecr-public" ? "us-east-1" : regionIsFixed ? region : undefined;
  const expected = { service, ...(expectedRegion === undefined ? {} : { region: expectedRegion }) };
  try {
    return authenticate(world, request, expected, protocol);
  } catch (error) {
    if (error instanceof AwsError) return error;
    throw error;
  }
}

function failureOf(failure: Failure, { protocol }: Recognised): AwsError {
  if (failure.kind === "throttle") return refusal("throttled", protocol, "Rate exceeded");
  return new AwsError(failure.code, failure.status, failure.message);
}

function perform(
  world: World,
  request: WireRequest,
  { operation, protocol, parameters, region = "us-east-1", asked }: Recognised,
  credentials: Credentials | undefined,
  requestId: string,
): Answer {
  const answer = (type: string, body: string): Answer => ({
    status: 200,
    headers: { "content-type": type, "x-amzn-requestid": requestId },
    body,
  });
  const ofEcr = ecrOperations[operation];
  if (ofEcr && credentials) {
    const result = ofEcr({ world, credentials, region, input: decode(request.body) });
    return answer("application/x-amz-json-1.1", JSON.stringify(result));
  }
  const ofSts = stsOperations[operation];
  if (ofSts) {
    const result = ofSts({ world, parameters, ...(credentials ? { credentials } : {}) });
    return answer(
      "text/xml",
      `<${operation}Response xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><${operation}Result>${result}` +
        `</${operation}Result><ResponseMetadata><RequestId>${requestId}</RequestId></ResponseMetadata></${operation}Response>`,
    );
  }
  if (operation === "GetRoleCredentials") {
    const result = getRoleCredentials(world, parameters, request.headers["x-amz-sso_bearer_token"]);
    return answer("application/json", JSON.stringify(result));
  }
  if (operation === "CreateToken") {
    return answer("application/json", JSON.stringify(createToken(world, decode(request.body))));
  }
  throw refusal(
    "unknownOperation",
    protocol,
    protocol === "query"
      ? `Could not find operation ${asked} for version NO_VERSION_SPECIFIED`
      : `No operation ${asked}`,
  );
}

function decode(body: Uint8Array): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(Buffer.from(body).toString() || "{}");
    if (typeof value === "object" && value !== null) return value as Record<string, unknown>;
  } catch {}
  throw new AwsError("SerializationException", 400, "The body is not a JSON object");
}
