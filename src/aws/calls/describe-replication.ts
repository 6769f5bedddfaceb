import type { PrivateRegistry } from "../../registry/registry.ts";
import type { Destination } from "../../registry/replica.ts";
import { Failure } from "../../token/failure.ts";
import { AnswerError, type RawRule } from "../http/answers.ts";
import { clientSettings } from "../http/client-settings.ts";
import { registryEndpoint } from "../http/endpoints.ts";
import { type AwsRequest, askAws } from "./call.ts";

/**
 * Reads where a registry replicates to: each destination of its rules once. Which repositories a rule is for makes no
 * difference, since a token opens a whole region.
 *
 * @throws Failure, with one of the codes that errors.ts lists; REPLICATION_ACCOUNT where the identity is of another
 *   account than the registry: https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_DescribeRegistry.html
 *   takes no registry and answers for the caller's own
 */
export function describeReplication(
  request: AwsRequest & { readonly registry: PrivateRegistry },
): Promise<readonly Destination[]> {
  const { registry } = request;
  return askAws(request, "replication rules", async (session, credentials) => {
    const endpoint = registryEndpoint(registry, session.settings);
    const { describeRegistry } = await import("./ecr-registry.ts");
    session.waitingFor = `ECR at ${new URL(endpoint).host}`;
    const config = clientSettings(session, registry.region, endpoint, credentials);
    const { account, rules } = await describeRegistry(config, session.signal);
    if (account === undefined) throw new AnswerError("the answer names no registry");
    if (account !== registry.account) throw ofAnotherAccount(account, registry);
    return destinationsOf(rules);
  });
}

function destinationsOf(rules: readonly RawRule[]): readonly Destination[] {
  const found = new Map<string, Destination>();
  for (const { destinations = [] } of rules) {
    for (const { region, registryId: account } of destinations) {
      if (region === undefined || account === undefined) {
        throw new AnswerError("the answer has a destination without a region or an account");
      }
      found.set(`${account} ${region}`, { account, region });
    }
  }
  return [...found.values()];
}

function ofAnotherAccount(asked: string, { account }: PrivateRegistry): Failure {
  return new Failure(
    "REPLICATION_ACCOUNT",
    `this identity is of account ${asked}, and only one of account ${account} can read the rules of its registry`,
    `name an identity of account ${account} for this registry in config.yaml`,
  );
}
