import assert from "node:assert/strict";
import fc from "fast-check";
import { readServerUrl } from "../../src/registry/server-url.ts";

const HOST = "123456789012.dkr.ecr.us-east-1.amazonaws.com";

/** All forms in which clients send HOST, and similar ones. */
const SAME_HOST = [
  HOST,
  `https://${HOST}`,
  `http://${HOST}`,
  `https://${HOST}/`,
  `${HOST}/`,
  // nerdctl's six
  `${HOST}:443`,
  `https://${HOST}:443`,
  `http://${HOST}:443`,
  // docker logout
  `http://${HOST}:80`,
  `https://${HOST}:443/`,
  `https://${HOST}/v1/`,
  `https://${HOST}/v2/`,
  // go-containerregistry, Nomad
  `${HOST}/team/app`,
  `https://${HOST}/team/app`,
  `${HOST}/team/app:1.2.3-rc_1`,
  `https://${HOST}/team/app:latest`,
  `${HOST}/team/app@sha256:${"0af9".repeat(16)}`,
  HOST.toUpperCase(),
  `HTTPS://${HOST.toUpperCase()}/Team`,
  // testcontainers-node, and line ends that shells add
  `${HOST}\n`,
  `${HOST}\r\n`,
  `${HOST} \n`,
  `${HOST}\n `,
  `${HOST}  `,
  `https://${HOST}/\t\r\n`,
];

const OTHER: [sent: string, host: string][] = [
  ["ghcr.io", "ghcr.io"],
  ["https://index.docker.io/v1/", "index.docker.io"],
  ["https://index.docker.io/v1/access-token", "index.docker.io"],
  ["localhost:5000", "localhost:5000"],
  ["http://LOCALHOST:05000/x", "localhost:5000"],
  ["[::1]:5000", "[::1]:5000"],
  ["unused", "unused"],
  ["registry_1.internal", "registry_1.internal"],
  // A different port or name is a different server.
  [`${HOST}:8443`, `${HOST}:8443`],
  [`${HOST}:80`, `${HOST}:80`],
  [`https://${HOST}:80`, `${HOST}:80`],
  [`${HOST}.`, `${HOST}.`],
  [`xn--${HOST}`, `xn--${HOST}`],
  [`${HOST}.evil.com`, `${HOST}.evil.com`],
  [`evil-${HOST}`, `evil-${HOST}`],
  [`1${HOST}`, `1${HOST}`],
  [HOST.slice(1), HOST.slice(1)],
  [`evil.com/${HOST}`, "evil.com"],
  [`https://evil.com/${HOST}`, "evil.com"],
  ["123456789012.dkr.ecr.evil.com/x.amazonaws.com", "123456789012.dkr.ecr.evil.com"],
];

