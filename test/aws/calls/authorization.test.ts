import assert from "node:assert/strict";
import { authorizationIn } from "../../../src/aws/calls/authorization.ts";
import { AnswerError } from "../../../src/aws/http/answers.ts";

const expiresAt = new Date("2030-01-01T00:00:00Z");
const answer = (text: string | Uint8Array) => ({
  authorizationToken: Buffer.from(text).toString("base64"),
  expiresAt,
});

describe("authorizationIn", () => {
  it("splits the login at the first colon", () => {
    assert.deepEqual(authorizationIn(answer("AWS:a:b")), {
      username: "AWS",
      password: "a:b",
      expiresAt: expiresAt.getTime(),
    });
  });

  const BAD: Readonly<Record<string, Parameters<typeof authorizationIn>[0]>> = {
    nothing: {},
    "no expiry": { ...answer("AWS:a"), expiresAt: undefined },
    "no colon": answer("AWS"),
    "no username": answer(":a"),
    "no password": answer("AWS:"),
    "bytes that are no text": answer(new Uint8Array([0x41, 0x3a, 0xff, 0xfe])),
    "a control character": answer("AWS:a\nb"),
    "other letters": answer("AWS:pässwort"),
  };
  for (const [what, raw] of Object.entries(BAD)) {
    it(`refuses ${what}`, () => assert.throws(() => authorizationIn(raw), AnswerError));
  }
});
