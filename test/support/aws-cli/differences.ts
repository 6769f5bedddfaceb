import { account, keysAt, type Place, roleOf } from "./cast.ts";
import type { Compared, Outcome } from "./compare.ts";
import { type Situation, signInPath } from "./situation.ts";

/** A deliberate difference from the AWS CLI. Each is a row of the table in docs/identities.md, by the same name. */
export interface Difference {
  readonly name: string;
  /** A situation with this difference. */
  readonly example: Situation;
  /** The situation in which the CLI does as this program does in the given one; undefined: it is the same. */
  readonly forCli?: (situation: Situation) => Situation | undefined;
  /** Whether one of both ends without credentials for this reason. */
  readonly accepts?: (compared: Compared, situation: Situation) => boolean;
}

const keySettings = (place: Place): string => {
  const { accessKeyId, secretAccessKey } = keysAt(place);
  return `aws_access_key_id = ${accessKeyId}\naws_secret_access_key = ${secretAccessKey}\n`;
};

const keyVariables = (place: Place): Readonly<Record<string, string>> => {
  const { accessKeyId, secretAccessKey } = keysAt(place);
  return { AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey };
};

const instance = { AWS_EC2_METADATA_SERVICE_ENDPOINT: "@IMDS@" };

/** Of these the CLI takes an empty one for a value. */
const emptyIsUnset = [
  "AWS_PROFILE",
  "AWS_DEFAULT_PROFILE",
  "AWS_ROLE_ARN",
  "AWS_ROLE_SESSION_NAME",
  "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI",
  "AWS_CONTAINER_CREDENTIALS_FULL_URI",
  "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE",
  "AWS_CREDENTIAL_FILE",
];

export const differences: readonly Difference[] = [
  {
    name: "empty variables",
    example: { env: { ...keyVariables("environment"), AWS_PROFILE: "" }, files: {} },
    forCli: (situation) =>
      withoutVariables(situation, (name, value) => value === "" && emptyIsUnset.includes(name)),
  },
  {
    name: "both profile variables",
    example: {
      env: { AWS_PROFILE: "ci", AWS_DEFAULT_PROFILE: "base" },
      files: {
        ".aws/credentials": `[ci]\n${keySettings("credentials-0")}[base]\n${keySettings("credentials-1")}`,
      },
    },
    forCli: (situation) =>
      withoutVariables(situation, (name) => name === "AWS_DEFAULT_PROFILE" && !!situation.env.AWS_PROFILE),
  },
  {
    name: "empty settings of a role",
    example: {
      env: { AWS_PROFILE: "ci" },
      files: {
        ".aws/config": `[profile ci]\nrole_arn = ${roleOf(0)}\nsource_profile = base\nexternal_id =\n`,
        ".aws/credentials": `[base]\n${keySettings("credentials-0")}`,
      },
    },
    forCli: (situation) => withoutSettings(situation, /^(?:external_id|role_session_name)\s*[=:]\s*$/gim),
  },
  {
    name: "line ends of a container's token",
    example: {
      env: {
        AWS_CONTAINER_CREDENTIALS_FULL_URI: "@CONTAINER@/credentials",
        AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE: "@HOME@/container-token",
      },
      files: { "container-token": "test-container-token\n" },
    },
    forCli: withoutLineEnds,
  },
  {
    name: "no fallback from a named profile",
    example: {
      env: { ...instance, AWS_PROFILE: "ci" },
      files: { ".aws/config": `[profile ci]\nrole_arm = ${roleOf(0)}\nsource_profile = base\n` },
    },
    accepts: ({ cli, ours }) =>
      isFallback(cli) && ours.principal === undefined && ours.output.includes("[PROFILE_INCOMPLETE]"),
  },
  {
    name: "faults in what is not used",
    example: { env: keyVariables("environment"), files: { ".aws/config": "[profile ci\n" } },
    // Without settings below it, this one ends the CLI with a Python error.
    forCli: (situation) => withoutSettings(situation, /^[ \t]*s3\s*[=:][ \t]*$(?!\n[ \t]+\w)/gim),
    accepts: ({ cli, ours }) =>
      cli.principal === undefined &&
      ours.principal !== undefined &&
      !isFallback(ours) &&
      /configured to use the SSO token provider|Unable to parse config file/.test(cli.output),
  },
  {
    name: "empty settings of SSO",
    example: {
      env: {},
      files: {
        ".aws/config":
          `[default]\nsso_session = corp\nsso_account_id = ${account}\nsso_role_name = sso-0\n` +
          "[sso-session corp]\nsso_start_url =\nsso_region = us-east-1\n",
        [signInPath("corp")]: JSON.stringify({
          accessToken: "test-sso-access-token-0",
          expiresAt: "2099-01-01T00:00:00Z",
        }),
      },
    },
    accepts: ({ ours }, { files }) =>
      /its SSO settings are incomplete: they lack/.test(ours.output) &&
      Object.values(files).some((text) => /^\s*sso_\w+\s*[=:]\s*$/im.test(text)),
  },
  {
    name: "a shell for credential_process",
    example: {
      env: {},
      files: {
        ".aws/config": "[default]\ncredential_process = sh $HOME/process.sh\n",
        "process.sh": `echo '${JSON.stringify({
          Version: 1,
          AccessKeyId: keysAt("process-0").accessKeyId,
          SecretAccessKey: keysAt("process-0").secretAccessKey,
        })}'\n`,
      },
    },
    accepts: ({ cli }, { files }) =>
      cli.principal === undefined &&
      /from custom-process: sh: 0: cannot open [$~]/.test(cli.output) &&
      Object.values(files).some((text) => /^\s*credential_process.*[$~|]/im.test(text)),
  },
];

/** Whether the principal is one that no profile names. */
function isFallback({ principal = "" }: Outcome): boolean {
  return /:assumed-role\/(?:instance|container)\/|:user\/legacy$/.test(principal);
}

function withoutVariables(
  { env, ...rest }: Situation,
  isUnwanted: (name: string, value: string) => boolean,
): Situation | undefined {
  const entries = Object.entries(env);
  const wanted = entries.filter(([name, value]) => !isUnwanted(name, value));
  return wanted.length === entries.length ? undefined : { ...rest, env: Object.fromEntries(wanted) };
}

function withoutSettings({ files, ...rest }: Situation, lines: RegExp): Situation | undefined {
  return changed({ files, ...rest }, (text) => text.replace(lines, ""));
}

function withoutLineEnds(situation: Situation): Situation | undefined {
  const { env } = situation;
  const { AWS_CONTAINER_AUTHORIZATION_TOKEN: token } = env;
  const strip = (text: string) => text.replace(/\r?\n$/, "");
  const stripped = changed(situation, (text, path) => (path === "container-token" ? strip(text) : text));
  if (token === undefined || strip(token) === token) return stripped;
  return { ...(stripped ?? situation), env: { ...env, AWS_CONTAINER_AUTHORIZATION_TOKEN: strip(token) } };
}

function changed(
  { files, ...rest }: Situation,
  change: (text: string, path: string) => string,
): Situation | undefined {
  const entries = Object.entries(files).map(([path, text]) => [path, change(text, path)] as const);
  const isSame = entries.every(([path, text]) => files[path] === text);
  return isSame ? undefined : { ...rest, files: Object.fromEntries(entries) };
}
