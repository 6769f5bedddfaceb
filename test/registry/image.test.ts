import assert from "node:assert/strict";
import { readNamedRegistry } from "../../src/registry/image.ts";

const host = "111122223333.dkr.ecr.us-east-1.amazonaws.com";
const digest = `sha256:${"0a".repeat(32)}`;

describe("readNamedRegistry", () => {
  for (const text of [
    host,
    `${host}/`,
    `https://${host}`,
    `HTTPS://${host}/`,
    `${host}:443`,
    `${host}/v2/`,
  ]) {
    it(`${text} is a registry without an image`, () => {
      const { url, image } = readNamedRegistry(text);
      assert.ok(url.kind === "ecr" && url.host === host);
      assert.equal(image, undefined);
    });
  }

  for (const [name, repository, reference] of [
    ["app", "app", "latest"],
    ["app:1.4-rc_2", "app", "1.4-rc_2"],
    ["team/sub-team/my.app__x:1", "team/sub-team/my.app__x", "1"],
    [`app@${digest}`, "app", digest],
    [`app:1@${digest}`, "app", digest],
  ] as const) {
    it(`${name} is an image`, () => {
      for (const front of [host, `https://${host}`, `${host}:443`]) {
        const { url, image } = readNamedRegistry(`${front}/${name}`);
        assert.ok(url.kind === "ecr" && url.host === host);
        assert.deepEqual(image, { repository, reference });
      }
    });
  }

  for (const name of [
    "App",
    "app:",
    "app:.x",
    "app/",
    "/app",
    "app//x",
    "app@sha256:12",
    "a b",
    "app?x",
    "..",
  ]) {
    it(`${JSON.stringify(name)} is not the name of an image`, () => {
      assert.equal(readNamedRegistry(`${host}/${name}`).url.kind, "malformed");
    });
  }

  it("returns other hosts as such", () => {
    const { url, image } = readNamedRegistry(`${host}.example.com/app:1`);
    assert.deepEqual(url, { kind: "other", host: `${host}.example.com` });
    assert.deepEqual(image, { repository: "app", reference: "1" });
  });
});
