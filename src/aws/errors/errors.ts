import type { Origin } from "../../profiles/origin.ts";
import type { Registry } from "../../registry/registry.ts";
import type { Environment } from "../../token/dependencies.ts";
import { Failure } from "../../token/failure.ts";
import { foreignError, foreignText } from "../../token/foreign-text.ts";
import { describeIdentity, type Identity } from "../../token/identity.ts";
import { AnswerError } from "../calls/authorization.ts";
import { InstanceMetadataError } from "../credentials/instance-metadata.ts";
import { RoleError } from "../credentials/role-error.ts";
import { SourceError } from "../credentials/source-error.ts";
import type { Session } from "../http/session.ts";
import { TransportError } from "../http/transport-error.ts";
import { lastAnswerer } from "./answerer.ts";
import { fixForNone } from "./no-credentials.ts";
import { diagnoseService, type ServiceException } from "./service.ts";
import { diagnoseSource } from "./source.ts";
import { diagnoseTransport } from "./transport.ts";

/** What is known of an error: a stable code, why in words, what to do about it. Nothing secret in any. */
export interface Diagnosis {
  readonly code: FailureCode;
  readonly why: string;
  readonly mend: string;
}

/** Every code of the AWS room. Scripts may key on them: they are added to, never changed. */
export type FailureCode =
  /** No source of credentials has any. Public registries are then pulled from anonymously. */
  | "NO_CREDENTIALS"
  | "PROFILE_NOT_FOUND"
  /** A config or credentials file of AWS's that can't be parsed. */
  | "AWS_FILE_INVALID"
  /** A profile that names no source of credentials, or half of one. */
  | "PROFILE_INCOMPLETE"
  | "MFA_REQUIRED"
  | "SSO_EXPIRED"
  | "SSO_ROLE_DENIED"
  | "LOGIN_EXPIRED"
  | "PROCESS_FAILED"
  /** Another user could have written the command of a credential_process. */
  | "PROCESS_UNTRUSTED"
  | "WEB_IDENTITY_FILE"
  | "WEB_IDENTITY_REFUSED"
  | "CONTAINER_CREDENTIALS"
  /** The role's trust policy, or the right to assume it. */
  | "ROLE_DENIED"
  | "ROLE_ARN"
  | "ROLE_PARTITION"
  | "ROLE_DURATION"
  /** An IAM action is missing, or denied. */
  | "ACCESS_DENIED"
  | "SESSION_EXPIRED"
  | "KEYS_UNKNOWN"
  | "KEYS_WRONG"
  | "CLOCK_SKEW"
  | "REGION_NOT_ENABLED"
  /** The rules of a registry were asked for by an identity of another account. */
  | "REPLICATION_ACCOUNT"
  | "THROTTLED"
  | "AWS_FAULT"
  /** AWS refused for a reason that this list has no code for. */
  | "AWS_REFUSED"
  /** What answered is not AWS. */
  | "BAD_ANSWER"
  | "BAD_ENDPOINT"
  | "CA_BUNDLE"
  | "TIMEOUT"
  | "DNS"
  | "UNREACHABLE"
  | "TLS"
  | "PROXY"
  | "UNEXPECTED";

/** What was asked for, and for whom. */
export interface Asked {
  readonly wanted: "token" | "replication rules" | "caller";
  readonly registry: Registry;
  readonly identity: Identity;
  readonly env: Environment;
  /** For messages. */
  readonly config?: ConfigPlace;
}

/** The program's own config, and the line that defines the identity; no line: it defines none. */
export interface ConfigPlace {
  readonly path: string;
  readonly line?: number;
}

/** "…/config.yaml:4" */
export function placeIn({ path, line }: ConfigPlace): string {
  return line === undefined ? path : `${path}:${line}`;
}

/** Whatever was thrown on the way to an answer, in our words. @param session absent: it failed before there was one */
export function failureOf(error: unknown, asked: Asked, session: Session | undefined): Failure {
  if (error instanceof Failure)
    return told(asked, error.code, error.message, error.mend, error.cause ?? error);
  if (session?.signal.aborted) return timeout(asked, session, error);
  const { code, why, mend } = diagnose(error, asked, session);
  return told(asked, code, why, mend, error);
}

