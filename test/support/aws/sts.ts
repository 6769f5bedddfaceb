import type { Role } from "./cast.ts";
import { type Credentials, isTrusted, type Session } from "./credentials.ts";
import { AwsError, escapeXml, refusal } from "./errors.ts";
import type { World } from "./world.ts";

/** A call of STS's query protocol; `credentials` is absent if it needs no signature. */
export interface StsInvocation {
  readonly world: World;
  readonly parameters: URLSearchParams;
  readonly credentials?: Credentials;
}

const oneHour = 3600;

/** @returns the XML inside `<GetCallerIdentityResult>` */
export function getCallerIdentity({ credentials }: StsInvocation): string {
  if (!credentials) throw refusal("missing", "query", "Request is missing Authentication Token");
  const { arn, userId, account } = credentials.principal;
  return element("Arn", arn) + element("UserId", userId) + element("Account", account);
}

/** @returns the XML inside `<AssumeRoleResult>` */
export function assumeRole({ world, parameters, credentials }: StsInvocation): string {
  if (!credentials) throw refusal("missing", "query", "Request is missing Authentication Token");
  const { principal } = credentials;
  const arn = required(parameters, "RoleArn");
  const sessionName = sessionNameOf(parameters);
  const role = world.role(arn);
  const externalId = parameters.get("ExternalId") ?? undefined;
  // AWS does not reveal whether the role, the trust policy or the external id is wrong.
  if (!role || !isTrusted(role, principal) || (role.externalId ?? externalId) !== externalId) {
    throw refusal(
      "denied",
      "query",
      `User: ${principal.arn} is not authorized to perform: sts:AssumeRole on resource: ${arn}`,
    );
  }
  const seconds = durationOf(parameters, role);
  if (principal.isRole && seconds > oneHour) {
    throw invalid(
      "The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining.",
    );
  }
  const session = world.credentials.assume(role, sessionName, world.sessionEnd(seconds));
  return sessionXml(session);
}

/** @returns the XML inside `<AssumeRoleWithWebIdentityResult>` */
export function assumeRoleWithWebIdentity({ world, parameters }: StsInvocation): string {
  const arn = required(parameters, "RoleArn");
  const token = required(parameters, "WebIdentityToken");
  const sessionName = sessionNameOf(parameters);
  const identity = world.cast.webIdentities.find((each) => each.token === token);
  if (!identity) {
    throw new AwsError(
      "InvalidIdentityToken",
      400,
      "Couldn't retrieve verification key from your identity provider,  please reference AssumeRoleWithWebIdentity documentation for requirements",
    );
  }
  if (identity.expiresAt !== undefined && identity.expiresAt <= world.now()) {
    const seconds = (time: number) => Math.floor(time / 1000);
    throw new AwsError(
      "ExpiredTokenException",
      400,
      `Token expired: current date/time ${seconds(world.now())} must be before the expiration date/time ${seconds(identity.expiresAt)}`,
    );
  }
  const role = world.role(arn);
  if (!role || !identity.roles.includes(arn)) {
    throw refusal("denied", "query", "Not authorized to perform sts:AssumeRoleWithWebIdentity");
  }
  const seconds = durationOf(parameters, role);
  const session = world.credentials.assume(role, sessionName, world.sessionEnd(seconds));
  return sessionXml(session) + element("SubjectFromWebIdentityToken", identity.subject);
}

function required(parameters: URLSearchParams, name: string): string {
  const value = parameters.get(name);
  if (value) return value;
  const field = name.charAt(0).toLowerCase() + name.slice(1);
  throw constraint(`Value null at '${field}' failed to satisfy constraint: Member must not be null`);
}

function sessionNameOf(parameters: URLSearchParams): string {
  const name = required(parameters, "RoleSessionName");
  if (/^[\w+=,.@-]{2,64}$/.test(name)) return name;
  throw constraint(
    `Value '${name}' at 'roleSessionName' failed to satisfy constraint: ` +
      "Member must satisfy regular expression pattern: [\\w+=,.@-]*",
  );
}

function durationOf(parameters: URLSearchParams, role: Role): number {
  const seconds = Number(parameters.get("DurationSeconds") ?? oneHour);
  if (!(seconds >= 900)) {
    throw constraint(
      `Value '${seconds}' at 'durationSeconds' failed to satisfy constraint: ` +
        "Member must have value greater than or equal to 900",
    );
  }
  if (seconds > 43_200) {
    throw constraint(
      `Value '${seconds}' at 'durationSeconds' failed to satisfy constraint: ` +
        "Member must have value less than or equal to 43200",
    );
  }
  if (seconds > (role.maxSessionSeconds ?? oneHour)) {
    throw invalid("The requested DurationSeconds exceeds the MaxSessionDuration set for this role.");
  }
  return seconds;
}

const invalid = (message: string): AwsError => new AwsError("ValidationError", 400, message);
const constraint = (problem: string): AwsError => invalid(`1 validation error detected: ${problem}`);

const element = (name: string, text: string): string => `<${name}>${escapeXml(text)}</${name}>`;

function sessionXml({ accessKeyId, secretAccessKey, sessionToken, expiresAt, principal }: Session): string {
  const expiration = new Date(expiresAt).toISOString().replace(/\.\d+/, "");
  return (
    `<Credentials>${element("AccessKeyId", accessKeyId)}${element("SecretAccessKey", secretAccessKey)}` +
    `${element("SessionToken", sessionToken)}${element("Expiration", expiration)}</Credentials>` +
    `<AssumedRoleUser>${element("AssumedRoleId", principal.userId)}${element("Arn", principal.arn)}</AssumedRoleUser>` +
    element("PackedPolicySize", "6")
  );
}
