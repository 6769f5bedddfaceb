import type { Credentials } from "./credentials.ts";
import { type Protocol, type Refusal, refusal } from "./errors.ts";
import {
  dateOf,
  isSignedWith,
  readSignature,
  type Signature,
  unsignedHeaders,
  type WireRequest,
} from "./sigv4.ts";
import type { World } from "./world.ts";

const quarterOfAnHour = 15 * 60_000;

/** The requirements of a request's host for its signature. */
export interface Expected {
  readonly service: string;
  /** Absent: the host name has no region, so any region is accepted. */
  readonly region?: string;
}

/** @returns the principal of the request. @throws AwsError with AWS's message */
export function authenticate(
  world: World,
  request: WireRequest,
  expected: Expected,
  protocol: Protocol,
): Credentials {
  const refuse = (kind: Refusal, message: string) => refusal(kind, protocol, message);
  if (request.headers["authorization"] === undefined) {
    throw refuse(
      "missing",
      protocol === "query" ? "Request is missing Authentication Token" : "Missing Authentication Token",
    );
  }
  const signature = readSignature(request);
  if (!signature) {
    throw refuse("incomplete", "The Authorization header or the X-Amz-Date header is missing or malformed.");
  }
  const scope = scopeProblem(signature, expected) ?? dateProblem(signature, world.now());
  if (scope) throw refuse("badSignature", scope);

  const credentials = world.credentials.find(signature.accessKeyId);
  if (credentials?.sessionToken !== signature.sessionToken || !credentials) {
    throw refuse("unknownKey", "The security token included in the request is invalid.");
  }
  if (credentials.expiresAt !== undefined && credentials.expiresAt <= world.now()) {
    throw refuse("expiredSession", "The security token included in the request is expired");
  }
  const unsigned = unsignedHeaders(request, signature);
  if (unsigned.length > 0) {
    throw refuse("badSignature", `'${unsigned[0]}' must be a 'SignedHeader' in the AWS Authorization.`);
  }
  if (!isSignedWith(request, signature, credentials.secretAccessKey)) {
    throw refuse(
      "badSignature",
      "The request signature we calculated does not match the signature you provided. Check your AWS Secret " +
        "Access Key and signing method. Consult the service documentation for details.",
    );
  }
  return credentials;
}

function scopeProblem(signature: Signature, expected: Expected): string | undefined {
  if (signature.service !== expected.service) {
    return `Credential should be scoped to correct service: '${expected.service}'. `;
  }
  if (expected.region !== undefined && signature.region !== expected.region) {
    return `Credential should be scoped to a valid region, not '${signature.region}'. `;
  }
  if (!signature.date.startsWith(signature.day)) {
    return `Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from HTTP: '${signature.day}' != '${signature.date.slice(0, 8)}', from '${signature.date}'.`;
  }
  return undefined;
}

function dateProblem(signature: Signature, now: number): string | undefined {
  const basic = (time: number) => new Date(time).toISOString().replace(/[-:]|\.\d+/g, "");
  const skew = now - dateOf(signature);
  if (skew > quarterOfAnHour) {
    const limit = basic(now - quarterOfAnHour);
    return `Signature expired: ${signature.date} is now earlier than ${limit} (${basic(now)} - 15 min.)`;
  }
  if (skew < -quarterOfAnHour) {
    const limit = basic(now + quarterOfAnHour);
    return `Signature not yet current: ${signature.date} is still later than ${limit} (${basic(now)} + 15 min.)`;
  }
  return undefined;
}
