import type { ColdGetPorts, Registration } from "../../../src/provider/get-token.ts";
import { resolveCredential } from "../../../src/provider/get-token.ts";
import type { Dependencies } from "../../../src/token/dependencies.ts";
import { type AuthorizationEntry, entryFormat, type FailureEntry } from "../../../src/token/entry.ts";
import { Failure } from "../../../src/token/failure.ts";
import type { FailureCode } from "../../../src/token/failure-codes.ts";
import { ambient } from "../../../src/token/identity.ts";
import { type Life, lifeOf, lifeState } from "../../../src/token/life.ts";
import { hour, SettableClock } from "./clock.ts";
import { failureEntry, registryEntry } from "./entries.ts";
import { MemoryStore } from "./memory-store.ts";
import { registryAt } from "./registries.ts";

/** The environment of a cold get: clock, token files, identity, config file, and AWS. */
export class ColdWorld {
  readonly clock = new SettableClock();
  readonly store = new MemoryStore();
  readonly log: string[] = [];
  /** The calls to AWS: identity, region, and whether the call had a short deadline. */
  readonly calls: string[] = [];
  identity = "ci";
  /** If set, reading the config fails with it. */
  config: unknown;
  /** If set, calls to AWS fail with it. */
  aws: unknown;
  /** The conditions that may end a failure. */
  conditions = "as they were";
  /** The duration of a call to AWS. */
  callTakes = 0;

  async get(host: string): Promise<string | undefined> {
    return (await resolveCredential(registryAt(host), this.ports()))?.secret;
  }

  /** The error code of a failed get. */
  async failure(host: string): Promise<string> {
    return await this.get(host).then(
      (secret) => `answered ${secret}`,
      (error) => (error instanceof Failure ? error.code : String(error)),
    );
  }

  /** Stores the result of an earlier call to AWS, with a remaining lifetime. */
  async cached(left: number, secret = "lying", identity = this.identity): Promise<void> {
    await this.store.writeAuthorization(
      keyOf(identity, "us-east-1"),
      this.token(secret, this.lifeLeft(left)),
    );
  }

  /** Stores the registry's token from an earlier get with the identity, with a remaining lifetime. */
  async ownFile(host: string, left: number, secret = "own file"): Promise<void> {
    const { identity, authorization, dependencies } = this.registration("us-east-1");
    const life = this.lifeLeft(left);
    await this.store.writeRegistry(
      registryEntry({ host, secret, life, identity, authorization, dependencies }),
    );
  }

  /** Stores a failed renewal of a given age. */
  async failed(ago: number, code = "UNREACHABLE", more: Partial<FailureEntry> = {}): Promise<void> {
    await this.store.writeFailure(
      keyOf(this.identity, "us-east-1"),
      failureEntry({ at: this.clock.now - ago, code, ...more }),
    );
  }

  private ports(): ColdGetPorts {
    return {
      clock: () => this.clock.read(),
      resolveRegistration: async ({ region }) => {
        if (this.config) throw this.config;
        return this.registration(region);
      },
      warmGet: async (host) => {
        const held = this.store.registries.get(host);
        const holds = held?.identity === this.identity && lifeState(held.life, this.clock.read()) === "fresh";
        return holds ? held : undefined;
      },
      tokenIgnoringConfig: async (host) => {
        const held = this.store.registries.get(host);
        return held?.identity === this.identity ? held : undefined;
      },
      readRegistry: this.store.readRegistry,
      readAuthorization: this.store.readAuthorization,
      readFailure: this.store.readFailure,
      retryConditions: () => this.conditions,
      getOrFetchToken: async ({ region }, { authorization }, shortDeadline) => {
        this.calls.push(`${this.identity} ${region}${shortDeadline ? ", hurried" : ""}`);
        this.clock.pass(this.callTakes);
        if (this.aws) throw this.aws;
        const entry = this.token(`call ${this.calls.length}`, this.lifeLeft(12 * hour));
        await this.store.writeAuthorization(authorization, entry).catch(() => undefined);
        return entry;
      },
      writeRegistry: this.store.writeRegistry,
      log: (line) => this.log.push(line),
    };
  }

  private registration(region: string): Registration {
    return {
      awsIdentity: ambient,
      identity: this.identity,
      minValidity: hour,
      authorization: keyOf(this.identity, region),
      dependencies: this.dependencies,
    };
  }

  get dependencies(): Dependencies {
    return { environment: { names: ["AWS_PROFILE"], fingerprint: this.identity }, files: [] };
  }

  private token(secret: string, life: Life): AuthorizationEntry {
    return {
      format: entryFormat,
      identity: this.identity,
      region: "us-east-1",
      username: "AWS",
      secret,
      life,
    };
  }

  /** A lifetime of twelve hours, with the given time left. */
  private lifeLeft(left: number): Life {
    const issued = new SettableClock();
    issued.now = this.clock.now;
    issued.boot = this.clock.boot;
    return lifeOf(this.clock.now + left, 0, hour, issued.pass(left - 12 * hour).read());
  }
}

function keyOf(identity: string, region: string): string {
  return `key of ${identity} in ${region}`;
}

/** An error of AWS. */
export function refusal(code: FailureCode): Failure {
  return new Failure(code, `it failed with ${code}`, "fix it");
}
