import assert from "node:assert/strict";
import { serve } from "../../src/protocol/serve.ts";
import { parseHost } from "../../src/registry/host.ts";
import { host, publicHost } from "../support/fakes/entries.ts";
import { FakeBackends } from "../support/fakes/helper-ports.ts";
import { MemoryLogins } from "../support/fakes/memory-logins.ts";

const held = { username: "AWS", secret: "made-up secret" };
const notFound = { stdout: "credentials not found in native keychain\n", stderr: "", exitCode: 1 };
const noServerUrl = { stdout: "no credentials server URL\n", stderr: "", exitCode: 1 };
const done = { stdout: "", stderr: "", exitCode: 0 };

describe("Docker's protocol", () => {
  let backends: FakeBackends;
  beforeEach(() => {
    backends = new FakeBackends();
  });
  const credential = (fields: object) =>
    JSON.stringify({ ServerURL: host, Username: "AWS", Secret: "s", ...fields });

  describe("get", () => {
    const answer = (url: string) => ({
      stdout: `{"ServerURL":"${url}","Username":"AWS","Secret":"made-up secret"}\n`,
      stderr: "",
      exitCode: 0,
    });

    it("prints a cached token without loading more", async () => {
      backends.warm.set(host, held);
      assert.deepEqual(await backends.run("get", host), answer(host));
      assert.deepEqual(backends.asked, []);
    });

    it("fetches what is not cached", async () => {
      backends.cold.set(host, held);
      assert.deepEqual(await backends.run("get", host), answer(host));
      assert.deepEqual(backends.asked, ["loaded", `get ${host}`]);
    });

    const spellings = [
      `https://${host}`,
      `http://${host}:443`,
      `${host}/`,
      `${host}/team/app:1.2`,
      host.toUpperCase(),
      `https://${host}/v2/`,
    ];
    for (const url of spellings) {
      it(`echoes the URL as it came: ${url.replace(host, "HOST")}`, async () => {
        for (const lay of [backends.warm, backends.cold]) {
          lay.set(host, held);
          assert.deepEqual(await backends.run("get", url), answer(url));
          lay.clear();
        }
      });
    }

    for (const end of ["\n", "\r\n", " \n", "  "]) {
      it(`drops the line end: ${JSON.stringify(end)}`, async () => {
        backends.warm.set(host, held);
        assert.deepEqual(await backends.run("get", host + end), answer(host));
      });
    }

    for (const empty of ["", " ", "\n", "\r\n\t "]) {
      it(`requires a URL: ${JSON.stringify(empty)}`, async () => {
        assert.deepEqual(await backends.run("get", empty), noServerUrl);
      });
    }

    it("reports not found if nothing is stored and nothing can be", async () => {
      assert.deepEqual(await backends.run("get", publicHost), notFound);
    });

    for (const stranger of [
      "ghcr.io",
      "https://index.docker.io/v1/",
      `${host}.evil.example`,
      `${host}:8443`,
      "[::1]:5000",
    ]) {
      it(`reports not found for ${stranger.replace(host, "HOST")} without a lookup`, async () => {
        backends.cold.set(host, held);
        assert.deepEqual(await backends.run("get", stranger), notFound);
        assert.deepEqual(backends.asked, []);
      });
    }
  });

  describe("a host outside ECR", () => {
    const hub = "https://index.docker.io/v1/";

    it("gets the stored login under exactly the requested URL", async () => {
      backends.others.held.set(hub, { username: "me", secret: "s" });
      const answer = `{"ServerURL":"${hub}","Username":"me","Secret":"s"}\n`;
      assert.deepEqual(await backends.run("get", `${hub}\n`), { stdout: answer, stderr: "", exitCode: 0 });
      assert.deepEqual(await backends.run("get", "index.docker.io"), notFound);
    });

    it("is looked up if there is a config, which may set any store", async () => {
      const registry = parseHost(host);
      if (registry) backends.aliases.set("other.example.com", registry);
      assert.deepEqual(await backends.run("get", "ghcr.io"), notFound);
      assert.deepEqual(backends.asked, ["loaded"]);
    });

    it("is erased successfully, even if nothing was stored", async () => {
      backends.others.held.set("ghcr.io", { username: "me", secret: "s" });
      for (const _ of [1, 2]) assert.deepEqual(await backends.run("erase", "ghcr.io\n"), done);
      assert.equal(backends.others.held.size, 0);
    });
  });

  const MALFORMED = [
    `${host}\n.evil.example`,
    `good.example\n${host}`,
    `${host}\0`,
    `\u200b${host}`,
    `\ufeff${host}`,
    `${host}\t.`,
    `user:pass@${host}`,
    `https://${host}@evil.example`,
    `https://${host}%2f@evil.example`,
    `${host}\\@evil.example`,
    `ftp://${host}`,
    `${host}/${"a".repeat(3000)}`,
  ];
  for (const input of MALFORMED) {
    const shown = JSON.stringify(input.replace(host, "HOST")).slice(0, 40);

    it(`get refuses ${shown}, even if the host's token is cached`, async () => {
      for (const lay of [backends.cold, backends.warm]) {
        lay.set(host, held);
        const { stdout, exitCode } = await backends.run("get", input);
        assert.match(stdout, /^the server URL was refused: .*\. Fix: .* \[BAD_SERVER_URL\]\n$/);
        assert.equal(exitCode, 1);
      }
      assert.deepEqual(backends.asked, []);
    });

    it(`erase refuses ${shown}`, async () => {
      assert.match((await backends.run("erase", input)).stdout, /\[BAD_SERVER_URL\]\n$/);
      assert.deepEqual(backends.asked, []);
    });
  }

  describe("store", () => {
    it("stores the login and prints nothing", async () => {
      const input = credential({ ServerURL: `https://${host}`, Secret: 'quo"te\u{2713}' });
      assert.deepEqual(await backends.run("store", input), done);
      assert.deepEqual(backends.cold.get(host), { username: "AWS", secret: 'quo"te\u{2713}' });
    });

    for (const fields of [{ ServerURL: "" }, { ServerURL: " \n" }, { ServerURL: undefined }]) {
      it(`requires a URL: ${JSON.stringify(fields.ServerURL)}`, async () => {
        assert.deepEqual(await backends.run("store", credential(fields)), noServerUrl);
      });
    }

    for (const fields of [{ Username: "" }, { Username: undefined }]) {
      it(`requires a username: ${JSON.stringify(fields.Username)}`, async () => {
        const answer = { stdout: "no credentials username\n", stderr: "", exitCode: 1 };
        assert.deepEqual(await backends.run("store", credential(fields)), answer);
      });
    }

    it("stores a login to a host outside ECR under exactly the requested URL", async () => {
      for (const url of ["https://index.docker.io/v1/", "localhost:5000/x", "GHCR.io"]) {
        assert.deepEqual(await backends.run("store", credential({ ServerURL: `${url} \n` })), done);
        assert.deepEqual(backends.others.held.get(url), { username: "AWS", secret: "s" });
      }
      assert.equal(backends.cold.size, 0);
    });

    it("refuses a malformed URL", async () => {
      const { stdout } = await backends.run("store", credential({ ServerURL: `${host}\n.evil.example` }));
      assert.match(stdout, /\[BAD_SERVER_URL\]\n$/);
    });

    const notCredentials = [
      "",
      "[]",
      "{",
      "text",
      credential({ Secret: 1 }),
      credential({ Username: [] }),
      "x".repeat(9000),
    ];
    for (const input of notCredentials) {
      it(`refuses ${JSON.stringify(input).slice(0, 30)}`, async () => {
        const { stdout, exitCode } = await backends.run("store", input);
        assert.match(stdout, /^the input of store is not a credential\. Fix: .* \[BAD_CREDENTIAL\]\n$/);
        assert.equal(exitCode, 1);
      });
    }
  });

  describe("erase", () => {
    it("erases under every form of the URL and prints nothing", async () => {
      for (const url of [host, `http://${host}`, `https://${host}\n`]) {
        assert.deepEqual(await backends.run("erase", url), done);
      }
      assert.deepEqual(
        backends.asked.filter((line) => line !== "loaded"),
        Array(3).fill(`erase ${host}`),
      );
    });

    it("succeeds for a host outside ECR without a stored login", async () => {
      assert.deepEqual(await backends.run("erase", "ghcr.io"), done);
      assert.deepEqual(backends.asked, []);
    });

    it("requires a URL", async () => assert.deepEqual(await backends.run("erase", " \n"), noServerUrl));
  });

  it("list prints hosts and usernames, and ignores stdin", async () => {
    assert.deepEqual(await backends.run("list", "unused"), { stdout: "{}\n", stderr: "", exitCode: 0 });
    backends.cold.set(host, held).set(publicHost, held);
    const list = `{"${host}":"AWS","${publicHost}":"AWS"}\n`;
    assert.deepEqual(await backends.run("list", "unused"), { stdout: list, stderr: "", exitCode: 0 });
  });

  it("list and version do not read stdin, which may stay open", async () => {
    const never = () => new Promise<string>(() => undefined);
    const ports = {
      aliased: async () => undefined,
      storedCredential: async () => undefined,
      get: async () => undefined,
      store: async () => undefined,
      erase: async () => undefined,
      isRepeated: () => false,
      reportsFailures: async () => false,
      expiresAt: async () => undefined,
      tidy: async () => {},
    };
    const cold = async () => ({ ...ports, list: async () => ({}), version: () => "NAME (PACKAGE) 1.2.3" });
    const warm = { warm: () => undefined, isConfigured: async () => false, isMarked: async () => false };
    for (const action of ["list", "version"] as const) {
      const others = async () => new MemoryLogins();
      assert.equal((await serve(action, never, { warm, cold, others })).exitCode, 0);
    }
  });

  it("version prints the one line", async () => {
    assert.deepEqual(await backends.run("version"), {
      stdout: "NAME (PACKAGE) 1.2.3\n",
      stderr: "",
      exitCode: 0,
    });
  });
});
