import assert from "node:assert/strict";
import { configure } from "../../../src/clients/docker/edit-config.ts";
import { withLogins, withoutLogins } from "../../../src/clients/docker/edit-logins.ts";
import type { Login } from "../../../src/clients/docker/login.ts";
import { loginsIn } from "../../../src/clients/docker/logins.ts";
import { describeRemoval, withSecret } from "../../../src/clients/docker/removed-login.ts";
import { stepBack, type UndoRecord } from "../../../src/configure/undo-record.ts";
import { fingerprint } from "../../../src/token/dependencies.ts";
import { type OddConfig, oddDockerConfig } from "../../support/fuzz/odd-docker-config.ts";
import { Random, seedOf } from "../../support/fuzz/random.ts";

const seed = seedOf(process.env);
const count = 400;

/** The config and the record that `configure-docker --import` writes. */
function imported(text: string, logins: ReadonlyMap<string, Login>): { text: string; record: UndoRecord } {
  const { removed, lost } = describeRemoval(text, logins);
  assert.deepEqual([...lost], []);
  const edited = configure(withoutLogins(text, new Set(logins.keys())), { kind: "all" }, true);
  const step = { made: fingerprint(edited.text), back: edited.back, logins: removed };
  const record = { replaced: edited.replaced, steps: [step] };
  // The record is read from a file.
  return { text: edited.text, record: JSON.parse(JSON.stringify(record)) };
}

const shown = ({ text }: OddConfig) => `SEED=${seed}: ${text}`;
function each(check: (config: OddConfig) => void): void {
  const random = new Random(seed);
  for (let turn = 0; turn < count; turn++) check(oddDockerConfig(random));
}

describe("logins removed from auths", () => {
  before(() => console.log(`      SEED=${seed}`));

  it("are restored byte for byte", () => {
    each((config) => {
      const { text, record } = imported(config.text, config.logins);
      assert.equal(stepBack(text, record, config.logins), config.text, shown(config));
    });
  });

  it("leave every other byte unchanged", () => {
    each((config) => {
      const without = withoutLogins(config.text, new Set(config.logins.keys()));
      assert.deepEqual(loginsIn(without), [], shown(config));
      for (const foreign of config.foreign)
        assert.ok(without.includes(foreign), `${foreign} ${shown(config)}`);
      const places = (text: string) => config.foreign.map((foreign) => text.split(foreign).length);
      assert.deepEqual(places(without), places(config.text), shown(config));
    });
  });

  it("are recorded without a secret", () => {
    each((config) => {
      const record = JSON.stringify(imported(config.text, config.logins).record);
      for (const secret of config.secrets) assert.ok(!record.includes(secret), `${secret} ${record}`);
    });
  });

  it("are restored in their current state, in part, and after another program wrote the file", () => {
    each((config) => {
      const { text, record } = imported(config.text, config.logins);
      const now = new Map(
        [...config.logins].map(([key, { username }]) => [key, { username, secret: "n/ew\n" }]),
      );
      const [first] = now.keys();
      const one = new Map([...now].filter(([key]) => key === first));
      for (const logins of [now, one]) {
        const found = loginsIn(stepBack(text, record, logins));
        assert.deepEqual(
          found.map((login) => "login" in login && login.login).length,
          logins.size,
          shown(config),
        );
        for (const login of found)
          assert.equal(
            "login" in login && login.login.secret,
            "n/ew\n",
            `${JSON.stringify(login)} ${shown(config)}`,
          );
      }
      const since = withLogins(stepBack(`${text} `, record, now), now);
      assert.equal(loginsIn(since).length, now.size, shown(config));
      for (const foreign of config.foreign) assert.ok(since.includes(foreign), shown(config));
    });
  });

  const auth = (text: string) => Buffer.from(text).toString("base64");
  for (const [what, entry] of [
    ["another password beside auth", { auth: auth("me:x"), password: "y" }],
    ["a password beside an identity token", { auth: auth("me:x"), identitytoken: "t" }],
    ["an auth that Docker would write in another way", { auth: auth("me:x\0") }],
  ] as const) {
    it(`can't be restored with ${what}`, () => {
      const text = JSON.stringify({ auths: { a: entry } });
      const [login] = loginsIn(text);
      assert.ok(login?.kind === "login");
      assert.deepEqual([...describeRemoval(text, new Map([["a", login.login]])).lost], ["a"]);
    });
  }

  it("can't be restored if the key occurs twice with two secrets", () => {
    const text = `{"auths":{"a":{"auth":"${auth("me:old")}"},"a":{"auth":"${auth("me:x")}"}}}`;
    assert.deepEqual(
      [...describeRemoval(text, new Map([["a", { username: "me", secret: "x" }]])).lost],
      ["a"],
    );
  });

  it("are not restored as the other kind", () => {
    const text = JSON.stringify({ auths: { a: { auth: auth("me:"), identitytoken: "t" } } });
    const { removed } = describeRemoval(text, new Map([["a", { username: "<token>", secret: "t" }]]));
    assert.equal(removed.length, 1);
    for (const each of removed) assert.equal(withSecret(each, { username: "me", secret: "x" }), undefined);
  });
});
