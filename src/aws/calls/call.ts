import { within } from "../../limits/concurrency.ts";
import type { AwsCredentials } from "../../profiles/aws-credentials.ts";
import { type ReadFiles, readAwsFiles } from "../../profiles/config-files.ts";
import { chosenProfile, filesFor } from "../../profiles/decide-source.ts";
import type { Environment } from "../../token/dependencies.ts";
import { resolveCredentials } from "../credentials/resolve.ts";
import type { FetchContext } from "../errors/diagnosis.ts";
import { failureOf, timeout } from "../errors/errors.ts";
import { caBundle } from "../http/ca-bundle.ts";
import { assertReadableCertificates, readBundle } from "../http/ca-certificates.ts";
import { type Limits, type RefuseFile, type Session, usualLimits } from "../http/session.ts";
import { Transport } from "../http/transport.ts";

/** The input of every call to a registry's API. */
export interface AwsRequest extends Omit<FetchContext, "wanted"> {
  /**
   * process.env in the program. With another environment, variables that only the SDK's sign-in clients read are ignored.
   */
  readonly env: Environment;
  /** The folder that contains `.aws`. */
  readonly home: string;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** The deadline of the whole call. */
  readonly signal: AbortSignal;
  /**
   * The AWS files as they were read to determine the identity, so that the result belongs to that identity even if the
   * files have changed since; absent: they are read now.
   */
  readonly files?: ReadFiles;
  /** Why a file must not decide what runs, because another user can write it; undefined if it may. */
  readonly refuseFile: RefuseFile;
  /** For tests. */
  readonly limits?: Partial<Limits>;
}

/** A call to AWS with newly fetched credentials. */
export type Operation<Answer> = (session: Session, credentials: AwsCredentials) => Promise<Answer>;

/**
 * Runs one call to AWS and converts every error into a failure with a diagnosis.
 *
 * @throws Failure, with one of the codes that errors.ts lists
 */
export async function askAws<Answer>(
  request: AwsRequest,
  wanted: FetchContext["wanted"],
  operation: Operation<Answer>,
): Promise<Answer> {
  const { registry, identity, env, config, signal } = request;
  const context: FetchContext = { registry, identity, env, wanted, ...(config && { config }) };
  const progress: Progress = {};
  const answer = resolveAndCall(request, progress, operation).catch((error) => {
    throw failureOf(error, context, progress.session);
  });
  return await within(signal, answer, () => timeout(context, progress.session));
}

/** The progress of a call, for the message of a failure. */
interface Progress {
  session?: Session;
}

async function resolveAndCall<Answer>(
  request: AwsRequest,
  progress: Progress,
  operation: Operation<Answer>,
): Promise<Answer> {
  const session = await openSession(request);
  progress.session = session;
  return operation(session, await resolveCredentials(session, request.identity));
}

/**
 * Opens a session with the settings of the environment and of the identity's profile. It sends no request.
 *
 * @throws Failure CA_BUNDLE, AWS_FILE_INVALID
 */
export async function openSession(request: AwsRequest): Promise<Session> {
  const { registry, identity, env, home, now, signal, refuseFile } = request;
  const limits = { ...usualLimits, ...request.limits };
  const read = request.files ?? (await readAwsFiles(env, home, () => ""));
  const profiles = filesFor(identity, env, read);
  const profile = chosenProfile(identity, env).name;
  const settings = { env, profiles, profile };
  const bundle = caBundle(settings, home);
  await assertReadableCertificates(env);
  const roots = bundle && (await readBundle(bundle));
  const transport = new Transport({ env, bundle: roots, signal, requestLimit: limits.request, now });
  return {
    ...{
      registry,
      identity,
      env,
      profiles,
      home,
      now,
      settings,
      bundle,
      transport,
      signal,
      limits,
      refuseFile,
    },
    waitingFor: { what: "the AWS credentials" },
  };
}
