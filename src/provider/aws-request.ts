import type { AwsRequest } from "../aws/calls/call.ts";
import type { ConfigLocation } from "../aws/errors/diagnosis.ts";
import { refuseFile } from "../ownership/refuse-file.ts";
import type { ReadFiles } from "../profiles/config-files.ts";
import type { Registry } from "../registry/registry.ts";
import type { Identity } from "../token/identity.ts";
import type { AppContext } from "./context.ts";

/** The identity of a call to AWS, and the files that define it. */
export interface AwsIdentity {
  readonly awsIdentity: Identity;
  /** The AWS files that define the identity. */
  readonly read: ReadFiles;
  /** The path of config.yaml, and the line of the identity in it. */
  readonly config: ConfigLocation;
}

/** The input of a call to a registry's API with its identity. @param signal the call's deadline */
export function awsRequest<Target extends Registry>(
  { env, home, now }: Pick<AppContext, "env" | "home" | "now">,
  { awsIdentity: identity, config, read: files }: AwsIdentity,
  registry: Target,
  signal: AbortSignal,
): AwsRequest & { readonly registry: Target } {
  return { registry, identity, config, env, home, now, signal, files, refuseFile };
}
