/** An isolated part of AWS, with its own accounts and its own names. */
export type Partition =
  | "aws"
  | "aws-cn"
  | "aws-us-gov"
  | "aws-eusc"
  | "aws-iso"
  | "aws-iso-b"
  | "aws-iso-e"
  | "aws-iso-f";

/** A private registry: one account in one region. */
export interface PrivateRegistry {
  readonly kind: "private";
  /** Canonical host name: lower case, no port. */
  readonly host: string;
  /** Twelve digits. */
  readonly account: string;
  readonly region: string;
  readonly partition: Partition;
  /** The host requires FIPS 140 validated TLS, so the API must be called on a FIPS endpoint too. */
  readonly fips: boolean;
  /** The host also has IPv6 addresses; the API's dual-stack endpoint is called, since IPv4 may be missing. */
  readonly dualStack: boolean;
}

/** ECR Public: one registry for the whole world, with its API only in us-east-1. */
export interface PublicRegistry {
  readonly kind: "public";
  readonly host: string;
  readonly region: "us-east-1";
  readonly partition: "aws";
  readonly fips: false;
  readonly dualStack: boolean;
}

export type Registry = PrivateRegistry | PublicRegistry;
