import type { Environment } from "../../token/dependencies.ts";

/** Where the AWS config and credentials files are. */
export interface AwsPlaces {
  readonly configPath: string;
  readonly credentialsPath: string;
}

/** As the SDK looks for them; apart from whatever needs the SDK, since the warm path asks for them too. */
export function awsPlaces(env: Environment, home: string): AwsPlaces {
  return {
    configPath: withHome(env.AWS_CONFIG_FILE || "~/.aws/config", home),
    credentialsPath: withHome(env.AWS_SHARED_CREDENTIALS_FILE || "~/.aws/credentials", home),
  };
}

/** The SDK lets both variables start with "~/". */
function withHome(path: string, home: string): string {
  return path.startsWith("~/") ? `${home}/${path.slice(2)}` : path;
}
