import type { AwsCredentials } from "../../profiles/aws-credentials.ts";
import type { Registry } from "../../registry/registry.ts";
import type { Destination } from "../../registry/replica.ts";
import { AnswerError } from "../http/answers.ts";
import type { Session } from "../http/session.ts";
import type { Target } from "./call.ts";
import { asObject, callJson, type JsonObject } from "./json.ts";

/** The used fields of ECR's answer. A field that is not as documented counts as absent. */
export interface RawAuthorization {
  readonly authorizationToken?: string | undefined;
  readonly expiresAt?: Date | undefined;
}

/** A registry's account, and the destinations of its replication rules. */
export interface RawReplication {
  readonly account: string | undefined;
  readonly destinations: readonly Destination[];
}

/**
 * GetAuthorizationToken, without registryIds: one token is valid for all registries that its principal can read in the region.
 *
 * @throws ServiceError, TransportError
 */
export async function getAuthorization(
  session: Session,
  endpoint: string,
  credentials: AwsCredentials,
): Promise<RawAuthorization> {
  const { registry } = session;
  const target = targetOf(registry, endpoint, credentials);
  const answer = await callJson(session, target, `${serviceName[registry.kind]}.GetAuthorizationToken`);
  // A list in ECR, a single object in ECR Public.
  const { authorizationData } = answer;
  const data = asObject(Array.isArray(authorizationData) ? authorizationData[0] : authorizationData);
  const { authorizationToken, expiresAt } = data;
  return {
    ...(typeof authorizationToken === "string" && { authorizationToken }),
    ...(typeof expiresAt === "number" && { expiresAt: new Date(expiresAt * 1000) }),
  };
}

/**
 * DescribeRegistry, which returns the registry of the caller's own account in the region.
 *
 * @throws ServiceError, TransportError; AnswerError if a rule can't be read
 */
export async function describeRegistry(
  session: Session,
  endpoint: string,
  credentials: AwsCredentials,
): Promise<RawReplication> {
  const target = targetOf(session.registry, endpoint, credentials);
  const answer = await callJson(session, target, `${serviceName.private}.DescribeRegistry`);
  const rules = listIn(asObject(answer.replicationConfiguration), "rules");
  const destinations = rules.flatMap((rule) => listIn(rule, "destinations")).map(destinationOf);
  const { registryId } = answer;
  return { account: typeof registryId === "string" ? registryId : undefined, destinations };
}

const serviceName = {
  private: "AmazonEC2ContainerRegistry_V20150921",
  public: "SpencerFrontendService",
} as const;

function targetOf({ kind, region }: Registry, endpoint: string, credentials: AwsCredentials): Target {
  return { service: kind === "public" ? "ecr-public" : "ecr", region, endpoint, credentials };
}

function listIn(object: JsonObject, name: string): readonly JsonObject[] {
  const list = object[name] ?? [];
  if (!Array.isArray(list)) throw new AnswerError(`the ${name} in the answer are not a list`);
  return list.map(asObject);
}

function destinationOf({ region, registryId: account }: JsonObject): Destination {
  if (typeof region === "string" && typeof account === "string") return { account, region };
  throw new AnswerError("the answer has a destination without a region or an account");
}
