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

/** Options of a request. By default it uses alice's keys in the environment, and a proxy for AWS's own host names. */
export interface RequestOptions extends Partial<Omit<AwsRequest, "registry" | "env">> {
  readonly host?: string;
  /** Replaces alice's keys. */
  readonly env?: Readonly<Record<string, string>>;
}

/** Requests tokens from a stand-in AWS, with an empty home folder. */
export class TokenClient {
  readonly aws: StandIn;
  readonly home: string;
  readonly #originalEnv = { ...process.env };

  private constructor(aws: StandIn) {
    this.aws = aws;
    this.home = mkdtempSync(join(tmpdir(), "aws-home-"));
    // The SDK itself reads these variables to find sign-in files and the instance metadata service.
    for (const name of Object.keys(process.env)) if (/^AWS_|PROXY/i.test(name)) delete process.env[name];
    Object.assign(process.env, { HOME: this.home, AWS_EC2_METADATA_SERVICE_ENDPOINT: aws.urls.imds });
  }

  static async start(options: StandInOptions = {}): Promise<TokenClient> {
    return new TokenClient(await startAws(options));
  }

  /** Restores the initial state between tests. */
  reset(): void {
    this.aws.controls.reset();
    rmSync(join(this.home, ".aws"), { recursive: true, force: true });
  }

  async stop(): Promise<void> {
    for (const name of Object.keys(process.env)) if (!(name in this.#originalEnv)) delete process.env[name];
    Object.assign(process.env, this.#originalEnv);
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

  /** The environment for connections to the stand-in, without credentials. Without retries, to keep the tests fast. */
  get connectionEnv(): Record<string, string> {
    const { NODE_EXTRA_CA_CERTS: _, SSL_CERT_FILE: __, ...proxyEnv } = byProxy(this.aws);
    return { HOME: this.home, AWS_MAX_ATTEMPTS: "1", ...proxyEnv };
  }

  fetchToken(options: RequestOptions = {}) {
    return fetchToken(this.request(options));
  }

  /** Fetches the replication rules of a registry. */
  fetchRules(options: RequestOptions = {}) {
    const { registry, ...rest } = this.request(options);
    assert.ok(registry.kind === "private");
    return describeReplication({ registry, ...rest });
  }

  private request({ host = registryHost, env = keysOf(alice), ...rest }: RequestOptions): AwsRequest {
    const registry = parseHost(host);
    assert.ok(registry, host);
    return {
      registry,
      identity: ambient,
      env: { ...this.connectionEnv, ...env },
      home: this.home,
      now: Date.now,
      signal: AbortSignal.timeout(8_000),
      refuseFile: async () => undefined,
      ...rest,
    };
  }

  /** The failure of a token request. Asserts that it contains no secret. */
  async tokenFailure(options: RequestOptions = {}): Promise<Failure> {
    const failure = await this.failureOf(this.fetchToken(options));
    assert.match(failure.message, /^no ECR token for \S+ \(identity: /);
    return failure;
  }

  /** The failure of a request for replication rules. */
  async rulesFailure(options: RequestOptions = {}): Promise<Failure> {
    const failure = await this.failureOf(this.fetchRules(options));
    assert.match(failure.message, /^the replication rules of \S+ can't be read \(identity: /);
    return failure;
  }

  private async failureOf(answer: Promise<unknown>): Promise<Failure> {
    const failure = await answer.then(
      () => assert.fail("the request succeeded"),
      (error: unknown) => error,
    );
    assert.ok(failure instanceof Failure, String(failure));
    assert.doesNotMatch(
      failure.oneLine,
      /test-secret|test-session|test-sso|proxy-password/,
      "contains a secret",
    );
    assert.doesNotMatch(failure.oneLine, /[\r\n]/);
    return failure;
  }

  /** Operation and host of each call, except those to the proxy. */
  served(): string[] {
    const calls = this.aws.controls.log().filter(({ operation }) => operation !== "Connect");
    return calls.map(({ operation, host }) => `${operation} ${host}`);
  }

  /** The principal of the last call. */
  lastPrincipal(): string | undefined {
    return this.aws.controls.log().at(-1)?.principal;
  }
}

export const user = (name: string, cast: Cast = defaultCast): User => userNamed(cast.users, name);
export const alice = user("alice");