const MALFORMED: [sent: string, reason: RegExp][] = [
  ["", /empty/],
  ["\n", /empty/],
  ["   ", /empty/],
  [`${HOST}\n\n`, /more than one line/],
  [`${HOST}\r`, /more than one line/],
  [`${HOST}\n.evil.com`, /more than one line/],
  [`evil.com\n${HOST}\n`, /more than one line/],
  [`evil.com\r${HOST}`, /more than one line/],
  [`${HOST}\0`, /control/],
  [`\0${HOST}`, /control/],
  [`${HOST}\x1b[31m`, /control/],
  [`\t${HOST}`, /control/],
  [`${HOST}\x7f`, /control/],
  [` ${HOST}`, /space/],
  [`evil.com ${HOST}`, /space/],
  [`user@${HOST}`, /: @/],
  [`https://user:pass@${HOST}`, /: @/],
  [`https://${HOST}@evil.com`, /: @/],
  [`https://evil.com@${HOST}/`, /: @/],
  [`https://${HOST}/a@evil.com`, /: @/],
  [`${HOST}\\.evil.com`, /: \\/],
  [`https:\\\\${HOST}`, /: \\/],
  [`${HOST}%2f.evil.com`, /: %/],
  [`${HOST}%00`, /: %/],
  [`${HOST}?x=.evil.com`, /: \?/],
  [`https://evil.com?${HOST}`, /: \?/],
  [`${HOST}#.evil.com`, /: #/],
  [`https://${HOST}/x?y`, /: \?/],
  ["１２３４５６７８９０１２.dkr.ecr.us-east-1.amazonaws.com", /ASCII/],
  ["١٢٣٤٥٦٧٨٩٠١٢.dkr.ecr.us-east-1.amazonaws.com", /ASCII/],
  // The Kelvin sign, which lower-cases to k, and a full stop that IDNA maps to "."
  ["123456789012.d\u212ar.ecr.us-east-1.amazonaws.com", /ASCII/],
  ["123456789012。dkr.ecr.us-east-1.amazonaws.com", /ASCII/],
  [`${HOST}\u2028`, /ASCII/],
  [`\ufeff${HOST}`, /ASCII/],
  [`ftp://${HOST}`, /http/],
  [`javascript://${HOST}`, /http/],
  [`://${HOST}`, /no host name/],
  [`https:${HOST}`, /no host name/],
  [`https:///${HOST}`, /no host name/],
  [`//${HOST}`, /no host name/],
  [`/${HOST}`, /no host name/],
  [`${HOST}:`, /no host name/],
  [`${HOST}:x`, /no host name/],
  [`${HOST}:443:443`, /no host name/],
  [`${HOST}:99999`, /port/],
  [`${HOST}:0x1bb`, /no host name/],
  [`https://https://${HOST}`, /no host name/],
  [`[${HOST}]`, /no host name/],
  [`-${HOST}`, /no host name/],
  [`.${HOST}`, /no host name/],
  [`${HOST}/${"a".repeat(2048)}`, /2048/],
  [`${HOST}${" ".repeat(2048)}`, /2048/],
];

describe("readServerUrl", () => {
  for (const sent of SAME_HOST) {
    it(`returns the registry for ${JSON.stringify(sent)}`, () => {
      const found = readServerUrl(sent);
      assert.equal(found.kind, "ecr");
      assert.equal(found.kind === "ecr" && found.host, HOST);
      assert.equal(found.kind === "ecr" && found.registry.host, HOST);
    });
  }

  for (const [sent, host] of OTHER) {
    it(`returns another host for ${JSON.stringify(sent)}`, () => {
      assert.deepEqual(readServerUrl(sent), { kind: "other", host });
    });
  }

  for (const [sent, reason] of MALFORMED) {
    it(`refuses ${JSON.stringify(sent.length > 80 ? `${sent.slice(0, 80)}…` : sent)}`, () => {
      const found = readServerUrl(sent);
      assert.equal(found.kind, "malformed");
      if (found.kind !== "malformed") return;
      assert.match(found.reason, reason);
      assert.doesNotMatch(found.reason, /[^\x20-\x7e]|123456789012/, "echoes what came");
    });
  }

  it("returns the same registry for all forms and cases of a client's URL", () => {
    fc.assert(
      fc.property(
        fc.constantFrom("", "https://", "http://", "HTTPS://"),
        fc.mixedCase(fc.constant(HOST)),
        fc.constantFrom("", ":443"),
        fc.constantFrom("", "/", "/v2/", "/team/app", "/team/app:1.0"),
        fc.constantFrom("", "\n", "\r\n", " ", "\t\n"),
        (scheme, host, port, path, end) => {
          const found = readServerUrl(scheme + host + port + path + end);
          assert.equal(found.kind === "ecr" && found.registry.host, HOST);
        },
      ),
    );
  });

  // The reference is the WHATWG URL parser, which most clients use: for each accepted ECR host, it must return the
  // same host.
  it("returns no ECR registry if a URL parser returns another host", () => {
    const piece = fc.constantFrom(
      ...[HOST, "public.ecr.aws", "evil.com", "123456789012", "dkr", "ecr", "us-east-1", "amazonaws", "com"],
      ...[
        "https://",
        "http://",
        "user@",
        ":443",
        ":80",
        ":8443",
        ".",
        "/",
        "//",
        "\\",
        "@",
        "?",
        "#",
        "%2f",
        "%2e",
      ],
      ...[
        "xn--",
        "-",
        "_",
        " ",
        "\t",
        "\n",
        "\r",
        "\0",
        "\u3002",
        "\uff11",
        "\u212a",
        "\u00ad",
        "\u200d",
        "[",
        "]",
        ":",
      ],
    );
    fc.assert(
      fc.property(
        fc.array(fc.oneof(piece, fc.string({ maxLength: 2, unit: "binary" })), { maxLength: 9 }),
        (pieces) => {
          const sent = pieces.join("");
          const found = readServerUrl(sent);
          if (found.kind !== "ecr") return;
          const url = URL.parse(/^https?:\/\//i.test(sent) ? sent : `https://${sent}`);
          assert.equal(url?.hostname, found.host);
          assert.ok(["", "443"].includes(url.port), `port ${url.port}`);
          assert.equal(url.username + url.password + url.search + url.hash, "");
        },
      ),
      { numRuns: 20_000 },
    );
  });

  it("does not accept look-alikes of ECR hosts", () => {
    const noise = fc
      .string({ minLength: 1, maxLength: 8, unit: "binary" })
      .filter((text) => !/^[\s/:]/.test(text));
    fc.assert(
      fc.property(noise, (more) => {
        assert.notEqual(readServerUrl(HOST + more).kind, "ecr");
        assert.notEqual(readServerUrl(more + HOST).kind, "ecr");
        assert.notEqual(readServerUrl(`https://${more}${HOST}/x`).kind, "ecr");
      }),
      { numRuns: 5000 },
    );
  });

  it("refuses invalid input as fast as it accepts valid input", () => {
    const started = performance.now();
    for (const sent of [
      `${"a.-_".repeat(511)}!`,
      `https://h/${"a/:".repeat(600)}@`,
      `${" \t".repeat(1000)}x `,
    ]) {
      for (let i = 0; i < 50; i++) readServerUrl(sent);
    }
    assert.ok(performance.now() - started < 5_000);
  });
});
