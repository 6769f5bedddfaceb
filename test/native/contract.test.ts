import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { host, noDependencies } from "../support/fakes/entries.ts";
import { itAsRoot } from "../support/fakes/temp-folder.ts";
import { fixtures, rootsFixtures, secrets } from "./fixtures.ts";
import { Place, printed } from "./place.ts";
import { type Reader, readers } from "./readers.ts";

/** The decisions that docs/token-file.md requires of every parser of token files. */
for (const { name, open, cost } of readers) {
  (open ? describe : describe.skip)(`${name}, of a token file`, function () {
    this.timeout(120_000);
    let read: Reader;
    let place: Place;
    before(async () => {
      if (open) read = await open();
    });
    beforeEach(() => {
      place = new Place();
    });
    afterEach(() => place.remove());

    const answer = () => read(host, place.env);
    const expected = (secret: string | undefined) => (secret === undefined ? undefined : printed(secret));

    for (const [what, [outcome, change]] of Object.entries(fixtures)) {
      it(`${what}: ${outcome}`, () => {
        change(place);
        assert.equal(answer(), expected(secrets[outcome]));
      });
    }

    for (const [what, [outcome, change]] of Object.entries(rootsFixtures)) {
      itAsRoot(`${what}: ${outcome}`, () => {
        change(place);
        assert.equal(answer(), expected(secrets[outcome]));
      });
    }

    it("that is damaged or truncated at any byte: delegated", () => {
      place.writeToken({ dependencies: noDependencies });
      const whole = readFileSync(place.token);
      const step = cost > 10 ? 29 : 1;
      for (let at = 0; at < whole.length; at += step) {
        const damaged = Buffer.from(whole);
        damaged[at] = (damaged[at] ?? 0) ^ (1 << (at % 8));
        place.writeText(place.token, damaged);
        assert.equal(answer(), undefined, `byte ${at}`);
        if (at % 8 !== 0) continue;
        place.writeText(place.token, whole.subarray(0, at));
        assert.equal(answer(), undefined, `cut off at ${at}`);
      }
      place.writeText(place.token, whole);
      assert.equal(answer(), printed(secrets.token ?? ""));
    });

    it("with a login damaged at any byte: delegated", () => {
      place.writeLogin();
      const whole = readFileSync(place.login);
      const step = cost > 10 ? 29 : 1;
      for (let at = 0; at < whole.length; at += step) {
        const damaged = Buffer.from(whole);
        damaged[at] = (damaged[at] ?? 0) ^ (1 << (at % 8));
        place.writeText(place.login, damaged);
        assert.equal(answer(), undefined, `byte ${at}`);
      }
    });
  });
}
