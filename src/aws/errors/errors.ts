import type { Origin } from "../../profiles/origin.ts";
import { Failure } from "../../token/failure.ts";
import type { FailureCode } from "../../token/failure-codes.ts";
import { foreignError, foreignText } from "../../token/foreign-text.ts";
import { describeIdentity } from "../../token/identity.ts";
import { InstanceMetadataError } from "../credentials/instance-metadata.ts";
import { RoleError } from "../credentials/role-error.ts";
import { SourceError } from "../credentials/source-error.ts";
import { AnswerError } from "../http/answers.ts";
import type { Session, WaitingFor } from "../http/session.ts";
import { TransportError } from "../http/transport-error.ts";
import { lastAnswerer } from "./answerer.ts";
import { type Asked, type Diagnosis, placeIn } from "./diagnosis.ts";
import { fixForNone } from "./no-credentials.ts";
import { diagnoseService, type ServiceException } from "./service.ts";
import { diagnoseSource } from "./source.ts";
import { diagnoseTransport } from "./transport.ts";

/** Whatever was thrown on the way to an answer, in our words. @param session absent: it failed before there was one */
export function failureOf(error: unknown, asked: Asked, session: Session | undefined): Failure {
  if (error instanceof Failure)
    return withContext(asked, error.code, error.message, error.fix, error.cause ?? error);
  if (session?.signal.aborted) return timeout(asked, session, error);
  const { code, why, fix } = diagnose(error, asked, session);
  return withContext(asked, code, why, fix, error);
}

/** The budget is spent. @param session that waits for something; absent: it was not open yet */
export function timeout(asked: Asked, session: Session | undefined, cause?: unknown): Failure {
  const waitingFor: WaitingFor = session?.waitingFor ?? { what: "the AWS config files" };
  // What has a fix of its own is not at the other end of the network.
  const answerer = waitingFor.fix === undefined ? lastAnswerer(session) : undefined;
  const usual = "see that it can be reached from here (network, VPN, proxy) and try again";
  return withContext(
    asked,
    "TIMEOUT",
    `the time ran out waiting for ${waitingFor.what}${answerer?.way ?? ""}`,
    waitingFor.fix ?? answerer?.fix ?? usual,
    cause,
  );
}

function withContext(
  { wanted, registry, identity, env, config }: Asked,
  code: FailureCode,
  why: string,
  fix: string,
  cause: unknown,
) {
  const place = config?.line === undefined ? "" : `, ${placeIn(config)}`;
  const what = {
    summary: lacking(wanted, registry.host),
    identity: describeIdentity(identity, env) + place,
    reason: foreignText(why),
  };
  return new Failure(code, what, foreignText(fix), { cause });
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
      fix: fixForNone(asked, session?.profiles, error.fix),
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
    return { code: "BAD_ANSWER", why: where + error.message, fix: answerer?.fix ?? mendOfAnswer };
  }
  return {
    code: "UNEXPECTED",
    why: foreignError(service),
    fix: "run it again; if it stays, report this line as a bug",
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
