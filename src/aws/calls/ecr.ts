import { ECRClient, GetAuthorizationTokenCommand } from "@aws-sdk/client-ecr";
import type { RawAuthorization } from "../http/answers.ts";
import type { ClientSettings } from "../http/client-settings.ts";

/** ECR's GetAuthorizationToken, without registryIds: one token opens all that its principal may read in the region. */
export async function getAuthorization(
  config: ClientSettings,
  signal: AbortSignal,
): Promise<RawAuthorization> {
  const client = new ECRClient(config);
  try {
    const answer = await client.send(new GetAuthorizationTokenCommand({}), { abortSignal: signal });
    return answer.authorizationData?.[0] ?? {};
  } finally {
    client.destroy();
  }
}
