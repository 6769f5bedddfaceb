import type { AwsCredentials } from "../../profiles/aws-credentials.ts";
import type { SsoSource } from "../../profiles/credential-source.ts";
import { signInClient } from "../http/client-settings.ts";
import type { Session } from "../http/session.ts";
import { SourceError } from "./source-error.ts";
import { ssoAccessToken } from "./sso-token.ts";

/** The credentials of a permission set, with the sign-in of `aws sso login`. @throws SourceError */
export async function ssoCredentials(session: Session, source: SsoSource): Promise<AwsCredentials> {
  session.waitingFor = { what: `IAM Identity Center (profile ${source.profile})` };
  try {
    const accessToken = await ssoAccessToken(session, source);
    const { SSOClient, GetRoleCredentialsCommand } = await import("@aws-sdk/nested-clients/sso");
    const client = new SSOClient(signInClient(session, "sso", source.region));
    const input = { accountId: source.account, roleName: source.role, accessToken };
    const answer = await client.send(new GetRoleCredentialsCommand(input), { abortSignal: session.signal });
    const { accessKeyId, secretAccessKey, sessionToken, expiration } = answer.roleCredentials ?? {};
    if (!accessKeyId || !secretAccessKey || !sessionToken)
      throw new Error("the answer is not valid: no keys");
    return {
      accessKeyId,
      secretAccessKey,
      sessionToken,
      ...(expiration && { expiration: new Date(expiration) }),
    };
  } catch (error) {
    // The diagnosis distinguishes AWS's exceptions by name.
    throw SourceError.of(
      source,
      error instanceof Error && "$metadata" in error ? new Error(String(error)) : error,
    );
  }
}
