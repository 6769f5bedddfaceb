import type { AwsFiles } from "../../profiles/config-files.ts";
import type { CredentialSource } from "../../profiles/credential-source.ts";
import type { Registry } from "../../registry/registry.ts";
import type { Environment } from "../../token/dependencies.ts";
import type { Identity } from "../../token/identity.ts";
import type { CaBundle } from "./ca-bundle.ts";
import type { EndpointSettings } from "./endpoints.ts";
import type { Transport } from "./transport.ts";

/** The context of all steps of a call to AWS. */
export interface Session {
  readonly registry: Registry;
  readonly identity: Identity;
  readonly env: Environment;
  readonly profiles: AwsFiles;
  /** The folder that contains `.aws`. */
  readonly home: string;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  readonly settings: EndpointSettings;
  /** The only trusted CA certificates. */
  readonly bundle: CaBundle | undefined;
  readonly transport: Transport;
  readonly refuseFile: RefuseFile;
  /** Aborts everything. */
  readonly signal: AbortSignal;
  readonly limits: Limits;
  /** The current step, for the message after a timeout. */
  waitingFor: WaitingFor;
  /** The error of the last attempt at the current call: the reason if the deadline comes before the next one's end. */
  lastAttempt?: unknown;
  /** The credential source, for messages; absent if it is not decided yet. */
  source?: CredentialSource;
}

export interface WaitingFor {
  /** "STS at sts.us-east-1.amazonaws.com" */
  readonly what: string;
  /** Absent: the usual fix for an unreachable server. */
  readonly fix?: string;
}

export type RefuseFile = (
  path: string,
) => Promise<{ readonly why: string; readonly fix: string } | undefined>;

/** Milliseconds. */
export interface Limits {
  /** One request to an AWS API or the container's credentials endpoint, including its answer. */
  readonly request: number;
  /** All three requests to the instance metadata service, which take milliseconds on an instance. */
  readonly instanceMetadata: number;
}

export const usualLimits: Limits = { request: 5_000, instanceMetadata: 2_500 };

/** Discards the SDK's warnings, which would go to stderr: a helper prints nothing there on success. */
export const silent = {
  trace() {},
  debug() {},
  info() {},
  warn() {},
  error() {},
};

/** The default session name of roles, for CloudTrail. */
export const sessionName = "docker-credential-ecr";

/** Identifies this program in AWS's logs (CloudTrail). */
export const userAgent = "docker-credential-ecr";
