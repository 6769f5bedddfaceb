import type { AwsRequest } from "../../aws/calls/call.ts";
import { type Reach, reachApi } from "../../aws/calls/reachability.ts";
import { refuseFile } from "../../ownership/refuse-file.ts";
import { type ResolvedRegistration, TokenProvider } from "../../provider/token-provider.ts";
import type { Image } from "../../registry/image.ts";
import type { Registry } from "../../registry/registry.ts";
import type { AuthorizationToken } from "../../token/entry.ts";
import type { Machine } from "./machine.ts";

/** What doctor was asked about. */
export type Subject =
  | { readonly kind: "ecr"; readonly registry: Registry; readonly image?: Image }
  /** A host that no one may get an ECR token for. */
  | { readonly kind: "other"; readonly host: string };

/** One registry's diagnostics, with what the earlier ones leave for the later. */
export class CheckRun {
  /** What AWS gave the token diagnostic; it is never kept on disk. */
  token: AuthorizationToken | undefined;
  #registration: Promise<ResolvedRegistration> | undefined;
  #reach: Promise<Reach> | undefined;

  constructor(
    readonly machine: Machine,
    readonly subject: Subject,
  ) {}

  get host(): string {
    return this.subject.kind === "ecr" ? this.subject.registry.host : this.subject.host;
  }

  /** @throws Error where it is not ECR's: who asks needs `registry-name` */
  get registry(): Registry {
    if (this.subject.kind === "ecr") return this.subject.registry;
    throw new Error(`${this.host} is not ECR's`);
  }

  /** Who asks. @throws Failure where config.yaml can't be used */
  registration(): Promise<ResolvedRegistration> {
    this.#registration ??= new TokenProvider(this.machine).resolveRegistration(this.registry);
    return this.#registration;
  }

  /** One request for all that look at it. */
  reach(signal: AbortSignal): Promise<Reach> {
    this.#reach ??= this.request(signal).then(reachApi);
    return this.#reach;
  }

  /** As a `get` would ask AWS. */
  async request(signal: AbortSignal): Promise<AwsRequest> {
    const { env, home, now } = this.machine;
    const { asker: identity, read: files, config } = await this.registration();
    return { registry: this.registry, identity, config, env, home, now, signal, files, refuseFile };
  }
}
