/** The answer of either API as far as it matters. */
export interface RawAuthorization {
  readonly authorizationToken?: string | undefined;
  readonly expiresAt?: Date | undefined;
}

/** ECR's answer about a registry as far as it matters. */
export interface RawReplication {
  readonly account: string | undefined;
  readonly rules: readonly RawRule[];
}

export interface RawRule {
  readonly destinations?:
    | readonly { readonly region?: string | undefined; readonly registryId?: string | undefined }[]
    | undefined;
}

/** The answer is not what ECR answers. */
export class AnswerError extends Error {
  override readonly name = "AnswerError";
}
