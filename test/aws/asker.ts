import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import type { AwsRequest } from "../../src/aws/calls/call.ts";
import { describeReplication } from "../../src/aws/calls/describe-replication.ts";
import { fetchToken } from "../../src/aws/calls/fetch-token.ts";
import { parseHost } from "../../src/registry/host.ts";
import { Failure } from "../../src/token/failure.ts";
import { ambient } from "../../src/token/identity.ts";
import { type Cast, defaultCast, type User } from "../support/aws/cast.ts";
import { byProxy, keysOf } from "../support/aws/environment.ts";
import { userNamed } from "../support/aws/sdk.ts";
import { type StandIn, type StandInOptions, startAws } from "../support/aws/stand-in.ts";

export const registryHost = "111122223333.dkr.ecr.us-east-1.amazonaws.com";
export const ciRole = "arn:aws:iam::111122223333:role/ci";
export const pullRole = "arn:aws:iam::444455556666:role/ecr-pull";

/** How a test departs from the usual: alice's keys in the environment, by proxy to AWS's own host names. */
export interface Departure extends Partial<Omit<AwsRequest, "registry" | "env">> {
  readonly host?: string;
  /** In the place of alice's keys. */
  readonly env?: Readonly<Record<string, string>>;
}

/** A stand-in AWS, an empty home folder, and somebody in it who asks for tokens. */
export class Asker {
  readonly aws: StandIn;
  readonly home: string;
  readonly #formerEnv = { ...process.env };

  private constructor(aws: StandIn) {
    this.aws = aws;
    this.home = mkdtempSync(join(tmpdir(), "aws-home-"));
    // The SDK looks there itself for the sign-in files and the instance metadata service.
    for (const name of Object.keys(process.env)) if (/^AWS_|PROXY/i.test(name)) delete process.env[name];
    Object.assign(process.env, { HOME: this.home, AWS_EC2_METADATA_SERVICE_ENDPOINT: aws.urls.imds });
  }

  static async start(options: StandInOptions = {}): Promise<Asker> {
    return new Asker(await startAws(options));
  }

  /** Undoes what one test did. */
  reset(): void {
    this.aws.controls.reset();
    rmSync(join(this.home, ".aws"), { recursive: true, force: true });
  }

  async stop(): Promise<void> {
    for (const name of Object.keys(process.env)) if (!(name in this.#formerEnv)) delete process.env[name];
    Object.assign(process.env, this.#formerEnv);
    rmSync(this.home, { recursive: true });
    await this.aws.stop();
  }

  /** Writes a file under the home folder and returns its path. */
  write(path: string, text: string): string {
    const whole = join(this.home, path);
    mkdirSync(dirname(whole), { recursive: true });
    writeFileSync(whole, text, { mode: 0o600 });
    return whole;
  }

  writeConfig(text: string): void {
    this.write(".aws/config", text);
  }

  /** The sign-in file of an SSO session or start URL. */
  writeSignIn(name: string, content: object): void {
    const file = createHash("sha1").update(name).digest("hex");
    this.write(`.aws/sso/cache/${file}.json`, JSON.stringify(content));
  }

  /** The way to the stand-in, without credentials. One attempt, so that no test waits for a pause between two. */
  get way(): Record<string, string> {
    const { NODE_EXTRA_CA_CERTS: _, SSL_CERT_FILE: __, ...way } = byProxy(this.aws);
    return { HOME: this.home, AWS_MAX_ATTEMPTS: "1", ...way };
  }

  ask(departure: Departure = {}) {
    return fetchToken(this.request(departure));
  }

  /** Asks for the replication rules of a registry. */
  askRules(departure: Departure = {}) {
    const { registry, ...rest } = this.request(departure);
    assert.ok(registry.kind === "private");
    return describeReplication({ registry, ...rest });
  }

  private request({ host = registryHost, env = keysOf(alice), ...rest }: Departure): AwsRequest {
    const registry = parseHost(host);
    assert.ok(registry, host);
    return {
      registry,
      identity: ambient,
      env: { ...this.way, ...env },
      home: this.home,
      now: Date.now,
      signal: AbortSignal.timeout(8_000),
      refuseFile: async () => undefined,
      ...rest,
    };
  }

  /** The failure that asking for a token ends in, told without a secret. */
  async fail(departure: Departure = {}): Promise<Failure> {
    const failure = await this.failureOf(this.ask(departure));
    assert.match(failure.message, /^no ECR token for \S+ \(identity: /);
    return failure;
  }

  /** The same for the replication rules. */
  async failRules(departure: Departure = {}): Promise<Failure> {
    const failure = await this.failureOf(this.askRules(departure));
    assert.match(failure.message, /^the replication rules of \S+ can't be read \(identity: /);
    return failure;
  }

  private async failureOf(answer: Promise<unknown>): Promise<Failure> {
    const failure = await answer.then(
      () => assert.fail("there was an answer"),
      (error: unknown) => error,
    );
    assert.ok(failure instanceof Failure, String(failure));
    assert.doesNotMatch(
      failure.oneLine,
      /test-secret|test-session|test-sso|proxy-password/,
      "tells a secret",
    );
    assert.doesNotMatch(failure.oneLine, /[\r\n]/);
    return failure;
  }

  /** Operation and host of every call but those to the proxy. */
  served(): string[] {
    const calls = this.aws.controls.log().filter(({ operation }) => operation !== "Connect");
    return calls.map(({ operation, host }) => `${operation} ${host}`);
  }

  /** Who asked for the last token. */
  lastPrincipal(): string | undefined {
    return this.aws.controls.log().at(-1)?.principal;
  }
}

export const user = (name: string, cast: Cast = defaultCast): User => userNamed(cast.users, name);
export const alice = user("alice");
