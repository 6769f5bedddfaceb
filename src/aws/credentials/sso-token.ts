import { randomUUID } from "node:crypto";
import { realpath, rename, rm, stat, writeFile } from "node:fs/promises";
import { readBounded } from "../../limits/bounded-file.ts";
import type { SsoSource } from "../../profiles/credential-source.ts";
import { ssoCachePath } from "../../profiles/sso-sessions.ts";
import { parseTime } from "../../profiles/time-text.ts";
import { signInClient } from "../http/client-settings.ts";
import type { Session } from "../http/session.ts";
import { jsonObject } from "./json-object.ts";

/** A sign-in as `aws sso login` stores it. */
interface SignIn {
  readonly accessToken: string;
  readonly expiresAt: string;
  readonly clientId?: string;
  readonly clientSecret?: string;
  readonly refreshToken?: string;
}

/** Milliseconds: a sign-in with less life left is renewed. */
const renewedBelow = 300_000;

/** Bytes. */
const largestSignIn = 1024 * 1024;

/**
 * The access token of a sign-in, renewed if it expires soon and can be renewed.
 *
 * @throws Error if there is no valid one
 */
export async function ssoAccessToken(session: Session, source: SsoSource): Promise<string> {
  const path = ssoCachePath(session.home, source.session ?? source.startUrl);
  const signIn = await readSignIn(path);
  if (!signIn) throw new Error("there is no sign-in");
  const left = (parseTime(signIn.expiresAt) ?? 0) - session.now();
  const isRenewable =
    source.session !== undefined && signIn.clientId && signIn.clientSecret && signIn.refreshToken;
  if (!(left > renewedBelow) && isRenewable && (await isOwned(path))) {
    const renewed = await renew(session, source, signIn).catch(() => undefined);
    if (renewed) {
      await replace(path, renewed).catch(() => undefined);
      return renewed.accessToken;
    }
  }
  if (left > 0) return signIn.accessToken;
  throw new Error("the sign-in has expired");
}

async function readSignIn(path: string): Promise<SignIn | undefined> {
  const file = await readBounded(path, largestSignIn);
  if (file.kind !== "bytes") return undefined;
  const signIn = jsonObject(new TextDecoder().decode(file.bytes));
  const isComplete = typeof signIn?.accessToken === "string" && typeof signIn.expiresAt === "string";
  return isComplete ? (signIn as unknown as SignIn) : undefined;
}

async function renew(session: Session, { region }: SsoSource, signIn: SignIn): Promise<SignIn | undefined> {
  const { SSOOIDCClient, CreateTokenCommand } = await import("@aws-sdk/nested-clients/sso-oidc");
  const client = new SSOOIDCClient(signInClient(session, "sso_oidc", region));
  const { clientId, clientSecret, refreshToken } = signIn;
  const input = { clientId, clientSecret, refreshToken, grantType: "refresh_token" };
  const answer = await client.send(new CreateTokenCommand(input), { abortSignal: session.signal });
  if (!answer.accessToken || answer.expiresIn === undefined) return undefined;
  return {
    ...signIn,
    accessToken: answer.accessToken,
    expiresAt: new Date(session.now() + answer.expiresIn * 1000).toISOString().replace(/\.\d+Z$/, "Z"),
    ...(answer.refreshToken && { refreshToken: answer.refreshToken }),
  };
}

/** Root with another user's HOME would replace the user's sign-in by one that only root can read. */
async function isOwned(path: string): Promise<boolean> {
  const user = process.geteuid?.();
  return user === undefined || (await stat(path)).uid === user;
}

/** Replaces the file atomically, since the AWS CLI may read it at any time. A link stays, as with the AWS CLI. */
async function replace(link: string, signIn: SignIn): Promise<void> {
  const path = await realpath(link);
  const temporary = `${path}.${randomUUID()}.tmp`;
  try {
    await writeFile(temporary, JSON.stringify(signIn), { mode: 0o600, flag: "wx" });
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
}
