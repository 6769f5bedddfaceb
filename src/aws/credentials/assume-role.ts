import { type AwsCredentials, unsendablePart } from "../../profiles/aws-credentials.ts";
import { asObject, type JsonObject } from "../api/json.ts";
import { callSts, field, type RoleParameters, type WebIdentityParameters } from "../api/sts.ts";
import { AnswerError } from "../http/answers.ts";
import type { Session } from "../http/session.ts";
import { RoleError } from "./role-error.ts";

interface RoleOrigin {
  /** The region of the STS endpoint. Default: the registry's. */
  readonly region?: string;
  /** The profile whose settings name the role. */
  readonly profile?: string;
}

/** A session of a role. @throws RoleError, Failure BAD_ENDPOINT */
export async function assumeRole(
  session: Session,
  source: AwsCredentials,
  { RoleArn, RoleSessionName, DurationSeconds, ExternalId }: RoleParameters,
  { region = session.registry.region, profile }: RoleOrigin,
): Promise<AwsCredentials> {
  const parameters = { RoleArn, RoleSessionName, DurationSeconds, ExternalId };
  const answer = callSts(session, region, source, { name: "AssumeRole", parameters });
  try {
    return credentialsIn(await answer);
  } catch (error) {
    throw new RoleError({ role: RoleArn, region, profile, byWebIdentity: false }, error);
  }
}

/** A session of a role with the token of an identity provider, in an unsigned request. @throws RoleError, Failure BAD_ENDPOINT */
export async function assumeRoleWithWebIdentity(
  session: Session,
  { RoleArn, RoleSessionName, WebIdentityToken }: WebIdentityParameters,
): Promise<AwsCredentials> {
  const { region } = session.registry;
  const parameters = { RoleArn, RoleSessionName, WebIdentityToken };
  const answer = callSts(session, region, undefined, { name: "AssumeRoleWithWebIdentity", parameters });
  try {
    return credentialsIn(await answer);
  } catch (error) {
    throw new RoleError({ role: RoleArn, region, byWebIdentity: true }, error);
  }
}

function credentialsIn(answer: JsonObject): AwsCredentials {
  const fields = asObject(answer.Credentials);
  const accessKeyId = field(fields, "AccessKeyId");
  const secretAccessKey = field(fields, "SecretAccessKey");
  const sessionToken = field(fields, "SessionToken");
  const expiration = Date.parse(field(fields, "Expiration") ?? "");
  if (!accessKeyId || !secretAccessKey) throw new AnswerError("the answer contains no credentials");
  const credentials = {
    accessKeyId,
    secretAccessKey,
    ...(sessionToken && { sessionToken }),
    ...(!Number.isNaN(expiration) && { expiration: new Date(expiration) }),
  };
  const part = unsendablePart(credentials);
  if (part !== undefined) throw new AnswerError(`the ${part} in the answer is invalid`);
  return credentials;
}
