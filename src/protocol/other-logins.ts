import { readServerUrl } from "../registry/server-url.ts";
import { Failure } from "../token/failure.ts";

/** A username and a secret, or an identity token and the username `<token>`. */
export interface Login {
  readonly username: string;
  readonly secret: string;
}

/**
 * Logins to hosts that are not ECR's. They are kept under the server URL exactly as it came, without the
 * space around it, which is what Docker's own helpers do: `https://index.docker.io/v1/` for Docker Hub, a
 * bare host for others. All may throw a Failure, or HandedBack where another helper refused.
 */
export interface OtherLogins {
  /** @returns undefined where nothing is held and nothing could be */
  get(server: string): Promise<Login | undefined>;
  store(server: string, login: Login): Promise<void>;
  /** That nothing is held is as good. */
  erase(server: string): Promise<void>;
  /** Server URL to username of what `get` would answer. */
  list(): Promise<Readonly<Record<string, string>>>;
}

/** Where no such login is wanted. */
export const noOtherLogins: OtherLogins = {
  get: async () => undefined,
  store: async (server) => {
    throw new Failure(
      "FALLBACK_NONE",
      `the login to ${server} was not stored: it is not an Amazon ECR registry, and config.yaml has fallback: none`,
      "write another fallback there, or name another helper for it under credHelpers in Docker's config.json",
    );
  },
  erase: async () => undefined,
  list: async () => ({}),
};

/** Those of a list that are kept here: an ECR host that another helper knows too is answered for by its token. */
export function onlyOthers(list: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(list).filter(([server]) => readServerUrl(server).kind === "other"),
  );
}
