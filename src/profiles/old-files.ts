import type { Environment, FileDependency } from "../token/dependencies.ts";
import { Failure } from "../token/failure.ts";
import type { AwsCredentials } from "./aws-credentials.ts";
import { parseText, readText } from "./aws-text.ts";
import { expandedPath } from "./file-paths.ts";

/**
 * The files of AWS's oldest tools. The AWS CLI uses their keys if nothing else leads to credentials, before it tries
 * the role of a container or instance (botocore's OriginalEC2Provider and BotoProvider).
 */
export interface OldFiles {
  readonly stamps: readonly FileDependency[];
  /** The environment variables that their paths contain. */
  readonly variables: readonly string[];
  /** @throws Failure NO_CREDENTIALS, AWS_FILE_INVALID */
  keys(): OldKeys | undefined;
}

export interface OldKeys {
  readonly path: string;
  readonly keys: AwsCredentials;
}

/** One of the files: its text, or why it can't be used. */
interface OldFile {
  readonly path: string;
  readonly text?: string | undefined;
  readonly failure?: Failure;
}

export const noOldFiles: OldFiles = { stamps: [], variables: [], keys: () => undefined };

/**
 * Reads the file in AWS_CREDENTIAL_FILE, and those of boto.
 *
 * @param previous is returned if none has changed since
 * @param systemFile for tests
 */
export async function readOldFiles(
  env: Environment,
  home: string,
  readStamp: (path: string) => string,
  previous?: OldFiles,
  systemFile = "/etc/boto.cfg",
): Promise<OldFiles> {
  const variables = new Set<string>();
  const { AWS_CREDENTIAL_FILE: named, BOTO_CONFIG: boto } = env;
  const first = named ? expandedPath(named, {}, home) : undefined;
  // An empty variable means no file.
  const others = (boto === undefined ? [systemFile, "~/.boto"] : [boto])
    .filter((path) => path !== "")
    .map((path) => expandedPath(path, env, home, variables));
  const paths = first === undefined ? others : [first, ...others];
  // Before the content, so that an edit in between is noticed.
  const stamps = paths.map((path) => ({ path, stamp: readStamp(path) }));
  if (previous && Bun.deepEquals(previous.stamps, stamps)) return previous;
  const files = await Promise.all(paths.map(read));
  return {
    stamps,
    variables: [...variables],
    keys() {
      for (const file of files) {
        if (file.failure) throw file.failure;
        const keys = file.path === first ? keysNamed(file) : keysOfBoto(file);
        if (keys) return { path: file.path, keys };
      }
      return undefined;
    },
  };
}

async function read(path: string): Promise<OldFile> {
  try {
    return { path, text: (await readText(path)).text };
  } catch (error) {
    if (error instanceof Failure) return { path, failure: error };
    throw error;
  }
}

/** Lines of NAME=VALUE, with the names in the case of the old EC2 tools. */
function keysNamed({ path, text }: OldFile): AwsCredentials | undefined {
  if (text === undefined) {
    throw new Failure(
      "NO_CREDENTIALS",
      `${path}, which AWS_CREDENTIAL_FILE names, can't be read`,
      "unset AWS_CREDENTIAL_FILE, which only old tools use, or set it to a file that this user can read",
    );
  }
  const settings = new Map(
    text.split(/\r\n?|\n/).flatMap((line) => {
      const at = line.indexOf("=");
      return at < 0 ? [] : [[line.slice(0, at).trim(), line.slice(at + 1).trim()] as const];
    }),
  );
  return pair(path, "AWSAccessKeyId", "AWSSecretKey", (name) => settings.get(name));
}

function keysOfBoto({ path, text }: OldFile): AwsCredentials | undefined {
  if (text === undefined) return undefined;
  const settings = parseText(path, text).get("Credentials")?.settings;
  return pair(path, "aws_access_key_id", "aws_secret_access_key", (name) => settings?.get(name)?.value);
}

function pair(
  path: string,
  idName: string,
  secretName: string,
  settingOf: (name: string) => string | undefined,
): AwsCredentials | undefined {
  const accessKeyId = settingOf(idName);
  if (accessKeyId === undefined) return undefined;
  const secretAccessKey = settingOf(secretName);
  if (accessKeyId && secretAccessKey) return { accessKeyId, secretAccessKey };
  const lacking = accessKeyId ? secretName : idName;
  throw new Failure(
    "NO_CREDENTIALS",
    `${path} has an incomplete pair of keys: it lacks ${lacking}`,
    `add ${lacking} to it, or remove its other key: only old tools read this file`,
  );
}
