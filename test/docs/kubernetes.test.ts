import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { parse } from "yaml";
import { roleAnnotation } from "../../src/protocol/kubelet.ts";

interface Provider {
  readonly name: string;
  readonly apiVersion: string;
  readonly args: readonly string[];
  readonly matchImages: readonly string[];
  readonly tokenAttributes?: { readonly optionalServiceAccountAnnotationKeys: readonly string[] };
}

function providerIn(name: string): Provider {
  const url = new URL(`../../examples/kubernetes/${name}`, import.meta.url);
  const { kind, providers } = parse(readFileSync(url, "utf8"));
  assert.equal(kind, "CredentialProviderConfig");
  return providers[0];
}

/** As kubelet compares the host of an image: part by part, with `*` for any part. */
function matches(pattern: string, host: string): boolean {
  const [wanted, given] = [pattern.split("."), host.split(".")];
  return wanted.length === given.length && wanted.every((part, at) => part === "*" || part === given[at]);
}

describe("the examples for kubelet", () => {
  for (const name of ["credential-provider.yaml", "service-accounts.yaml"]) {
    it(`${name} starts this program by the version that it answers`, () => {
      const { name: program, apiVersion, args } = providerIn(name);
      assert.deepEqual(
        { program, apiVersion, args },
        {
          program: "docker-credential-ecr",
          apiVersion: "credentialprovider.kubelet.k8s.io/v1",
          args: ["kubelet"],
        },
      );
    });
  }

  it("cover every form of ECR host", () => {
    const { matchImages } = providerIn("credential-provider.yaml");
    for (const host of [
      "111122223333.dkr.ecr.us-east-1.amazonaws.com",
      "111122223333.dkr.ecr.cn-north-1.amazonaws.com.cn",
      "111122223333.dkr.ecr-fips.us-gov-west-1.amazonaws.com",
      "111122223333.dkr-ecr.eu-west-1.on.aws",
      "111122223333.dkr-ecr-fips.us-east-1.on.aws",
      "111122223333.dkr-ecr.cn-north-1.on.amazonwebservices.com.cn",
      "111122223333.dkr.ecr.eusc-de-east-1.amazonaws.eu",
      "public.ecr.aws",
      "ecr-public.aws.com",
    ]) {
      assert.ok(
        matchImages.some((pattern) => matches(pattern, host)),
        host,
      );
    }
  });

  it("hand on the annotation that names the role", () => {
    const { tokenAttributes } = providerIn("service-accounts.yaml");
    assert.deepEqual(tokenAttributes?.optionalServiceAccountAnnotationKeys, [roleAnnotation]);
  });
});
