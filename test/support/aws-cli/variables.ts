import fc from "fast-check";
import { environmentRole, keysAt } from "./cast.ts";

export type Variables = Readonly<Record<string, string>>;

/** Mostly the first. */
export const usually = <T>(weight: number, usual: T, ...others: readonly T[]): fc.Arbitrary<T> =>
  fc.oneof({ weight, arbitrary: fc.constant(usual) }, ...others.map((each) => fc.constant(each)));

export function keyVariables(): fc.Arbitrary<Variables> {
  const { accessKeyId, secretAccessKey } = keysAt("environment");
  const session = keysAt("session-0");
  const id = { AWS_ACCESS_KEY_ID: accessKeyId };
  const secret = { AWS_SECRET_ACCESS_KEY: secretAccessKey };
  const ofSession = {
    AWS_ACCESS_KEY_ID: session.accessKeyId,
    AWS_SECRET_ACCESS_KEY: session.secretAccessKey,
  };
  const token = session.sessionToken ?? "";
  return fc.oneof(
    { weight: 90, arbitrary: fc.constant({}) },
    { weight: 10, arbitrary: fc.constant({ ...id, ...secret }) },
    ...[
      id,
      secret,
      { ...id, AWS_SECRET_ACCESS_KEY: "" },
      { ...secret, AWS_ACCESS_KEY_ID: "" },
      { AWS_ACCESS_KEY_ID: "", AWS_SECRET_ACCESS_KEY: "" },
      { ...id, ...secret, AWS_SESSION_TOKEN: "" },
      { ...id, ...secret, AWS_SESSION_TOKEN: "left over" },
      { ...id, ...secret, AWS_CREDENTIAL_EXPIRATION: "2099-01-01T00:00:00Z" },
      { ...id, ...secret, AWS_CREDENTIAL_EXPIRATION: "2020-01-01T00:00:00Z" },
      { ...id, ...secret, AWS_CREDENTIAL_EXPIRATION: "" },
      { ...ofSession, AWS_SESSION_TOKEN: token },
      { ...ofSession, AWS_SECURITY_TOKEN: token },
      { ...ofSession, AWS_SESSION_TOKEN: token, AWS_SECURITY_TOKEN: "" },
      { AWS_SESSION_TOKEN: token },
      { AWS_ACCESS_KEY: accessKeyId, AWS_SECRET_KEY: secretAccessKey },
      { ...id, AWS_SECRET_ACCESS_KEY: `${secretAccessKey} ` },
      { ...id, AWS_SECRET_ACCESS_KEY: `${secretAccessKey}\n` },
      { ...secret, AWS_ACCESS_KEY_ID: `${accessKeyId} ` },
      { ...secret, AWS_ACCESS_KEY_ID: " " },
      { ...secret, AWS_ACCESS_KEY_ID: `${accessKeyId}\n` },
      { ...id, ...secret, AWS_CREDENTIAL_EXPIRATION: "soon" },
    ].map((each) => fc.constant(each as Variables)),
  );
}

export function webIdentityVariables(): fc.Arbitrary<Variables> {
  const role = { AWS_ROLE_ARN: environmentRole };
  const file = { AWS_WEB_IDENTITY_TOKEN_FILE: "@HOME@/web-identity" };
  return fc.oneof(
    { weight: 60, arbitrary: fc.constant({}) },
    { weight: 5, arbitrary: fc.constant({ ...role, ...file }) },
    ...[
      role,
      file,
      { ...role, AWS_WEB_IDENTITY_TOKEN_FILE: "" },
      { ...file, AWS_ROLE_ARN: "" },
      { ...role, ...file, AWS_ROLE_SESSION_NAME: "" },
      { ...role, ...file, AWS_ROLE_SESSION_NAME: "build-1" },
      { ...role, AWS_WEB_IDENTITY_TOKEN_FILE: "~/web-identity" },
      { ...role, AWS_WEB_IDENTITY_TOKEN_FILE: "web-identity" },
      { ...role, AWS_WEB_IDENTITY_TOKEN_FILE: "/missing/token" },
      { ...role, AWS_WEB_IDENTITY_TOKEN_FILE: "@HOME@" },
      { ...role, AWS_WEB_IDENTITY_TOKEN_FILE: "$HOME/web-identity" },
      { ...role, ...file, AWS_ROLE_SESSION_NAME: "two words" },
      { ...file, AWS_ROLE_ARN: `${environmentRole} ` },
      { AWS_ROLE_SESSION_NAME: "build-1" },
    ].map((each) => fc.constant(each as Variables)),
  );
}

