import type { HelperAction } from "../../../src/protocol/messages.ts";
import type { Reply } from "../../../src/protocol/reply.ts";
import { type HelperPorts, type StoredToken, serve } from "../../../src/protocol/serve.ts";
import type { Registry } from "../../../src/registry/registry.ts";
import type { Failure } from "../../../src/token/failure.ts";
import { MemoryLogins } from "./memory-logins.ts";

/** Fake backends of Docker's protocol: tokens of the warm path and of the cold path, and the recorded calls. */
export class FakeBackends {
  readonly warm = new Map<string, StoredToken>();
  readonly cold = new Map<string, StoredToken>();
  readonly asked: string[] = [];
  /** The aliases of registries in config.yaml. */
  readonly aliases = new Map<string, Registry>();

  readonly others = new MemoryLogins();

  /** Whether config.yaml has `failures: report`. */
  reportsFailures = false;

  /** Whether the client was shown the same failure just before. */
  isRepeated = false;

  /** Why config.yaml is invalid. */
  configFailure: Failure | undefined;

  /** If set, all backends fail with it. */
  trouble: unknown;

  async run(action: HelperAction, input = ""): Promise<Reply> {
    return await serve(action, async () => input, {
      warm: {
        warm: (host) => this.warm.get(host),
        isConfigured: async () => this.aliases.size > 0 || this.configFailure !== undefined,
        isMarked: async (server) => this.others.held.has(server),
      },
      cold: async () => this.ports(),
      others: async () => this.others,
    });
  }

  private ports(): HelperPorts {
    this.asked.push("loaded");
    return {
      aliased: async (host) => {
        if (this.configFailure) throw this.configFailure;
        return this.aliases.get(host);
      },
      storedCredential: async (host) => this.cold.get(host),
      get: async (registry) => this.asks("get", registry, this.cold.get(registry.host)),
      store: async (registry, held) => {
        this.asks("store", registry, undefined);
        this.cold.set(registry.host, held);
      },
      erase: async (registry) => {
        this.asks("erase", registry, undefined);
        this.cold.delete(registry.host);
      },
      list: async () => {
        if (this.trouble) throw this.trouble;
        return Object.fromEntries([...this.cold].map(([host, { username }]) => [host, username]));
      },
      isRepeated: () => this.isRepeated,
      reportsFailures: async () => this.reportsFailures,
      expiresAt: async () => undefined,
      tidy: async () => {},
      version: () => "NAME (PACKAGE) 1.2.3",
    };
  }

  private asks<Answer>(action: string, { host }: Registry, answer: Answer): Answer {
    this.asked.push(`${action} ${host}`);
    if (this.trouble) throw this.trouble;
    return answer;
  }
}
