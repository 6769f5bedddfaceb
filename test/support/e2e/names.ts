import { registryHost } from "../aws/hosts.ts";

/** Alice's own registry. */
export const appRegistry = registryHost("111122223333", "us-east-1");
/** A registry of the same account in another region. */
export const farRegistry = registryHost("111122223333", "eu-west-1");
/** Bob's registry, from which Alice may pull, in the region of `appRegistry`. */
export const bobsRegistry = registryHost("444455556666", "us-east-1");
/** A registry of the same account in another region. */
export const bobsFarRegistry = registryHost("444455556666", "eu-west-1");
export const publicRegistry = "public.ecr.aws";

/** A registry outside ECR that needs no credentials. It is the upstream of all other registries. */
export const plainRegistry = "127.0.0.1:5000";

/** A registry with the same images that requires a login. */
export const privateRegistry = "127.0.0.1:5001";
export const privateLogin = { username: "tester", password: "made-up-password-of-a-registry" };

/** The host names that resolve to the stand-in. namespace.sh adds the addresses. */
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

/** Docker Hub's host names, which serve the images of the plain registry. */
export const hubHosts: readonly string[] = ["registry-1.docker.io", "auth.docker.io", "index.docker.io"];
export const hubAddress = "192.0.2.2";
