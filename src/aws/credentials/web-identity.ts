import { problemOf, readBounded } from "../../limits/bounded-file.ts";
import type { AwsCredentials } from "../../profiles/aws-credentials.ts";
import type { ServiceAccountSource, WebIdentitySource } from "../../profiles/credential-source.ts";
import { largestToken } from "../../profiles/identity-tokens.ts";
import { type Session, sessionName } from "../http/session.ts";
import { assumeRoleWithWebIdentity } from "./assume-role.ts";
import { SourceError } from "./source-error.ts";

/** A role session with the token of an identity provider in a file. @throws SourceError, RoleError */
export async function webIdentityCredentials(
  session: Session,
  source: WebIdentitySource,
): Promise<AwsCredentials> {
  const { tokenFile, roleArn, sessionName: name = sessionName } = source;
  const file = await readBounded(tokenFile, largestToken);
  if (file.kind !== "bytes") {
    throw SourceError.of(source, new Error(`${tokenFile} ${problemOf(file, largestToken)}`));
  }
  const params = {
    RoleArn: roleArn,
    RoleSessionName: name,
    WebIdentityToken: new TextDecoder().decode(file.bytes),
  };
  return assumeRoleWithWebIdentity(session, params);
}

/** A role session with the token of a Kubernetes service account. @throws RoleError */
export function serviceAccountCredentials(
  session: Session,
  { roleArn, token }: ServiceAccountSource,
): Promise<AwsCredentials> {
  const params = { RoleArn: roleArn, RoleSessionName: sessionName, WebIdentityToken: token };
  return assumeRoleWithWebIdentity(session, params);
}
