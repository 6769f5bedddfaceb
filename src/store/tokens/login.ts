import { Failure } from "../../token/failure.ts";

/** A login to a host that is not ECR's. */
export interface Login {
  /** `<token>`: the secret is an identity token. */
  readonly username: string;
  readonly secret: string;
}

/** Bytes: far above any token of a registry's. */
const longest = 64 * 1024;

/** @throws Failure LOGIN_TOO_LONG */
export function mustFit(server: string, { username, secret }: Login): void {
  if (Math.max(Buffer.byteLength(username), Buffer.byteLength(secret)) <= longest) return;
  const what = `the login to ${server} was not stored: it is longer than 64 KiB`;
  throw new Failure("LOGIN_TOO_LONG", what, "log in with a shorter password or token");
}

/** As it stands in a keychain's entry, in the words of Docker's protocol, for a person may look at it. */
export function loginText({ username, secret }: Login): string {
  return JSON.stringify({ Username: username, Secret: secret });
}

/** Undefined for what is no login of ours. */
export function parseLogin(text: string): Login | undefined {
  try {
    const { Username: username, Secret: secret } = JSON.parse(text);
    return typeof username === "string" && typeof secret === "string" ? { username, secret } : undefined;
  } catch {
    return undefined;
  }
}
