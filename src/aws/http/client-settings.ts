import { externalDataInterceptor, getHomeDir } from "@smithy/core/config";
import { FetchHttpHandler } from "@smithy/fetch-http-handler";
import { customEndpoint, endpointSettings } from "./endpoints.ts";
import { retrySettings } from "./retry-settings.ts";
import { type Session, silent, userAgent } from "./session.ts";

/**
 * The settings of the SDK's client of a sign-in service. Without a custom endpoint the SDK's rules determine it.
 *
 * @throws Failure BAD_ENDPOINT
 */
export function signInClient(session: Session, service: "sso" | "sso_oidc" | "signin", region: string) {
  noFilesForSdk();
  const endpoint = customEndpoint(service, session.settings)?.url;
  const { fips, dualStack } = endpointSettings(session.settings);
  const customFetch = (request: Request) => session.transport.send(request);
  return {
    region,
    ...retrySettings(session),
    requestHandler: new FetchHttpHandler({ customFetch: customFetch as typeof fetch }),
    customUserAgent: userAgent,
    logger: silent,
    ...(endpoint !== undefined && { endpoint }),
    useFipsEndpoint: fips && endpoint === undefined,
    useDualstackEndpoint: dualStack && endpoint === undefined,
  };
}

/** Without this the clients read and parse the AWS files again for each setting, by their own rules. */
function noFilesForSdk(): void {
  const { AWS_CONFIG_FILE, AWS_SHARED_CREDENTIALS_FILE } = process.env;
  const folder = `${getHomeDir()}/.aws`;
  externalDataInterceptor.interceptFile(AWS_CONFIG_FILE || `${folder}/config`, "");
  externalDataInterceptor.interceptFile(AWS_SHARED_CREDENTIALS_FILE || `${folder}/credentials`, "");
}
