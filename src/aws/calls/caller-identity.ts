import { GetCallerIdentityCommand, STSClient } from "@aws-sdk/client-sts";
import type { Failure } from "../../token/failure.ts";
import { failureOf } from "../errors/errors.ts";
import { AnswerError } from "../http/answers.ts";
import { clientSettings } from "../http/client-settings.ts";
import { stsEndpoint } from "../http/endpoints.ts";
import { TransportError } from "../http/transport-error.ts";
import { type AwsRequest, askAws } from "./call.ts";

/** Whom AWS takes an identity for. */
export type Caller =
  | { readonly kind: "known"; readonly arn: string; readonly account: string }
  /** There are credentials, yet STS can't be reached to ask; ECR may still be, as in a network with its endpoints only. */
  | { readonly kind: "unasked"; readonly failure: Failure };

/**
 * STS's GetCallerIdentity, which needs no permission, under credentials that were got anew.
 * https://docs.aws.amazon.com/STS/latest/APIReference/API_GetCallerIdentity.html
 *
 * @throws Failure, with one of the codes that errors.ts lists
 */
export function callerIdentity(request: AwsRequest): Promise<Caller> {
  const { registry, identity } = request;
  return askAws(request, "caller", async (session, credentials) => {
    const region = (identity.kind === "role" && identity.region) || registry.region;
    const endpoint = stsEndpoint(region, registry, session.settings);
    session.waitingFor = `STS at ${new URL(endpoint).host}`;
    const client = new STSClient(clientSettings(session, region, endpoint, credentials));
    try {
      const answer = await client.send(new GetCallerIdentityCommand({}), { abortSignal: session.signal });
      const { Arn: arn, Account: account } = answer;
      if (arn === undefined || account === undefined) throw new AnswerError("the answer names nobody");
      return { kind: "known", arn, account };
    } catch (error) {
      if (!(error instanceof TransportError)) throw error;
      return { kind: "unasked", failure: failureOf(error, { ...request, wanted: "caller" }, session) };
    } finally {
      client.destroy();
    }
  });
}
