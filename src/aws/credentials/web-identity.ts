import { type Session, sessionName } from "../session.ts";
import { SourceError } from "../source-error.ts";
import { assumeRoleWithWebIdentity } from "./assume-role.ts";
import type { AwsCredentials } from "./aws-credentials.ts";
import { type BoundedFile, readBounded } from "./bounded-file.ts";
import type { WebIdentitySource } from "./credential-source.ts";

/** Bytes; STS itself takes no more than 20,000. */
const largestToken = 65_536;

/** A role session by the token of an identity provider, which is kept in a file. @throws SourceError, RoleError */
export async function webIdentityCredentials(
  session: Session,
  source: WebIdentitySource,
): Promise<AwsCredentials> {
  const { tokenFile, roleArn, sessionName: name = sessionName } = source;
  const found = await readBounded(tokenFile, largestToken);
  if (found.kind !== "bytes") {
    throw SourceError.of(source, new Error(`${tokenFile} ${problemOf(found)}`));
  }
  const params = {
    RoleArn: roleArn,
    RoleSessionName: name,
    WebIdentityToken: new TextDecoder().decode(found.bytes),
  };
  return assumeRoleWithWebIdentity(session, params);
}

function problemOf(found: BoundedFile): string {
  if (found.kind === "unreadable") return found.why;
  return found.kind === "absent" ? "is not there" : `is larger than ${largestToken} bytes`;
}
