import type { Failure } from "../../token/failure.ts";
import { callSts, field } from "../api/sts.ts";
import { failureOf } from "../errors/errors.ts";
import { AnswerError } from "../http/answers.ts";
import { TransportError } from "../http/transport-error.ts";
import { type AwsRequest, askAws } from "./call.ts";

/** The principal of an identity, as AWS reports it. */
export type Caller =
  | { readonly kind: "known"; readonly arn: string; readonly account: string }
  /** There are credentials, but STS can't be reached; ECR may be reachable, as in a network with only ECR endpoints. */
  | { readonly kind: "unasked"; readonly failure: Failure };

/**
 * STS's GetCallerIdentity, which needs no permission, with newly fetched credentials.
 * https://docs.aws.amazon.com/STS/latest/APIReference/API_GetCallerIdentity.html
 *
 * @throws Failure, with one of the codes that errors.ts lists
 */
export function callerIdentity(request: AwsRequest): Promise<Caller> {
  const { registry, identity } = request;
  return askAws(request, "caller", async (session, credentials) => {
    const region = (identity.kind === "role" && identity.region) || registry.region;
    try {
      const operation = { name: "GetCallerIdentity", parameters: {} };
      const answer = await callSts(session, region, credentials, operation);
      const [arn, account] = [field(answer, "Arn"), field(answer, "Account")];
      if (arn === undefined || account === undefined)
        throw new AnswerError("the answer contains no principal");
      return { kind: "known", arn, account };
    } catch (error) {
      if (!(error instanceof TransportError)) throw error;
      return { kind: "unasked", failure: failureOf(error, { ...request, wanted: "caller" }, session) };
    }
  });
}
