import type { Credentials } from "./credentials.ts";
import { AwsError, refusal } from "./errors.ts";
import { registryHost } from "./hosts.ts";
import type { TokenKind } from "./tokens.ts";
import type { World } from "./world.ts";

/** A verified call. */
export interface Invocation {
  readonly world: World;
  readonly credentials: Credentials;
  readonly region: string;
  /** The decoded body. */
  readonly input: Readonly<Record<string, unknown>>;
}

/** ecr:GetAuthorizationToken */
export function getAuthorizationToken({ world, credentials, region, input }: Invocation) {
  permit(credentials, credentials.principal.rights.getToken, "ecr:GetAuthorizationToken", "*");
  const asked = input.registryIds ?? [credentials.principal.account];
  if (!isListOf(asked, /^\d{12}$/)) {
    throw new AwsError(
      "InvalidParameterException",
      400,
      "Invalid parameter at 'registryIds' failed to satisfy constraint: 'must be 12 digits'",
    );
  }
  return {
    authorizationData: asked.map((account) => ({
      ...newToken(world, credentials, "private", region),
      proxyEndpoint: `https://${registryHost(account, region)}`,
    })),
  };
}

/** ecr-public:GetAuthorizationToken, whose authorizationData is one object and names no endpoint. */
export function getPublicAuthorizationToken({ world, credentials, region }: Invocation) {
  permit(credentials, credentials.principal.rights.getPublicToken, "ecr-public:GetAuthorizationToken", "*");
  return { authorizationData: newToken(world, credentials, "public", region) };
}

/** ecr:DescribeRegistry */
export function describeRegistry({ world, credentials, region }: Invocation) {
  const { account, rights, issuer } = credentials.principal;
  const partition = issuer.split(":")[1];
  permit(
    credentials,
    rights.describeRegistry,
    "ecr:DescribeRegistry",
    `arn:${partition}:ecr:${region}:${account}:*`,
  );
  const rules = world.replication.get(`${account}/${region}`) ?? [];
  return { registryId: account, replicationConfiguration: { rules } };
}

/** ecr:DescribeRepositories; every repository exists. */
export function describeRepositories({ credentials, region, input }: Invocation) {
  const names = Array.isArray(input.repositoryNames) ? input.repositoryNames : [];
  const host = registryHost(credentials.principal.account, region);
  return {
    repositories: names.map((name) => ({ repositoryName: name, repositoryUri: `${host}/${name}` })),
  };
}

/** ecr:DescribeImages; no image exists, as before a first push. */
export function describeImages(): never {
  throw new AwsError("ImageNotFoundException", 400, "The image requested does not exist");
}

function newToken(world: World, credentials: Credentials, kind: TokenKind, region: string) {
  const expiresAt = world.now() + world.settings.tokenLifeSeconds * 1000;
  const authorizationToken = world.tokens.issue({
    principal: credentials.principal,
    kind,
    region,
    expiresAt,
    ...(credentials.expiresAt === undefined ? {} : { sessionEndsAt: credentials.expiresAt }),
  });
  return { authorizationToken, expiresAt: expiresAt / 1000 };
}

function permit(
  { principal }: Credentials,
  right: boolean | undefined,
  action: string,
  resource: string,
): void {
  if (right ?? true) return;
  throw refusal(
    "denied",
    "json",
    `User: ${principal.arn} is not authorized to perform: ${action} on resource: ${resource} ` +
      `because no identity-based policy allows the ${action} action`,
  );
}

const isListOf = (value: unknown, form: RegExp): value is string[] =>
  Array.isArray(value) && value.every((item) => typeof item === "string" && form.test(item));