export function containerVariables(): fc.Arbitrary<Variables> {
  const uri = { AWS_CONTAINER_CREDENTIALS_FULL_URI: "@CONTAINER@/credentials" };
  const token = { AWS_CONTAINER_AUTHORIZATION_TOKEN: "test-container-token" };
  const file = { AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE: "@HOME@/container-token" };
  return fc.oneof(
    { weight: 24, arbitrary: fc.constant({}) },
    { weight: 8, arbitrary: fc.constant({ ...uri, ...token }) },
    ...[
      { ...uri, ...file },
      { ...uri, ...file, AWS_CONTAINER_AUTHORIZATION_TOKEN: "another" },
      { ...uri, ...token, AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE: "" },
      { ...uri, ...token, AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE: "/missing/token" },
      { ...uri, AWS_CONTAINER_AUTHORIZATION_TOKEN: "another" },
      { ...uri, AWS_CONTAINER_AUTHORIZATION_TOKEN: "test-container-token\n" },
      uri,
      { ...uri, ...token, AWS_CONTAINER_CREDENTIALS_RELATIVE_URI: "" },
      { AWS_CONTAINER_CREDENTIALS_FULL_URI: "", AWS_CONTAINER_CREDENTIALS_RELATIVE_URI: "" },
      { ...token, AWS_CONTAINER_CREDENTIALS_FULL_URI: "http://example.com/credentials" },
      token,
    ].map((each) => fc.constant(each as Variables)),
  );
}

export function instanceVariables(): fc.Arbitrary<Variables> {
  const endpoint = usually(6, "@IMDS@", "@IMDS@/", "@IMDS@/some/path", "@BARE_IMDS@", "http://127.0.0.1:9");
  const disabled = usually<string | undefined>(
    12,
    undefined,
    "true",
    "True",
    "TRUE",
    "false",
    "False",
    "1",
    "yes",
    "",
  );
  return fc.tuple(endpoint, disabled).map(([each, value]) => ({
    AWS_EC2_METADATA_SERVICE_ENDPOINT: each,
    ...(value !== undefined && { AWS_EC2_METADATA_DISABLED: value }),
  }));
}

/** Variables of AWS's tools that change no principal. */
export const noise = fc.oneof(
  { weight: 8, arbitrary: fc.constant({}) },
  fc.constantFrom<Variables>(
    { AWS_SDK_LOAD_CONFIG: "0" },
    { AWS_REGION: "eu-west-1" },
    { AWS_EC2_METADATA_V1_DISABLED: "true" },
    { AWS_METADATA_SERVICE_NUM_ATTEMPTS: "2" },
    { AWS_ACCOUNT_ID: "999999999999" },
    { AWS_CA_BUNDLE: "" },
  ),
);

/** Files of AWS's oldest tools, which the CLI still reads. */
export function oldFiles(): fc.Arbitrary<{
  readonly files: Readonly<Record<string, string>>;
  readonly variables: Variables;
}> {
  const { accessKeyId, secretAccessKey } = keysAt("legacy");
  const id = `aws_access_key_id = ${accessKeyId}\n`;
  const boto = `[Credentials]\n${id}aws_secret_access_key = ${secretAccessKey}\n`;
  const ofEc2 = `# keys\nAWSAccessKeyId=${accessKeyId}\nAWSSecretKey = ${secretAccessKey}\n`;
  const at = (files: Readonly<Record<string, string>>, variables: Variables = {}) => ({ files, variables });
  return usually(
    120,
    at({}),
    at({ ".boto": boto }),
    at({ ".boto": boto }),
    at({ ".boto": `[Credentials]\n${id}` }),
    at({ ".boto": `[credentials]\n${id}` }),
    at({ ".boto": "[Boto]\ndebug = 1\n" }),
    at({ ".boto": "[Boto\n" }),
    at({ ".boto": boto }, { BOTO_CONFIG: "" }),
    at({ ".boto": boto }, { BOTO_CONFIG: "/missing/boto" }),
    at({ "old/boto": boto }, { BOTO_CONFIG: "@HOME@/old/boto" }),
    at({ "old/boto": boto }, { BOTO_CONFIG: "$HOME/old/boto" }),
    at({ "old/boto": boto }, { BOTO_CONFIG: "~/old/boto" }),
    at({ "old/ec2": ofEc2 }, { AWS_CREDENTIAL_FILE: "@HOME@/old/ec2" }),
    at({ "old/ec2": ofEc2, ".boto": boto }, { AWS_CREDENTIAL_FILE: "~/old/ec2" }),
    at({ "old/ec2": ofEc2 }, { AWS_CREDENTIAL_FILE: "$HOME/old/ec2" }),
    at({ "old/ec2": `AWSAccessKeyId=${accessKeyId}\n` }, { AWS_CREDENTIAL_FILE: "@HOME@/old/ec2" }),
    at({ "old/ec2": "nothing\n", ".boto": boto }, { AWS_CREDENTIAL_FILE: "@HOME@/old/ec2" }),
    at({}, { AWS_CREDENTIAL_FILE: "/missing/ec2" }),
    at({ ".boto": boto }, { AWS_CREDENTIAL_FILE: "" }),
  );
}
