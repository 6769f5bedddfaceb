import type { AwsRequest } from "../../aws/calls/call.ts";
import { type Reach, reachApi } from "../../aws/calls/reachability.ts";
import { awsRequest } from "../../provider/aws-request.ts";
import { type ResolvedRegistration, TokenProvider } from "../../provider/token-provider.ts";
import type { Image } from "../../registry/image.ts";
import type { Registry } from "../../registry/registry.ts";
import type { AuthorizationToken } from "../../token/entry.ts";
import type { DoctorContext } from "./machine.ts";

/** What is checked. */
export type Target =
  | { readonly kind: "ecr"; readonly registry: Registry; readonly image?: Image }
  /** A host that is not ECR's. */
  | { readonly kind: "other"; readonly host: string };

/** The checks of one registry, with results that later checks reuse. */
export class CheckRun {
  /** The token that the check `token` fetched; it is never stored on disk. */
  token: AuthorizationToken | undefined;
  #registration: Promise<ResolvedRegistration> | undefined;
  #reach: Promise<Reach> | undefined;

  constructor(
    readonly machine: DoctorContext,
    readonly target: Target,
  ) {}

  get host(): string {
    return this.target.kind === "ecr" ? this.target.registry.host : this.target.host;
  }

  /** @throws Error if it is not ECR's: a check that uses this needs `registry-name` */
  get registry(): Registry {
    if (this.target.kind === "ecr") return this.target.registry;
    throw new Error(`${this.host} is not ECR's`);
  }

  /** The identity for the registry. @throws Failure if config.yaml is invalid */
  registration(): Promise<ResolvedRegistration> {
    this.#registration ??= new TokenProvider(this.machine).resolveRegistration(this.registry);
    return this.#registration;
  }

  /** The result of one request to the API, which several checks use. */
  reach(signal: AbortSignal): Promise<Reach> {
    this.#reach ??= this.request(signal).then(reachApi);
    return this.#reach;
  }

  /** The request that a `get` would make to AWS. */
  async request(signal: AbortSignal): Promise<AwsRequest> {
    return awsRequest(this.machine, await this.registration(), this.registry, signal);
  }
}
