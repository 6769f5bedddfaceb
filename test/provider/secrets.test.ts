import assert from "node:assert/strict";
import fc from "fast-check";
import { host } from "../support/fakes/entries.ts";
import { FakeBackends } from "../support/fakes/helper-ports.ts";

/** Upper case, so that no word of a message is part of a secret. */
const secrets = fc.stringMatching(/^[A-Z0-9]{8,60}$/);

/** Checks that a text contains no eight successive characters of the secret. */
function assertUntold(secret: string, told: string): void {
  for (let at = 0; at + 8 <= secret.length; at++) {
    assert.ok(!told.includes(secret.slice(at, at + 8)), `${secret} in ${told}`);
  }
}

const credential = (secret: string) => JSON.stringify({ ServerURL: host, Username: "AWS", Secret: secret });

describe("a secret", () => {
  const says = async (action: "get" | "store" | "erase", input: string, trouble?: unknown) => {
    const backends = new FakeBackends();
    backends.trouble = trouble;
    const { stdout, stderr } = await backends.run(action, input);
    return stdout + stderr;
  };

  it("is not printed by a store whose JSON is truncated anywhere", async () => {
    await fc.assert(
      fc.asyncProperty(secrets, fc.nat(200), async (secret, at) => {
        const text = credential(secret);
        assertUntold(secret, await says("store", text.slice(0, at % text.length)));
      }),
    );
  });

  it("is not printed by a store whose JSON is invalid anywhere", async () => {
    const junk = fc.constantFrom('"', "{", "}", ",", ":", "\\", "\n", "\0", "x");
    await fc.assert(
      fc.asyncProperty(secrets, fc.nat(200), junk, async (secret, at, character) => {
        const text = credential(secret);
        const cut = at % text.length;
        assertUntold(secret, await says("store", text.slice(0, cut) + character + text.slice(cut)));
      }),
    );
  });

  it("is not printed by a store that has it in the wrong field or with the wrong type", async () => {
    await fc.assert(
      fc.asyncProperty(secrets, async (secret) => {
        const wrong = [
          secret,
          JSON.stringify(secret),
          JSON.stringify([secret]),
          JSON.stringify({ Secret: secret }),
          JSON.stringify({ ServerURL: host, Username: "", Secret: secret }),
          JSON.stringify({ ServerURL: host, Username: "AWS", Secret: { token: secret } }),
          JSON.stringify({ ServerURL: "ghcr.io", Username: "somebody", Secret: secret }),
          JSON.stringify({ ServerURL: `https://AWS:${secret}@${host}`, Username: "AWS", Secret: secret }),
          JSON.stringify({ ServerURL: [host], Username: secret, Secret: secret }),
        ];
        for (const input of wrong) assertUntold(secret, await says("store", input));
      }),
    );
  });

  it("is not printed by a get or an erase that has it in the URL, or reads a credential instead of one", async () => {
    await fc.assert(
      fc.asyncProperty(secrets, async (secret) => {
        const inputs = [
          `https://AWS:${secret}@${host}`,
          `${host}?token=${secret}`,
          `${host}#${secret}`,
          credential(secret),
        ];
        for (const input of inputs) {
          for (const action of ["get", "erase"] as const) assertUntold(secret, await says(action, input));
        }
      }),
    );
  });

  it("is not printed by an unexpected error, wherever it contains it", async () => {
    await fc.assert(
      fc.asyncProperty(secrets, async (secret) => {
        const troubles = [new Error(secret), new Error("x", { cause: secret }), secret, { secret }, [secret]];
        for (const trouble of troubles) assertUntold(secret, await says("get", host, trouble));
      }),
    );
  });

  it("is not printed by a store that the disk refuses", async () => {
    const trouble = new Error("ENOSPC");
    await fc.assert(
      fc.asyncProperty(secrets, async (secret) =>
        assertUntold(secret, await says("store", credential(secret), trouble)),
      ),
    );
  });
});
