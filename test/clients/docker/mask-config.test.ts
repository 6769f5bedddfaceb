import assert from "node:assert/strict";
import { withoutSecrets } from "../../../src/clients/docker/mask-config.ts";

describe("Docker's config.json without its secrets", () => {
  const CASES: readonly [what: string, text: string, shown: string][] = [
    ["values", '{"auths":{"ghcr.io":{"auth":"bWU6c2VjcmV0"}}}', '{"auths":{"ghcr.io":{"auth":"…"}}}'],
    ["helpers' names stay", '{"credHelpers":{"ghcr.io":"pass"}}', '{"credHelpers":{"ghcr.io":"pass"}}'],
    [
      "a login in a name",
      '{"auths":{"https://me:hush@ghcr.io":{}}}',
      '{"auths":{"https://[redacted]@ghcr.io":{}}}',
    ],
    [
      "one that is spelled with escapes",
      String.raw`{"auths" : {"https:\/\/me:h\u0075sh@ghcr.io" :{}}}`,
      '{"auths" : {"https://[redacted]@ghcr.io" :{}}}',
    ],
    ["a header as a name", '{"X-Registry-Auth: hush-hush":1}', '{"X-Registry-Auth: [redacted]":1}'],
    [
      "one for a helper",
      '{"credHelpers":{"me:hush@ghcr.io":"pass"}}',
      '{"credHelpers":{"[redacted]@ghcr.io":"pass"}}',
    ],
    ["a URL instead of a helper", '{"credsStore":"https://me:hush@h"}', '{"credsStore":"…"}'],
    [
      "a token instead of a helper",
      '{"credHelpers":{"a":"ghp_0123456789abcdefghijABCDEFGHIJ456789"}}',
      '{"credHelpers":{"a":"…"}}',
    ],
    [
      "Docker Hub's name",
      '{"auths":{"https://index.docker.io/v1/":{}}}',
      '{"auths":{"https://index.docker.io/v1/":{}}}',
    ],
  ];
  for (const [what, text, shown] of CASES) {
    it(`is shown: ${what}`, () => assert.equal(withoutSecrets(text), shown));
  }
});
