import assert from "node:assert/strict";
import { endlessAnswers, startEndlessServer } from "../support/endless-server.ts";
import { longestGet, type Measured, measuredGet, mostMemory } from "../support/program/measured.ts";
import { beginSlowCases, slowCase } from "../support/program/slow-cases.ts";
import { keys, registry } from "../support/program/standing.ts";
import { User, type Variables } from "../support/program/user.ts";

/** These take as long as a get lets them: no bytes of a body ever come. */
const slow: ReadonlySet<string> = new Set([
  "the extension of a chunk",
  "trailers without end",
  "informational answers",
]);
const quick = Object.keys(endlessAnswers).filter((name) => !slow.has(name));

/** How a get meets what answers at `url`, and what is tried there. */
const ROUTES: readonly [what: string, env: (url: string) => Variables, answers: readonly string[]][] = [
  ["ECR's API", (url) => ({ ...keys("alice"), AWS_ENDPOINT_URL: url }), [...quick, ...slow]],
  [
    "a proxy",
    (url) => ({ ...keys("alice"), HTTPS_PROXY: url }),
    ["a gigabyte", "headers without end", "a header without end"],
  ],
  [
    "the endpoint of a container's credentials",
    (url) => ({ AWS_CONTAINER_CREDENTIALS_FULL_URI: url }),
    ["a gigabyte", "the same as zstd"],
  ],
  [
    "the instance metadata service",
    (url) => ({ AWS_EC2_METADATA_SERVICE_ENDPOINT: url }),
    [...quick, "the extension of a chunk"],
  ],
];

describe("an endless response, or one of a gigabyte", function () {
  this.timeout(120_000);
  before(beginSlowCases);

  for (const [route, envOf, answers] of ROUTES) {
    for (const answer of answers) {
      const act = () => getFrom(answer, envOf);
      const outcome = slow.has(answer) ? slowCase(act) : act;
      it(`from ${route}: ${answer}`, async () => {
        const { stderr, exitCode, tookMs, peakBytes } = await outcome();
        assert.ok(peakBytes < mostMemory, `${peakBytes} bytes`);
        assert.ok(tookMs < longestGet, `${tookMs} ms`);
        assert.equal(exitCode, 1);
        assert.match(stderr, /\[(?:BAD_ANSWER|TIMEOUT|UNREACHABLE|PROXY|TLS|NO_CREDENTIALS)\]\n$/);
      });
    }
  }
});

async function getFrom(answer: string, envOf: (url: string) => Variables): Promise<Measured> {
  const server = await startEndlessServer(answer);
  const user = new User(envOf(server.url));
  try {
    return await measuredGet(user, registry);
  } finally {
    server.stop();
    await user.remove();
  }
}
