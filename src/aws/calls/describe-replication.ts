import type { PrivateRegistry } from "../../registry/registry.ts";
import type { Destination } from "../../registry/replica.ts";
import { Failure } from "../../token/failure.ts";
import { describeRegistry } from "../api/ecr.ts";
import { AnswerError } from "../http/answers.ts";
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
    session.waitingFor = { what: `ECR at ${new URL(endpoint).host}` };
    const { account, destinations } = await describeRegistry(session, endpoint, credentials);
    if (account === undefined) throw new AnswerError("the answer names no registry");
    if (account !== registry.account) throw ofAnotherAccount(account, registry);
    return [...new Map(destinations.map((each) => [`${each.account} ${each.region}`, each])).values()];
  });
}

function ofAnotherAccount(asked: string, { account }: PrivateRegistry): Failure {
  return new Failure(
    "REPLICATION_ACCOUNT",
    `this identity is of account ${asked}, and only one of account ${account} can read the rules of its registry`,
    `name an identity of account ${account} for this registry in config.yaml`,
  );
}
