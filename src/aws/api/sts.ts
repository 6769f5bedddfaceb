import type { AwsCredentials } from "../../profiles/aws-credentials.ts";
import { stsEndpoint } from "../http/endpoints.ts";
import type { Session } from "../http/session.ts";
import type { JsonObject } from "./json.ts";
import { callQuery, type QueryOperation, textIn } from "./query.ts";

/** The parameters of AssumeRole. */
export interface RoleParameters {
  readonly RoleArn: string;
  readonly RoleSessionName: string;
  readonly DurationSeconds?: number;
  readonly ExternalId?: string;
}

/** The parameters of AssumeRoleWithWebIdentity, whose request is not signed. */
export interface WebIdentityParameters {
  readonly RoleArn: string;
  readonly RoleSessionName: string;
  readonly WebIdentityToken: string;
}

/**
 * Calls STS in a region.
 *
 * @param credentials absent: unsigned
 * @throws ServiceError, TransportError, Failure BAD_ENDPOINT
 */
export function callSts(
  session: Session,
  region: string,
  credentials: AwsCredentials | undefined,
  operation: Omit<QueryOperation, "version">,
): Promise<JsonObject> {
  const endpoint = stsEndpoint(region, session.registry, session.settings);
  session.waitingFor = { what: `STS at ${new URL(endpoint).host}` };
  const target = { service: "sts", region, endpoint, credentials };
  return callQuery(session, target, { ...operation, version: "2011-06-15" });
}

/** A field of an answer; undefined if it is absent or empty. */
export function field(answer: JsonObject, name: string): string | undefined {
  return textIn(answer[name]) || undefined;
}
