import type { User } from "./cast.ts";
import type { Whereabouts } from "./stand-in.ts";

/** Environment variables that lead programs to a stand-in. Whatever AWS_* the tester's own environment has must go. */

/** By one custom endpoint for every service. Not together with FIPS endpoints, which the SDK refuses then. */
export const byEndpoint = ({ urls, caFile }: Whereabouts) => ({
  AWS_ENDPOINT_URL: urls.tls,
  AWS_EC2_METADATA_SERVICE_ENDPOINT: urls.imds,
  ...trusting(caFile),
});

/** By proxy, under AWS's own host names: what clients do in the wild, registries included. */
export const byProxy = ({ urls, caFile }: Whereabouts) => ({
  HTTPS_PROXY: urls.proxy,
  NO_PROXY: "127.0.0.1,localhost",
  AWS_EC2_METADATA_SERVICE_ENDPOINT: urls.imds,
  ...trusting(caFile),
});

/** For Node and Bun, for Go and OpenSSL, and for botocore, in this order. */
const trusting = (caFile: string) => ({
  NODE_EXTRA_CA_CERTS: caFile,
  SSL_CERT_FILE: caFile,
  AWS_CA_BUNDLE: caFile,
});

export const keysOf = ({ accessKeyId, secretAccessKey }: User) => ({
  AWS_ACCESS_KEY_ID: accessKeyId,
  AWS_SECRET_ACCESS_KEY: secretAccessKey,
});
