import { registryHost } from "../aws/hosts.ts";

/** Alice's own registry. */
export const appRegistry = registryHost("111122223333", "us-east-1");
/** The same account's in another region. */
export const farRegistry = registryHost("111122223333", "eu-west-1");
/** Bob's, from which Alice may pull, in the region of `appRegistry`. */
export const bobsRegistry = registryHost("444455556666", "us-east-1");
/** The same account's, a region further. */
export const bobsFarRegistry = registryHost("444455556666", "eu-west-1");
export const publicRegistry = "public.ecr.aws";

/** A registry that is none of ECR's and asks nobody for credentials; what is in it stands behind all others too. */
export const plainRegistry = "127.0.0.1:5000";

/** What the machine resolves to the stand-in. The addresses are those that namespace.sh adds. */
export const awsHosts: readonly string[] = [
  appRegistry,
  farRegistry,
  bobsRegistry,
  bobsFarRegistry,
  publicRegistry,
  "api.ecr.us-east-1.amazonaws.com",
  "api.ecr.eu-west-1.amazonaws.com",
  "api.ecr-public.us-east-1.amazonaws.com",
  "sts.amazonaws.com",
  "sts.us-east-1.amazonaws.com",
  "sts.eu-west-1.amazonaws.com",
];
export const awsAddress = "192.0.2.1";

/** Docker Hub's names, which lead to the plain registry's images. */
export const hubHosts: readonly string[] = ["registry-1.docker.io", "auth.docker.io", "index.docker.io"];
export const hubAddress = "192.0.2.2";
