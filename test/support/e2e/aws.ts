import { ECRClient, GetAuthorizationTokenCommand } from "@aws-sdk/client-ecr";
import { defaultCast } from "../aws/cast.ts";
import type { Controls } from "../aws/controls.ts";
import { sdkConfig, userNamed } from "../aws/sdk.ts";
import { machine } from "./hooks.ts";

/** The controls of the stand-in, and its counts. */
export const controls = (): Controls => machine().aws.controls;

/** The regions of the requested tokens since the last reset, in order. */
export function tokensAsked(): readonly (string | undefined)[] {
  const calls = controls()
    .log()
    .filter(({ operation }) => operation === "GetAuthorizationToken");
  return calls.map(({ region }) => region);
}

/** The users of a registry since the last reset, or since a number of calls, without duplicates. */
export function pulledAs(host: string, since = 0): readonly string[] {
  const calls = controls()
    .log()
    .slice(since)
    .filter((call) => call.operation === "Registry" && call.host === host);
  const principals = calls.flatMap(({ principal }) => (principal === undefined ? [] : [principal]));
  return [...new Set(principals)].map((arn) => arn.replace(/^.*\//, ""));
}

/** The output of `aws ecr get-login-password` for a user. It counts as a call. */
export async function loginPassword(name: string, region: string): Promise<string> {
  const { aws } = machine();
  const client = new ECRClient(sdkConfig(aws, { keys: userNamed(defaultCast.users, name), region }));
  const { authorizationData } = await client.send(new GetAuthorizationTokenCommand({}));
  const token = Buffer.from(authorizationData?.[0]?.authorizationToken ?? "", "base64").toString();
  return token.replace(/^AWS:/, "");
}
