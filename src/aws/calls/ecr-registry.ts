import { DescribeRegistryCommand, ECRClient } from "@aws-sdk/client-ecr";
import type { RawReplication } from "../http/answers.ts";
import type { ClientSettings } from "../http/client-settings.ts";

/** ECR's DescribeRegistry, of the caller's own account in the region that is asked. */
export async function describeRegistry(config: ClientSettings, signal: AbortSignal): Promise<RawReplication> {
  const client = new ECRClient(config);
  try {
    const answer = await client.send(new DescribeRegistryCommand({}), { abortSignal: signal });
    return { account: answer.registryId, rules: answer.replicationConfiguration?.rules ?? [] };
  } finally {
    client.destroy();
  }
}
