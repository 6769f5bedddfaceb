import type { User } from "./cast.ts";
import type { Whereabouts } from "./stand-in.ts";

/** Environment variables that make programs use a stand-in. Other AWS_* variables must be removed. */

/** Uses one custom endpoint for all services. The SDK refuses FIPS endpoints with it. */
export const byEndpoint = ({ urls, caFile }: Whereabouts) => ({
  AWS_ENDPOINT_URL: urls.tls,
  AWS_EC2_METADATA_SERVICE_ENDPOINT: urls.imds,
  ...trusting(caFile),
});

/** Uses a proxy with AWS's own host names, including registries, as in production. */
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
