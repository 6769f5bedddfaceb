import { createHash } from "node:crypto";
import type { CallCounts } from "../aws/calls.ts";
import { type User as CastUser, defaultCast } from "../aws/cast.ts";
import { byEndpoint, byProxy, keysOf } from "../aws/environment.ts";
import { type StandIn, type StandInOptions, startAws } from "../aws/stand-in.ts";
import { programPath } from "./program.ts";
import { beginSlowCases } from "./slow-cases.ts";
import { User, type Variables } from "./user.ts";

/** The environment of a test: a stand-in AWS without any calls yet, and users who can reach it. */
export interface Standing {
  readonly aws: StandIn;
  /** A user with a new HOME whose programs reach AWS, without credentials unless `env` contains some. */
  user(env?: Variables): User;
  /** The number of calls of an operation in this test. */
  count(operation: keyof CallCounts): number;
  /** The number of all requests of the program in this test. */
  calls(): number;
}

/** How the program reaches AWS: by a custom endpoint, or by a proxy with AWS's own host names. */
export type Route = "endpoint" | "proxy";

/** A standing that the caller closes. */
export class OpenStanding implements Standing {
  readonly #users: User[] = [];

  private constructor(
    readonly aws: StandIn,
    private readonly route: Route,
  ) {}

  static async start(options: StandInOptions = {}, route: Route = "endpoint"): Promise<OpenStanding> {
    programPath();
    return new OpenStanding(await startAws(options), route);
  }

  user(env: Variables = {}): User {
    const way = this.route === "proxy" ? byProxy(this.aws) : byEndpoint(this.aws);
    const user = new User({ ...way, ...env });
    this.#users.push(user);
    return user;
  }

  count(operation: keyof CallCounts): number {
    return this.aws.controls.calls()[operation];
  }

  calls(): number {
    return this.aws.controls.log().length;
  }

  /** Resets it for the next test. */
  async clear(): Promise<void> {
    await Promise.all(this.#users.splice(0).map((user) => user.remove()));
    this.aws.controls.reset();
  }

  async close(): Promise<void> {
    await this.clear();
    await this.aws.stop();
  }
}

/** Gives each test of a describe block a reset standing. */
export function useStanding(options: StandInOptions = {}, route: Route = "endpoint"): Standing {
  let open: OpenStanding | undefined;
  const standing = (): OpenStanding => {
    if (!open) throw new Error("the stand-in AWS is there in hooks and tests only");
    return open;
  };
  before(async function () {
    // Other tests block the event loop, and so the stand-in AWS whose response times the slow cases measure.
    if (this.test?.parent?.file?.includes("/test/integration/")) beginSlowCases();
    open = await OpenStanding.start(options, route);
  });
  afterEach(() => open?.clear());
  after(() => open?.close());
  return {
    get aws() {
      return standing().aws;
    },
    user: (env) => standing().user(env),
    count: (operation) => standing().count(operation),
    calls: () => standing().calls(),
  };
}

/** The keys of a user of the cast, as environment variables. */
export const keys = (name: string): Record<string, string> => keysOf(member(name));

/** A user of the cast. */
export function member(name: string): CastUser {
  const user = defaultCast.users.find(({ arn }) => arn.endsWith(`/${name}`));
  if (!user) throw new Error(`no user ${name} in the cast`);
  return user;
}

/**
 * Writes the file in which `aws sso login` stores its token.
 *
 * @param name the name of the sso-session, or the start URL if the profile names no session
 * @param expiresAt milliseconds since the epoch; by default in eight hours
 */
export function signIn(
  user: User,
  name: string,
  expiresAt = Date.now() + 8 * 3_600_000,
  more: object = {},
): void {
  const file = createHash("sha1").update(name).digest("hex");
  const token = {
    ...more,
    accessToken: "test-sso-access-token",
    expiresAt: new Date(expiresAt).toISOString(),
  };
  user.write(`.aws/sso/cache/${file}.json`, JSON.stringify(token));
}

export const registry = "111122223333.dkr.ecr.us-east-1.amazonaws.com";
export const otherRegistry = "444455556666.dkr.ecr.us-east-1.amazonaws.com";
export const westRegistry = "111122223333.dkr.ecr.us-west-2.amazonaws.com";
export const publicRegistry = "public.ecr.aws";

export const ciRole = "arn:aws:iam::111122223333:role/ci";
export const pullRole = "arn:aws:iam::444455556666:role/ecr-pull";
