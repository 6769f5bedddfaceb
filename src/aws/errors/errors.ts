import type { Origin } from "../../profiles/origin.ts";
import { isPlausibleRegion, knownRegions } from "../../registry/regions.ts";
import { Failure } from "../../token/failure.ts";
import type { FailureCode } from "../../token/failure-codes.ts";
import { foreignError, foreignText } from "../../token/foreign-text.ts";
import { describeIdentity } from "../../token/identity.ts";
import { nearestOf } from "../../token/nearest.ts";
import { InstanceMetadataError } from "../credentials/instance-metadata.ts";
import { RoleError } from "../credentials/role-error.ts";
import { SourceError } from "../credentials/source-error.ts";
import { UnsendableKeys } from "../credentials/unsendable-keys.ts";
import { AnswerError } from "../http/answers.ts";
import type { Session, WaitingFor } from "../http/session.ts";
import { TransportError } from "../http/transport-error.ts";
import { lastAnswerer } from "./answerer.ts";
import { type Diagnosis, describeLocation, type FetchContext } from "./diagnosis.ts";
import { keysOrigin, sessionTokenOrigin } from "./keys-origin.ts";
import { fixForNone } from "./no-credentials.ts";
import { diagnoseService, type ServiceException } from "./service.ts";
import { diagnoseSource } from "./source.ts";
import { diagnoseTransport } from "./transport.ts";

/** Converts an error of a call into a failure. @param session absent if it failed before the session was open */
export function failureOf(error: unknown, context: FetchContext, session: Session | undefined): Failure {
  if (error instanceof Failure)
    return withContext(context, error.code, error.message, error.fix, error.cause ?? error);
  if (session?.signal.aborted) return timeout(context, session, error);
  return explained(error, context, session);
}

function explained(error: unknown, context: FetchContext, session: Session | undefined): Failure {
  const { code, why, fix } = diagnose(error, context, session);
  return withContext(context, code, why, fix, error);
}

/**
 * The failure after the deadline: of the last attempt that ended, else a timeout.
 *
 * @param session absent if it was not open yet
 */
export function timeout(context: FetchContext, session: Session | undefined, cause?: unknown): Failure {
  if (session?.lastAttempt !== undefined) return explained(session.lastAttempt, context, session);
  const waitingFor: WaitingFor = session?.waitingFor ?? { what: "the AWS config files" };
  // A step with its own fix does not use the network.
  const answerer = waitingFor.fix === undefined ? lastAnswerer(session) : undefined;
  const usual = "check that it can be reached from here (network, VPN, proxy) and try again";
  return withContext(
    context,
    "TIMEOUT",
    `timeout while waiting for ${waitingFor.what}${answerer?.suffix ?? ""}`,
    waitingFor.fix ?? answerer?.fix ?? usual,
    cause,
  );
}

function withContext(
  { wanted, registry, identity, env, config }: FetchContext,
  code: FailureCode,
  why: string,
  fix: string,
  cause: unknown,
) {
  const place = config?.line === undefined ? "" : `, ${describeLocation(config)}`;
  const misspelt = networkCodes.has(code) && !isPlausibleRegion(registry.region);
  const what = {
    summary: summaryOf(wanted, registry.host),
    identity: foreignText(describeIdentity(identity, env)) + place,
    reason: foreignText(why) + (misspelt ? `; ${registry.region} is not an AWS region` : ""),
  };
  const nearest = misspelt ? nearestOf(registry.region, knownRegions) : undefined;
  const correction = nearest === undefined ? "" : `write ${nearest} in the host of the registry, or `;
  return new Failure(code, what, correction + foreignText(fix), { cause });
}

/** The codes of a request whose host does not exist, or is another server's. */
const networkCodes: ReadonlySet<FailureCode> = new Set<FailureCode>(["DNS", "TLS", "UNREACHABLE", "TIMEOUT"]);

function summaryOf(wanted: FetchContext["wanted"], host: string): string {
  switch (wanted) {
    case "token":
      return `no ECR token for ${host}`;
    case "replication rules":
      return `the replication rules of ${host} can't be read`;
    case "caller":
      return `no AWS identity for ${host}`;
  }
}

function diagnose(error: unknown, context: FetchContext, session: Session | undefined): Diagnosis {
  if (error instanceof TransportError) return diagnoseTransport(error, session);
  if (error instanceof InstanceMetadataError) {
    return {
      code: "NO_CREDENTIALS",
      why: `there are no AWS credentials: none in the environment${incompleteKeys(context)}, the AWS files${unreadable(session)} or a container, and ${error.message}`,
      fix: fixForNone(context, session?.profiles, error.fix),
    };
  }
  if (error instanceof SourceError) return diagnoseSource(error, session);
  if (error instanceof UnsendableKeys) return diagnoseUnsendable(error, session);
  if (error instanceof RoleError && error.cause instanceof TransportError)
    return diagnoseTransport(error.cause, session, regionOfRole(context));
  const service = error instanceof RoleError ? error.cause : error;
  if (isServiceException(service)) {
    const role = error instanceof RoleError ? error : undefined;
    return diagnoseService(service, context, role, session);
  }
  if (service instanceof AnswerError) {
    const answerer = lastAnswerer(session);
    const where = answerer ? `${answerer.name}: ` : error instanceof RoleError ? "STS: " : "";
    return { code: "BAD_ANSWER", why: where + service.message, fix: answerer?.fix ?? badAnswerFix };
  }
  return {
    code: "UNEXPECTED",
    why: foreignError(service),
    fix: "run it again; if it recurs, report this line as a bug",
  };
}

function diagnoseUnsendable({ part }: UnsendableKeys, session: Session | undefined): Diagnosis {
  const origin = part === "session token" ? sessionTokenOrigin(session)?.name : keysOrigin(session);
  return {
    code: "KEYS_UNKNOWN",
    why: `the ${part}${origin === undefined ? "" : ` (${origin})`} contains a line end or non-ASCII characters, which AWS never issues`,
    fix: "copy the keys again as AWS issued them, each on one line",
  };
}

/** In brackets: an incomplete pair of keys, which the AWS CLI ignores. */
function incompleteKeys({ env }: FetchContext): string {
  const variable = ["AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"].find((name) => env[name]);
  return variable === undefined || env.AWS_ACCESS_KEY_ID
    ? ""
    : ` (${variable} is set, but AWS_ACCESS_KEY_ID is not)`;
}

/** The setting of the STS region in config.yaml; undefined if the region exists. */
function regionOfRole({ identity, config }: FetchContext): Origin | undefined {
  if (identity.kind !== "role" || identity.region === undefined || !config) return undefined;
  if (knownRegions.includes(identity.region)) return undefined;
  const name = `region ${identity.region} of the role (${describeLocation(config)})`;
  return { name, removal: `correct ${name}` };
}

/** In brackets: files that count as absent because they can't be read. */
function unreadable(session: Session | undefined): string {
  const files = session?.profiles.unreadable ?? [];
  return files.length > 0 ? ` (${files.join(", ")})` : "";
}

const badAnswerFix = "check for a proxy that answers instead of AWS, and check this machine's clock";

function isServiceException(error: unknown): error is ServiceException {
  return error instanceof Error && "$metadata" in error;
}
