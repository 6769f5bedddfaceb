import assert from "node:assert/strict";
import fc from "fast-check";
import { isSignedWith, readSignature } from "../../support/aws/sigv4.ts";
import { type Answer, type Arrived, bySdk, byUs, operations, Recorder, type Setting } from "./comparison.ts";

const usual: Omit<Setting, "endpoint"> = {
  operation: "GetAuthorizationToken",
  region: "us-east-1",
  credentials: { accessKeyId: "AKIAIOSFODNN7EXAMPLE", secretAccessKey: "made-up-secret" },
  role: "arn:aws:iam::111122223333:role/ci",
  attempts: 1,
};

describe("callApi compared with the SDK's clients", () => {
  let recorder: Recorder;
  before(() => {
    recorder = new Recorder();
  });
  beforeEach(() => {
    recorder.answer = { status: 200, body: "{}" };
    recorder.arrived.length = 0;
  });
  after(() => recorder.stop());

  it("sends the same request under all settings", async function () {
    this.timeout(120_000);
    const text = fc.string({ minLength: 1, maxLength: 20 }).map((each) => each.trim() || "x");
    const word = fc.stringMatching(/^[\w+=.@-]{1,40}$/);
    const settings = fc.record({
      operation: fc.constantFrom(...operations),
      path: fc.constantFrom("", "/", "/a", "/a/b/", "/a b/%41//c/", "/é/~(x)*!'", "/../x?query=1#hash"),
      region: fc.constantFrom("us-east-1", "eu-west-3", "ap-southeast-2"),
      accessKeyId: word,
      secretAccessKey: fc.string({ minLength: 1, maxLength: 40 }),
      sessionToken: fc.option(word, { nil: undefined }),
      role: text,
      externalId: fc.option(text, { nil: undefined }),
      duration: fc.option(fc.integer({ min: 900, max: 43_200 }), { nil: undefined }),
    });
    const property = async (generated: typeof settings extends fc.Arbitrary<infer Value> ? Value : never) => {
      const { path, accessKeyId, secretAccessKey, sessionToken, ...rest } = generated;
      const credentials = { accessKeyId, secretAccessKey, ...(sessionToken && { sessionToken }) };
      const setting: Setting = { ...usual, ...rest, endpoint: recorder.url + path, credentials };
      const [theirs, ours] = [await arrived(() => bySdk(setting)), await arrived(() => byUs(setting))];
      assert.deepEqual(essence(ours), essence(theirs));
      if (setting.operation === "AssumeRoleWithWebIdentity") return;
      const { headers, body } = ours;
      const signature = readSignature({ ...ours, headers, body: Buffer.from(body) });
      assert.ok(signature, "not signed");
      assert.ok(
        isSignedWith({ ...ours, body: Buffer.from(body) }, signature, secretAccessKey),
        "wrong signature",
      );
    };
    await fc.assert(fc.asyncProperty(settings, property), { numRuns: 150 });
  });

  const json = (value: unknown) => JSON.stringify(value);
  const xml = (code: string, message: string) =>
    `<ErrorResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><Error><Type>Sender</Type><Code>${code}</Code><Message>${message}</Message></Error><RequestId>r</RequestId></ErrorResponse>`;
  const page = "<!DOCTYPE html><html><body><p>Sign in</p></body></html>";
  const answers: readonly Answer[] = [
    { status: 400, body: json({ __type: "InvalidParameterException", message: "one" }) },
    { status: 400, body: json({ __type: "com.amazonaws.ecr#ServerException", Message: "two" }) },
    { status: 400, body: json({ __type: "a#ThrottlingException:http://x/", message: "" }) },
    { status: 403, body: json({ code: "AccessDeniedException", message: "three" }) },
    { status: 403, body: json({ Code: 17 }) },
    { status: 400, body: json({}), headers: { "x-amzn-errortype": "ExpiredTokenException:http://x/" } },
    { status: 400, body: json(["a"]) },
    { status: 400, body: json("text") },
    { status: 400, body: "null" },
    { status: 400, body: "", headers: { "x-amzn-requestid": "request-1" } },
    { status: 404, body: "" },
    { status: 301, body: "", headers: { location: "http://127.0.0.1:1/" } },
    { status: 503, body: page },
    { status: 200, body: page },
    { status: 200, body: "{" },
    { status: 500, body: "<a>" },
    { status: 403, body: xml("AccessDenied", "User: a is not authorized") },
    { status: 400, body: xml("", "") },
    { status: 400, body: xml("InvalidClientTokenId", "&lt;x&gt; &amp; <![CDATA[<y>]]>") },
    {
      status: 400,
      body: "<Response><Errors><Error><Code>One</Code><Message>m</Message></Error></Errors></Response>",
    },
    { status: 400, body: `<e a="1"><Error><Code x="1">Two</Code></Error></e>` },
  ];
  for (const operation of operations) {
    for (const answer of answers) {
      it(`interprets ${answer.status} ${answer.body.slice(0, 40) || "without a body"} in the same way: ${operation}`, async () => {
        recorder.answer = answer;
        const setting: Setting = { ...usual, operation, endpoint: recorder.url };
        assert.deepEqual(await outcome(byUs(setting)), await outcome(bySdk(setting)));
      });
    }
  }

  for (const [what, answer] of [
    ["a failure of the server", { status: 500, body: json({ __type: "ServerException" }) }],
    ["throttling", { status: 400, body: json({ __type: "ThrottlingException" }) }],
    ["throttling by status", { status: 429, body: "{}" }],
    ["a refusal", { status: 400, body: json({ __type: "AccessDeniedException" }) }],
    ["a status of its own", { status: 501, body: "{}" }],
    [
      "a clock that is off",
      {
        status: 400,
        body: json({ __type: "InvalidSignatureException" }),
        headers: { date: new Date(Date.now() - 3_600_000).toUTCString() },
      },
    ],
  ] as const) {
    it(`makes as many attempts at ${what}`, async function () {
      this.timeout(120_000);
      recorder.answer = answer;
      const setting: Setting = { ...usual, attempts: 2, endpoint: recorder.url };
      const attempts = async (call: () => Promise<unknown>) => {
        recorder.arrived.length = 0;
        await call().catch(() => undefined);
        return recorder.arrived.map(({ headers }) => headers["amz-sdk-request"]);
      };
      assert.deepEqual(await attempts(() => byUs(setting)), await attempts(() => bySdk(setting)));
    });
  }

  it("signs with the server's time after a clock error", async () => {
    const at = new Date(Date.now() - 3_600_000);
    recorder.answer = {
      status: 400,
      body: json({ __type: "InvalidSignatureException" }),
      headers: { date: at.toUTCString() },
    };
    await byUs({ ...usual, attempts: 2, endpoint: recorder.url }).catch(() => undefined);
    const dates = recorder.arrived.map(({ headers }) => headers["x-amz-date"]?.slice(0, 11));
    const hour = (date: Date) => date.toISOString().replace(/-/g, "").slice(0, 11);
    assert.deepEqual(dates, [hour(new Date()), hour(at)]);
  });

  async function arrived(call: () => Promise<unknown>): Promise<Arrived> {
    recorder.arrived.length = 0;
    await call().catch(() => undefined);
    const [first] = recorder.arrived;
    assert.ok(first, "nothing was sent");
    return first;
  }
});

