import { AwsError } from "./errors.ts";
import type { World } from "./world.ts";

/** IAM Identity Center: the portal, which returns credentials, and its OIDC service, which refreshes the sign-in. */

/** GET /federation/credentials of the portal. @param bearer the header x-amz-sso_bearer_token */
export function getRoleCredentials(world: World, query: URLSearchParams, bearer: string | undefined) {
  const session = world.ssoSessions.find((each) => each.accessToken === bearer);
  if (!session || (session.expiresAt !== undefined && session.expiresAt <= world.now())) {
    throw new AwsError("UnauthorizedException", 401, "Session token not found or invalid");
  }
  const assignment = session.assignments.find(
    (each) => each.account === query.get("account_id") && each.roleName === query.get("role_name"),
  );
  const role = assignment && world.role(assignment.roleArn);
  if (!role) throw new AwsError("ForbiddenException", 403, "No access");
  const credentials = world.credentials.assume(role, "sso-user", world.sessionEnd(3600));
  return {
    roleCredentials: {
      accessKeyId: credentials.accessKeyId,
      secretAccessKey: credentials.secretAccessKey,
      sessionToken: credentials.sessionToken,
      expiration: credentials.expiresAt,
    },
  };
}

const eightHours = 8 * 3600;

/** POST /token of the OIDC service, only for refresh tokens: the previous access token becomes invalid. */
export function createToken(world: World, input: Readonly<Record<string, unknown>>) {
  if (input.grantType !== "refresh_token") {
    throw new AwsError("UnsupportedGrantTypeException", 400, "Only refresh_token is served here");
  }
  const at = world.ssoSessions.findIndex(
    (each) => each.refreshToken !== undefined && each.refreshToken === input.refreshToken,
  );
  const session = world.ssoSessions[at];
  if (!session) throw new AwsError("InvalidGrantException", 400, "Invalid refresh token provided");
  const accessToken = `test-sso-access-token-${crypto.randomUUID()}`;
  world.ssoSessions[at] = { ...session, accessToken, expiresAt: world.now() + eightHours * 1000 };
  return { accessToken, tokenType: "Bearer", expiresIn: eightHours, refreshToken: session.refreshToken };
}
