import type { PrivateRegistry } from "../../registry/registry.ts";
import type { Destination } from "../../registry/replica.ts";
import { Failure } from "../../token/failure.ts";
import { describeRegistry } from "../api/ecr.ts";
import { AnswerError } from "../http/answers.ts";
import { registryEndpoint } from "../http/endpoints.ts";
import { type AwsRequest, askAws } from "./call.ts";

/**
 * Reads the replication destinations of a registry, each once. The repositories of a rule don't matter, since a token is
 * valid for a whole region.
 *
 * @throws Failure, with one of the codes that errors.ts lists; REPLICATION_ACCOUNT if the identity belongs to
 *   another account than the registry: https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_DescribeRegistry.html
 *   has no registry parameter and returns the caller's own registry
 */
export function describeReplication(
  request: AwsRequest & { readonly registry: PrivateRegistry },
): Promise<readonly Destination[]> {
  const { registry } = request;
  return askAws(request, "replication rules", async (session, credentials) => {
    const endpoint = registryEndpoint(registry, session.settings);
    session.waitingFor = { what: `ECR at ${new URL(endpoint).host}` };
    const { account, destinations } = await describeRegistry(session, endpoint, credentials);
    if (account === undefined) throw new AnswerError("the answer contains no registry");
    if (account !== registry.account) throw wrongAccount(account, registry);
    return [...new Map(destinations.map((each) => [`${each.account} ${each.region}`, each])).values()];
  });
}

function wrongAccount(asked: string, { account }: PrivateRegistry): Failure {
  return new Failure(
    "REPLICATION_ACCOUNT",
    `this identity belongs to account ${asked}, but only an identity of account ${account} can read the rules of its registry`,
    `name an identity of account ${account} for this registry in config.yaml`,
  );
}
