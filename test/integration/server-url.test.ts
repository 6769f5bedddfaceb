import assert from "node:assert/strict";
import { keys, publicRegistry, registry, useStanding } from "../support/program/standing.ts";
import type { User } from "../support/program/user.ts";
import { answered, notFound, silent, told } from "../support/program/verdicts.ts";

/** Warm, an answer that should never be given would be found at once; cold, AWS would be asked. */
const temperatures = ["cold", "warm"] as const;

describe("server URLs of clients", () => {
  const standing = useStanding();

  const userAt = async (temperature: (typeof temperatures)[number]): Promise<User> => {
    const alice = standing.user(keys("alice"));
    if (temperature === "warm") answered(await alice.get(registry), registry);
    standing.aws.controls.reset();
    return alice;
  };

  const spellings = [
    registry,
    `https://${registry}`,
    `http://${registry}`,
    `${registry}:443`,
    `https://${registry}:443`,
    `http://${registry}:443`,
    `http://${registry}:80`,
    `${registry}/`,
    `https://${registry}/`,
    `https://${registry}/v2/`,
    `${registry}/team/app`,
    `${registry}/team/app:1.0`,
    `https://${registry}/team/app`,
    `${registry}/app@sha256:${"0a".repeat(32)}`,
    registry.toUpperCase(),
    `HTTPS://${registry.toUpperCase()}/`,
  ];

  for (const temperature of temperatures) {
    it(`all mean one registry, and each is returned unchanged, ${temperature}`, async () => {
      const alice = await userAt(temperature);
      const secrets = await Promise.all(spellings.map(async (url) => answered(await alice.get(url), url)));
      assert.equal(new Set(secrets).size, 1);
      assert.equal(standing.calls(), temperature === "warm" ? 0 : 1);
    });

    it(`surrounding white space is ignored, ${temperature}`, async () => {
      const alice = await userAt(temperature);
      for (const end of ["\n", "\r\n", " \n", "\n\n", "\t", "\u00a0", "\u0085"]) {
        answered(await alice.get(`${registry}${end}`), registry);
        answered(await alice.get(`${end}${registry}`), registry);
        answered(await alice.get(`${end}https://${registry}/${end}`), `https://${registry}/`);
        silent(await alice.run(["erase"], { input: `${end}registry.example.com${end}` }));
      }
    });

    // Everything that makes one text out of several, or that parsers of URLs disagree about.
    const refused: Readonly<Record<string, string>> = {
      "an LF inside": `good.example.com\n.${registry}`,
      "an LF inside the host": registry.replace(".dkr", "\n.dkr"),
      "another line after it": `${registry}\nregistry.example.com`,
      "a second host": `${registry}\n${publicRegistry}\n`,
      "a CR inside": registry.replace(".dkr", "\r.dkr"),
      "a NUL inside": registry.replace(".dkr", "\0.dkr"),
      "a NUL at its end": `${registry}\0`,
      "a tab inside": registry.replace(".dkr", "\t.dkr"),
      "an escape sequence": `\u001b[31m${registry}`,
      "a DEL": `${registry}\u007f`,
      "a space inside": `${registry} registry.example.com`,
      "user information": `https://${registry}@registry.example.com`,
      "a user": `https://AWS@${registry}`,
      "a percent sign": `${registry}%2f.example.com`,
      "a backslash": `registry.example.com\\@${registry}`,
      "a query": `https://registry.example.com?.${registry}`,
      "a fragment": `https://registry.example.com#.${registry}`,
      "another scheme": `ftp://${registry}`,
      "a full-width dot": registry.replaceAll(".", "．"),
      "a no-break space inside": registry.replace(".dkr", "\u00a0.dkr"),
      "a zero-width space around it": `\u200b${registry}\u200b`,
      "a byte order mark inside": registry.replace(".dkr", "\ufeff.dkr"),
      "a host that is too long": `https://${"a.".repeat(1100)}${registry}`,
      "a repository that is too long": `${registry}/${"a".repeat(2100)}`,
      "a hundred thousand characters": `${"a".repeat(100_000)}.${registry}`,
    };

    it(`an invalid one is refused without a request, ${temperature}`, async () => {
      const alice = await userAt(temperature);
      const accepted = await Promise.all(
        Object.entries(refused).map(async ([what, url]) => {
          try {
            told(await alice.get(url), "BAD_SERVER_URL", "the server URL was refused");
            return [];
          } catch (error) {
            return [`${what}: ${(error as Error).message}`];
          }
        }),
      );
      assert.deepEqual(accepted.flat(), []);
      assert.equal(standing.calls(), 0);
    });

    // Names of other servers, each close to ECR's.
    const lookAlikes = [
      `${registry}.example.com`,
      `${registry}.`,
      `x${registry}`,
      `1${registry}`,
      registry.slice(1),
      `example.com.${registry}`,
      `${registry}:8443`,
      `https://${registry}:8443/`,
      `${registry}-example.com`,
      registry.replace("amazonaws.com", "amazonaws.com.example"),
      registry.replace("amazonaws.com", "example.com"),
      registry.replace("amazonaws.com", "amazonaws.co"),
      registry.replace(".amazonaws", "-amazonaws"),
      registry.replace("dkr.ecr", "dkrXecr"),
      registry.replace("ecr.", "ecr.evil."),
      registry.replace("us-east-1", "us-east-1.example"),
      registry.replace("us-east-1", "evil"),
      registry.replace("us-east-1", "cn-north-1"),
      `https://registry.example.com/${registry}`,
      `registry.example.com/x.${registry}/y`,
      "xn--111122223333-dkr.ecr.us-east-1.amazonaws.com",
      "111122223333.ecr.us-east-1.amazonaws.com",
      "dkr.ecr.us-east-1.amazonaws.com",
      "api.ecr.us-east-1.amazonaws.com",
      "ecr.us-east-1.amazonaws.com",
      "amazonaws.com",
      `x.${publicRegistry}`,
      `${publicRegistry}.example.com`,
      "public-ecr.aws",
      "gallery.ecr.aws",
      "https://index.docker.io/v1/",
      "localhost:5000",
      "127.0.0.1:5000",
      "[::1]:5000",
      "169.254.169.254",
      "..",
    ];

    it(`another host is not found, without a request, ${temperature}`, async () => {
      const alice = await userAt(temperature);
      const given = await Promise.all(
        lookAlikes.map(async (url) => {
          const ran = await alice.get(url);
          // The last is no host at all; what counts is that it gets nothing.
          if (url !== "..") notFound(ran);
          return ran.exitCode === 0 ? [url] : [];
        }),
      );
      assert.deepEqual(given.flat(), []);
      assert.equal(standing.calls(), 0);
    });
  }
});
