import type { WebIdentitySource } from "../../profiles/credential-source.ts";
import { namedSetting, type Origin, settingOrigin, variableOrigin } from "../../profiles/origin.ts";
import { describeIdentity } from "../../token/identity.ts";
import type { Session } from "../http/session.ts";
import type { Asked } from "./diagnosis.ts";

type Chosen = Pick<Session, "source" | "profiles" | "env" | "settings">;

const variables = "AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY";

/** The setting that the keys of a request come from; undefined where AWS itself gave them, or it is not known. */
export function keysOrigin(session: Chosen | undefined): string | undefined {
  const source = session?.source;
  switch (source?.kind) {
    case "environment":
      return variables;
    case "static":
      return namedSetting(session?.profiles, source.profile ?? "default", "aws_access_key_id");
    case "process":
      return namedSetting(session?.profiles, source.profile, "credential_process");
    default:
      return undefined;
  }
}

/** The setting of the session token that goes with them. */
export function sessionTokenOrigin(session: Chosen | undefined): Origin | undefined {
  const source = session?.source;
  if (!session || (source?.kind !== "environment" && source?.kind !== "static")) return undefined;
  if (source.keys.sessionToken === undefined) return undefined;
  if (source.kind === "environment") {
    return variableOrigin(session.env.AWS_SECURITY_TOKEN ? "AWS_SECURITY_TOKEN" : "AWS_SESSION_TOKEN");
  }
  const profile = session.profiles.profile(source.profile ?? "default");
  const name = profile?.has("aws_security_token") ? "aws_security_token" : "aws_session_token";
  const setting = profile?.get(name);
  return setting && settingOrigin(name, setting);
}

/** How to renew keys whose session has ended. */
export function renewalOf({ identity, env }: Asked, session: Chosen | undefined): string {
  const source = session?.source;
  const isOfEnvironment = identity.kind === "ambient" && env.AWS_ACCESS_KEY_ID;
  if (source ? source.kind === "environment" : isOfEnvironment) {
    return "put fresh AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and AWS_SESSION_TOKEN into the environment";
  }
  const origin = keysOrigin(session);
  if (source?.kind === "process") return `see why ${origin} prints keys that have ended`;
  const token = sessionTokenOrigin(session)?.name ?? origin ?? "aws_session_token";
  return `renew the session keys of ${describeIdentity(identity, env)} (${token}), or sign in again`;
}

/** The settings that name the role and the token of a web identity. */
export function webIdentityOrigins({ env, profiles, settings }: Chosen, source: WebIdentitySource) {
  const { tokenFile, roleArn, profile = settings.profile } = source;
  const named = (variable: string, setting: string, value: string) =>
    env[variable] === value ? variable : namedSetting(profiles, profile, setting);
  const tokenSetting = named("AWS_WEB_IDENTITY_TOKEN_FILE", "web_identity_token_file", tokenFile);
  return {
    role: named("AWS_ROLE_ARN", "role_arn", roleArn),
    tokenSetting,
    token: `${tokenFile} (${tokenSetting})`,
  };
}
