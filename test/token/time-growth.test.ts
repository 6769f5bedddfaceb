import assert from "node:assert/strict";
import { Failure } from "../../src/token/failure.ts";
import { foreignText } from "../../src/token/foreign-text.ts";
import { cutForeign, oneLine } from "../../src/token/printable.ts";
import { redact } from "../../src/token/redact.ts";

/** Texts that are known to hang regular expressions and loops. */
const pieces = [
  "a",
  "a.",
  "A1b",
  "a:",
  "a@",
  "://",
  "a://",
  "a://b@",
  ":@",
  "eyJ",
  "-eyJa",
  "eyJaaaaaaaaaaaaaaaa.",
  "AKIA",
  "<",
  "<Secret",
  "<Secret>",
  "<Secret><![CDATA[",
  "token",
  "token=",
  "token = ",
  'token:"',
  'token:\\"',
  '"auth":',
  "--token ",
  "secret-",
  "authorization: ",
  "authorization:basic ",
  "basic ",
  "bearer \n",
  "cookie:",
  "%",
  "%25",
  "%3A ",
  "%2F%40",
  "=",
  "\\",
  '"',
  " ",
  "\n",
  "\r\n",
  "\u202e",
  "\ud800",
  "\x1b[",
  "aaaaaaaaaaaa=",
  "YTpiYTpiYTpi ",
  `${"aB3".repeat(13)}\n`,
  'value":"',
  '{"value":"b","',
  "value=",
  "<value>",
  '<a name="token" value="',
  'name="password"\n\n',
  "- value: ",
  "-u a:",
  "--user ",
  "login a password ",
  "-p login ",
  '"password", ',
  "token:[",
  "token:[(",
  "token: |\n ",
  "token=<<EOF\n",
  "token=b'",
  'token="""',
  "token=&quot;",
  "token=\\u0022",
  "set token ",
  "token is 'a1",
  'password "',
  "the secret access key is ",
  "token a1b2c3d4 ",
  "-----BEGIN PRIVATE KEY-----",
  "glpat-",
  "set ",
];

const failureLine = (text: string) => new Failure("UNEXPECTED", text, text).oneLine;
const FUNCTIONS: readonly (readonly [string, (text: string) => unknown])[] = [
  ["redact", redact],
  ["oneLine", oneLine],
  ["foreignText", foreignText],
  ["cutForeign", cutForeign],
  ["a failure's line", failureLine],
];

const short = 16_384;
const factor = 16;

describe("the time for a text from outside", function () {
  this.timeout(600_000);

  for (const [name, call] of FUNCTIONS) {
    it(`${name}: grows no faster than its length`, () => {
      for (const piece of pieces) {
        const of = (length: number) => piece.repeat(Math.ceil(length / piece.length));
        const [brief, long] = [of(short), of(short * factor)];
        // A quadratic algorithm takes 256 times as long here, which is minutes.
        const isLinear = () => fastest(call, long) < 80 * Math.max(fastest(call, brief), 20);
        assert.ok(isLinear() || isLinear(), JSON.stringify(piece));
      }
    });
  }
});

/** Processor time in milliseconds, without other processes. */
function fastest(call: (text: string) => unknown, text: string): number {
  let best = Number.POSITIVE_INFINITY;
  for (let turn = 0; turn < 2; turn++) {
    const began = process.cpuUsage();
    call(text);
    const { user, system } = process.cpuUsage(began);
    best = Math.min(best, (user + system) / 1_000);
  }
  return best;
}
