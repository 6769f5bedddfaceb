import assert from "node:assert/strict";
import { secretContent } from "../../src/outputs/secret-content.ts";

const login = (secret: string) => ({ username: "AWS", secret });
const tokens = {
  logins: new Map([
    ["b.example", login("two")],
    ["a.example", login("one")],
  ]),
  expiries: new Map([
    ["a.example", 2_000_000_000_000],
    ["b.example", 1_900_000_000_000],
  ]),
};
const managed = new Set(["c.example", "b.example", "a.example"]);
const name = "ecr-pull";

function authsOf({ manifest }: ReturnType<typeof secretContent>): Record<string, { auth: string }> {
  const text = Buffer.from(manifest.data[".dockerconfigjson"] ?? "", "base64").toString();
  return JSON.parse(text).auths;
}

describe("secretContent", () => {
  it("has the logins of all managed registries, and names those without a token", () => {
    const content = secretContent({ name }, tokens, managed);
    const auth = (secret: string) => ({ auth: Buffer.from(`AWS:${secret}`).toString("base64") });
    assert.deepEqual(authsOf(content), { "a.example": auth("one"), "b.example": auth("two") });
    assert.deepEqual([content.hosts, content.missing], [["a.example", "b.example"], ["c.example"]]);
    assert.equal(content.manifest.type, "kubernetes.io/dockerconfigjson");
    assert.deepEqual(content.manifest.metadata.annotations, {
      "docker-credential-ecr/expires-at": "2030-03-17T17:46:40Z",
      "docker-credential-ecr/registries": "a.example,b.example",
    });
  });

  it("has only the registries that the output names", () => {
    const content = secretContent({ name, registries: ["a.example", "z.example"] }, tokens, managed);
    assert.deepEqual([content.hosts, content.missing], [["a.example"], ["z.example"]]);
  });

  it("changes its revision with a token, and with nothing else", () => {
    const revision = (logins: typeof tokens.logins) =>
      secretContent({ name }, { ...tokens, logins }, managed).revision;
    const reversed = new Map([...tokens.logins].reverse());
    assert.equal(revision(reversed), revision(tokens.logins));
    const renewed = new Map([...tokens.logins, ["a.example", login("three")] as const]);
    assert.notEqual(revision(renewed), revision(tokens.logins));
  });

  it("is refused above the size of a Secret", () => {
    const large = { ...tokens, logins: new Map([["a.example", login("x".repeat(800_000))]]) };
    assert.throws(() => secretContent({ name }, large, managed), { code: "SECRET_TOO_LARGE" });
  });
});
