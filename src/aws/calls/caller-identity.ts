import type { Failure } from "../../token/failure.ts";
import { callSts, field } from "../api/sts.ts";
import { failureOf } from "../errors/errors.ts";
import { AnswerError } from "../http/answers.ts";
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
    try {
      const operation = { name: "GetCallerIdentity", parameters: {} };
      const answer = await callSts(session, region, credentials, operation);
      const [arn, account] = [field(answer, "Arn"), field(answer, "Account")];
      if (arn === undefined || account === undefined) throw new AnswerError("the answer names nobody");
      return { kind: "known", arn, account };
    } catch (error) {
      if (!(error instanceof TransportError)) throw error;
      return { kind: "unasked", failure: failureOf(error, { ...request, wanted: "caller" }, session) };
    }
  });
}
