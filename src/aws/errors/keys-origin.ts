import type { WebIdentitySource } from "../../profiles/credential-source.ts";
import { namedSetting, type Origin, settingOrigin, variableOrigin } from "../../profiles/origin.ts";
import { describeIdentity } from "../../token/identity.ts";
import type { Session } from "../http/session.ts";
import type { FetchContext } from "./diagnosis.ts";

type SourceContext = Pick<Session, "source" | "profiles" | "env" | "settings">;

const variables = "AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY";

/** The setting that contains the keys of a request; undefined if AWS issued them, or it is unknown. */
export function keysOrigin(session: SourceContext | undefined): string | undefined {
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

/** The setting that contains the session token of these keys. */
export function sessionTokenOrigin(session: SourceContext | undefined): Origin | undefined {
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

/** How to renew keys whose session has expired. */
export function renewalOf({ identity, env }: FetchContext, session: SourceContext | undefined): string {
  const source = session?.source;
  const isOfEnvironment = identity.kind === "ambient" && env.AWS_ACCESS_KEY_ID;
  if (source ? source.kind === "environment" : isOfEnvironment) {
    return "set new AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and AWS_SESSION_TOKEN in the environment";
  }
  const origin = keysOrigin(session);
  if (source?.kind === "process") return `check why ${origin} prints expired keys`;
  const token = sessionTokenOrigin(session)?.name ?? origin ?? "aws_session_token";
  return `renew the session keys of ${describeIdentity(identity, env)} (${token}), or sign in again`;
}

/** The settings that name the role and the token of a web identity. */
export function webIdentityOrigins({ env, profiles, settings }: SourceContext, source: WebIdentitySource) {
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
