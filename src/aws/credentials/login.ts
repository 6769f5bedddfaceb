import { fromLoginCredentials } from "@aws-sdk/credential-providers";
import { externalDataInterceptor } from "@smithy/core/config";
import { problemOf, readBounded } from "../../limits/bounded-file.ts";
import { defaultLimit } from "../../limits/bounded-stream.ts";
import type { AwsCredentials } from "../../profiles/aws-credentials.ts";
import type { LoginSource } from "../../profiles/credential-source.ts";
import { loginCacheFolder, loginCachePath } from "../../profiles/sso-sessions.ts";
import { signInClient } from "../http/client-settings.ts";
import { type Session, silent } from "../http/session.ts";
import { SourceError } from "./source-error.ts";

/**
 * The credentials of `aws login`. The SDK's provider reads the session from a profile in a file, so it gets a file that
 * exists only in memory.
 *
 * @throws SourceError
 */
export async function loginCredentials(session: Session, source: LoginSource): Promise<AwsCredentials> {
  session.waitingFor = { what: `the credentials of profile ${source.profile}` };
  await assertReadable(source, loginCachePath(session.env, session.home, source.session));
  const region = source.region === undefined ? "" : `region = ${source.region}\n`;
  const file = `aws login of ${source.profile} for ${session.registry.host}`;
  externalDataInterceptor.interceptFile(file, `[profile p]\nlogin_session = ${source.session}\n${region}`);
  externalDataInterceptor.interceptFile(`${file}, credentials`, "");
  // The provider reads this variable.
  process.env.AWS_LOGIN_CACHE_DIRECTORY = loginCacheFolder(session.env, session.home);
  const { region: _, ...clientConfig } = signInClient(session, "signin", "");
  const provider = fromLoginCredentials({
    profile: "p",
    configFilepath: file,
    filepath: `${file}, credentials`,
    logger: silent,
    clientConfig,
  });
  try {
    return await provider({ callerClientConfig: { region: async () => session.registry.region } });
  } catch (error) {
    throw SourceError.of(source, error);
  }
}

/** The provider would wait for a pipe, and read a file of any size. */
async function assertReadable(source: LoginSource, path: string): Promise<void> {
  const file = await readBounded(path, defaultLimit);
  if (file.kind === "bytes" || file.kind === "absent") return;
  throw SourceError.of(source, new Error(`${path} ${problemOf(file, defaultLimit)}`));
}
