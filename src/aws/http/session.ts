import type { AwsFiles } from "../../profiles/config-files.ts";
import type { CredentialSource } from "../../profiles/credential-source.ts";
import type { Registry } from "../../registry/registry.ts";
import type { Environment } from "../../token/dependencies.ts";
import type { Identity } from "../../token/identity.ts";
import type { CaBundle } from "./ca-bundle.ts";
import type { EndpointSettings } from "./endpoints.ts";
import type { Transport } from "./transport.ts";

/** What all steps of one fetch share. */
export interface Session {
  readonly registry: Registry;
  readonly identity: Identity;
  readonly env: Environment;
  readonly profiles: AwsFiles;
  /** The folder that holds `.aws`. */
  readonly home: string;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  readonly settings: EndpointSettings;
  /** The authorities to trust alone. */
  readonly bundle: CaBundle | undefined;
  readonly transport: Transport;
  readonly refuseFile: RefuseFile;
  /** Ends everything. */
  readonly signal: AbortSignal;
  readonly limits: Limits;
  /** What is being waited for, for whoever must tell that the time ran out. */
  waitingFor: WaitingFor;
  /** Where the credentials come from, for messages; absent: it is not decided yet. */
  source?: CredentialSource;
}

export interface WaitingFor {
  /** "STS at sts.us-east-1.amazonaws.com" */
  readonly what: string;
  /** Absent: what helps where a server can't be reached. */
  readonly fix?: string;
}

export type RefuseFile = (
  path: string,
) => Promise<{ readonly why: string; readonly fix: string } | undefined>;

/** Milliseconds. */
export interface Limits {
  /** One request to an AWS API or the container's credentials endpoint, its answer included. */
  readonly request: number;
  /** All of a talk with the instance metadata service: three requests, which take milliseconds where there is one. */
  readonly instanceMetadata: number;
}

export const usualLimits: Limits = { request: 5_000, instanceMetadata: 2_500 };

/** Takes the SDK's warnings, which would go to stderr: a helper that succeeds writes nothing there. */
export const silent = {
  trace() {},
  debug() {},
  info() {},
  warn() {},
  error() {},
};

/** CloudTrail's name for the sessions of a role that nobody named one for. */
export const sessionName = "docker-credential-ecr";

/** Tells AWS's logs (CloudTrail) who called. */
export const userAgent = "docker-credential-ecr";
