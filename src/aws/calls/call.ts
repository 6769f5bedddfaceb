import { within } from "../../limits/concurrency.ts";
import type { AwsCredentials } from "../../profiles/aws-credentials.ts";
import { type ReadFiles, readAwsFiles } from "../../profiles/config-files.ts";
import { chosenProfile, filesFor } from "../../profiles/decide-source.ts";
import type { Environment } from "../../token/dependencies.ts";
import { resolveCredentials } from "../credentials/resolve.ts";
import type { Asked } from "../errors/diagnosis.ts";
import { failureOf, timeout } from "../errors/errors.ts";
import { caBundle } from "../http/ca-bundle.ts";
import { mustNotHang, readBundle } from "../http/ca-certificates.ts";
import { type Limits, type RefuseFile, type Session, usualLimits } from "../http/session.ts";
import { Transport } from "../http/transport.ts";

/** What every question to a registry's API comes with. */
export interface AwsRequest extends Omit<Asked, "wanted"> {
  /**
   * process.env in the program. Of another one everything is honoured but what only the SDK's sign-in clients read.
   */
  readonly env: Environment;
  /** The folder that holds `.aws`. */
  readonly home: string;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** The whole budget: when it ends the question does, whatever hangs. */
  readonly signal: AbortSignal;
  /**
   * The AWS files as they were read when the identity was told from others, so that what is fetched is that one's
   * whatever has become of the files since; absent: they are read now.
   */
  readonly files?: ReadFiles;
  /** Why a file must not decide what runs, since another user could have written it; undefined: it may. */
  readonly refuseFile: RefuseFile;
  /** Tests shorten them. */
  readonly limits?: Partial<Limits>;
}

/** Asks AWS under credentials that were got anew. */
export type Question<Answer> = (session: Session, credentials: AwsCredentials) => Promise<Answer>;

/**
 * Opens the way to AWS for one question and puts whatever goes wrong on it into our words.
 *
 * @throws Failure, with one of the codes that errors.ts lists
 */
export async function askAws<Answer>(
  request: AwsRequest,
  wanted: Asked["wanted"],
  question: Question<Answer>,
): Promise<Answer> {
  const { registry, identity, env, config, signal } = request;
  const asked: Asked = { registry, identity, env, wanted, ...(config && { config }) };
  const progress: Progress = {};
  const answer = converse(request, progress, question).catch((error) => {
    throw failureOf(error, asked, progress.session);
  });
  return await within(signal, answer, () => timeout(asked, progress.session));
}

/** How far it has come, for the words of its failure. */
interface Progress {
  session?: Session;
}

async function converse<Answer>(
  request: AwsRequest,
  progress: Progress,
  question: Question<Answer>,
): Promise<Answer> {
  const session = await openSession(request);
  progress.session = session;
  return question(session, await resolveCredentials(session, request.identity));
}

/**
 * The way to AWS as the environment and the identity's profile set it, before anything is asked.
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
  await mustNotHang(env);
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