/** A request without the fields that differ each time or identify the caller. */
function essence({ method, target, headers, body }: Arrived) {
  const { authorization = "", date: _, ...rest } = headers;
  const differing = [
    "user-agent",
    "x-amz-user-agent",
    "amz-sdk-invocation-id",
    "x-amz-date",
    "accept-encoding",
  ];
  const kept = Object.entries(rest).filter(([name]) => !differing.includes(name));
  const [, scope, names = ""] = /Credential=(\S+), SignedHeaders=(\S+),/.exec(authorization) ?? [];
  const signed = names.split(";").filter((name) => name !== "x-amz-user-agent");
  return { method, target, headers: Object.fromEntries(kept), scope, signed, body };
}

async function outcome(call: Promise<unknown>) {
  try {
    const answer = await call;
    return {
      answered: Object.keys((answer ?? {}) as object).filter((name) => name !== "$metadata").length > 0,
    };
  } catch (error) {
    const { name, message, $metadata } = error as Error & {
      $metadata?: { httpStatusCode?: number; requestId?: string };
    };
    const isUnreadable = message.includes("Deserialization error");
    return {
      name,
      message: isUnreadable ? "Deserialization error" : message,
      status: $metadata?.httpStatusCode,
      requestId: $metadata?.requestId,
    };
  }
}
