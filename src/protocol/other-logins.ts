import { readServerUrl } from "../registry/server-url.ts";
import { Failure } from "../token/failure.ts";

/** A username and a secret, or the username `<token>` and an identity token. */
export interface Login {
  readonly username: string;
  readonly secret: string;
}

/**
 * Logins to hosts outside ECR. They are stored under the server URL exactly as it came, without surrounding spaces, as
 * Docker's own helpers do: `https://index.docker.io/v1/` for Docker Hub, a bare host for others. All methods may throw
 * a Failure, or DelegatedReply if another helper refused.
 */
export interface OtherLogins {
  /** @returns undefined if no login is stored and none could be */
  get(server: string): Promise<Login | undefined>;
  store(server: string, login: Login): Promise<void>;
  /** A login that is not stored is not an error. */
  erase(server: string): Promise<void>;
  /**
   * The servers to which a login may be stored, for a caller that must not miss one.
   *
   * @throws Failure if anything stored can't be read, instead of skipping it
   */
  servers(): Promise<readonly string[]>;
  /** Server URL to username of each login that `get` would return. */
  list(): Promise<Readonly<Record<string, string>>>;
}

/** For callers that need no such login. */
export const noOtherLogins: OtherLogins = {
  get: async () => undefined,
  store: async (server) => {
    throw new Failure(
      "FALLBACK_NONE",
      `the login to ${server} was not stored: it is not an Amazon ECR registry, and config.yaml has fallback: none`,
      "set another fallback there, or name another helper for it under credHelpers in Docker's config.json",
    );
  },
  erase: async () => undefined,
  servers: async () => [],
  list: async () => ({}),
};

/**
 * The logins of a list that this helper answers for: for an ECR host that another helper lists too, it answers with its
 * own token.
 */
export function onlyOthers(list: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(list).filter(([server]) => readServerUrl(server).kind === "other"),
  );
}
