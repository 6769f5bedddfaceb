/** ECR's authorization token, decoded. */
export interface AuthorizationToken {
  /** "AWS" in all that ECR has issued so far. */
  readonly username: string;
  readonly password: string;
  /** When ECR stops to accept it; milliseconds since the epoch, by AWS's clock. */
  readonly expiresAt: number;
  /** AWS's clock minus ours when the token was issued, in milliseconds; 0 where AWS did not tell. */
  readonly clockSkew: number;
  /** When the credentials that asked for it end, milliseconds since the epoch by AWS's clock; absent: not known to end. */
  readonly sessionEndsAt?: number;
}
