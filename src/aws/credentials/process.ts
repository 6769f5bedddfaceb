import { exec } from "node:child_process";
import { endTree } from "../end-tree.ts";
import type { Session } from "../session.ts";
import { SourceError } from "../source-error.ts";
import type { AwsCredentials } from "./aws-credentials.ts";
import type { CredentialSource } from "./credential-source.ts";

/**
 * The credentials that a `credential_process` prints. It is run by a shell, as the SDKs for Go and JavaScript do,
 * ends with the session's signal, and starts without the variables that would make a Bun program of ours out of
 * another one (BUN_OPTIONS, BUN_BE_BUN).
 * https://docs.aws.amazon.com/sdkref/latest/guide/feature-process-credentials.html
 *
 * @throws SourceError, whose cause holds neither the command nor what it printed: both may hold secrets
 */
export async function processCredentials(
  session: Session,
  source: CredentialSource & { readonly kind: "process" },
): Promise<AwsCredentials> {
  session.waitingFor = `the credential_process of profile ${source.profile}`;
  try {
    return parse(await run(session, source.command), session.now());
  } catch (error) {
    throw SourceError.of(source, error);
  }
}

function run({ env, signal }: Session, command: string): Promise<string> {
  const inherited = Object.entries(env).filter(([name]) => !name.startsWith("BUN_"));
  const options = { env: Object.fromEntries(inherited), windowsHide: true };
  return new Promise((resolve, reject) => {
    const end = () => child.pid !== undefined && endTree(child.pid);
    const child = exec(command, options, (error, stdout) => {
      signal.removeEventListener("abort", end);
      if (error) reject(new Error(signal.aborted ? "it did not end in time" : outcome(error)));
      else resolve(stdout);
    });
    signal.addEventListener("abort", end, { once: true });
    // One that reads its stdin must not wait for an answer that never comes.
    child.stdin?.end();
  });
}

function outcome({ code, signal }: { code?: unknown; signal?: unknown }): string {
  if (typeof code === "number") return `exit code ${code}`;
  return typeof signal === "string" ? `ended by ${signal}` : "it could not be started";
}

function parse(text: string, now: number): AwsCredentials {
  const printed = jsonObject(text);
  if (!printed) throw new Error("what it printed is not JSON");
  const { Version, AccessKeyId, SecretAccessKey, SessionToken, Expiration } = printed;
  if (Version !== 1) throw new Error("what it printed is not of Version 1");
  if (typeof AccessKeyId !== "string" || typeof SecretAccessKey !== "string") {
    throw new Error("what it printed lacks AccessKeyId or SecretAccessKey");
  }
  const expiration = Expiration ? new Date(String(Expiration)) : undefined;
  if (expiration && expiration.getTime() < now) throw new Error("what it printed has expired");
  return {
    accessKeyId: AccessKeyId,
    secretAccessKey: SecretAccessKey,
    ...(typeof SessionToken === "string" && SessionToken && { sessionToken: SessionToken }),
    ...(expiration && !Number.isNaN(expiration.getTime()) && { expiration }),
  };
}

function jsonObject(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text.trim());
    return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}