/** The budget is spent. @param session that waits for something; absent: it was not open yet */
export function timeout(asked: Asked, session: Session | undefined, cause?: unknown): Failure {
  const waitingFor = session?.waitingFor ?? "the AWS config files";
  const isProcess = waitingFor.startsWith("the credential_process");
  const answerer = isProcess ? undefined : lastAnswerer(session);
  const mend = isProcess
    ? "run its command by hand and see why it does not end"
    : (answerer?.fix ?? "see that it can be reached from here (network, VPN, proxy) and try again");
  return told(
    asked,
    "TIMEOUT",
    `the time ran out waiting for ${waitingFor}${answerer?.way ?? ""}`,
    mend,
    cause,
  );
}

function told(
  { wanted, registry, identity, env, config }: Asked,
  code: string,
  why: string,
  mend: string,
  cause: unknown,
) {
  const place = config?.line === undefined ? "" : ` (${placeIn(config)})`;
  const whom = describeIdentity(identity, env) + place;
  const what = `${lacking(wanted, registry.host)} under ${whom}: ${foreignText(why)}`;
  return new Failure(code, what, foreignText(mend), { cause });
}

function lacking(wanted: Asked["wanted"], host: string): string {
  switch (wanted) {
    case "token":
      return `no ECR token for ${host}`;
    case "replication rules":
      return `the replication rules of ${host} can't be read`;
    case "caller":
      return `no AWS identity for ${host}`;
  }
}

function diagnose(error: unknown, asked: Asked, session: Session | undefined): Diagnosis {
  if (error instanceof TransportError) return diagnoseTransport(error, session);
  if (error instanceof InstanceMetadataError) {
    return {
      code: "NO_CREDENTIALS",
      why: `there are no AWS credentials: none in the environment${secretAlone(asked)}, the AWS files${unreadable(session)} or a container, and ${error.message}`,
      mend: fixForNone(asked, session?.profiles, error.fix),
    };
  }
  if (error instanceof SourceError) return diagnoseSource(error, session);
  if (error instanceof RoleError && error.cause instanceof TransportError)
    return diagnoseTransport(error.cause, session, regionOfRole(asked));
  const service = error instanceof RoleError ? error.cause : error;
  if (isServiceException(service)) {
    const role = error instanceof RoleError ? error : undefined;
    return diagnoseService(service, asked, role, session);
  }
  if (error instanceof AnswerError) {
    const answerer = lastAnswerer(session);
    const where = answerer ? `${answerer.name}: ` : "";
    return { code: "BAD_ANSWER", why: where + error.message, mend: answerer?.fix ?? mendOfAnswer };
  }
  return {
    code: "UNEXPECTED",
    why: foreignError(service),
    mend: "run it again; if it stays, report this line as a bug",
  };
}

/** In brackets: half a pair of keys that the AWS CLI takes for none. */
function secretAlone({ env }: Asked): string {
  const half = ["AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"].find((name) => env[name]);
  return half === undefined || env.AWS_ACCESS_KEY_ID ? "" : ` (${half} is set and AWS_ACCESS_KEY_ID is not)`;
}

/** Where config.yaml names the region whose STS is asked. */
function regionOfRole({ identity, config }: Asked): Origin | undefined {
  if (identity.kind !== "role" || identity.region === undefined || !config) return undefined;
  const name = `region ${identity.region} of the role (${placeIn(config)})`;
  return { name, removal: `correct ${name}` };
}

/** In brackets: a file that counts as absent may be the one that was meant. */
function unreadable(session: Session | undefined): string {
  const files = session?.profiles.unreadable ?? [];
  return files.length > 0 ? ` (${files.join(", ")})` : "";
}

const mendOfAnswer = "look for a proxy that answers in AWS's place, and check this machine's clock";

function isServiceException(error: unknown): error is ServiceException {
  return error instanceof Error && "$metadata" in error;
}
