import { ECRPUBLICClient, GetAuthorizationTokenCommand } from "@aws-sdk/client-ecr-public";
import type { RawAuthorization } from "../http/answers.ts";
import type { ClientSettings } from "../http/client-settings.ts";

/** ECR Public's GetAuthorizationToken. */
export async function getAuthorization(
  config: ClientSettings,
  signal: AbortSignal,
): Promise<RawAuthorization> {
  const client = new ECRPUBLICClient(config);
  try {
    const answer = await client.send(new GetAuthorizationTokenCommand({}), { abortSignal: signal });
    return answer.authorizationData ?? {};
  } finally {
    client.destroy();
  }
}
