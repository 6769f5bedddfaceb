import assert from "node:assert/strict";
import { withAuths } from "../../src/clients/docker/auths.ts";
import { configure, type HelperConfig, unconfigure } from "../../src/clients/docker/edit-config.ts";
import { withLogins, withoutLogins } from "../../src/clients/docker/edit-logins.ts";
import type { Login } from "../../src/clients/docker/login.ts";
import { loginsIn, passwordsIn } from "../../src/clients/docker/logins.ts";
import { withoutSecrets } from "../../src/clients/docker/mask-config.ts";
import { readDockerConfig } from "../../src/clients/docker/read-config.ts";
import { describeRemoval, withSecret } from "../../src/clients/docker/removed-login.ts";
import { parseJson } from "../../src/clients/json/syntax.ts";
import { applied, isBlank } from "../../src/clients/json/text.ts";
import { Failure } from "../../src/token/failure.ts";
import { dockerConfigText, hosts } from "../support/fuzz/docker-config.ts";
import { fuzzer } from "../support/fuzz/fuzzer.ts";

const [ecr, other] = hosts;
const wirings: readonly HelperConfig[] = [
  { kind: "all" },
  { kind: "hosts", hosts: [ecr, other] },
  { kind: "instead-of", helper: "fake" },
];
const wanted = new Map([[ecr, { username: "AWS", secret: "new" }]]);

/** Edits of Docker's config.json, and their reversal. test/clients/json/go-decoder.test.ts compares with Go's decoder. */
export const dockerConfig = fuzzer<string>({
  name: "docker-config",
  make: dockerConfigText,
  check(text) {
    const { root, problem, rest } = parseJson(text);
    assert.equal(root === undefined, problem !== undefined);
    // The other parser is JSON.parse, which has no depth limit.
    if (rest === undefined && !/levels|byte order/.test(problem ?? "")) {
      assert.equal(isJson(text), root !== undefined, `${problem}`);
    }
    const shown = withoutSecrets(text);
    for (const secret of ["QVdTOnNlY3JldA", "bWU6c2VjcmV0"]) assert.ok(!shown.includes(secret), shown);
    loginsIn(text);
    passwordsIn(text);
    const before = ours(() => readDockerConfig(text));
    for (const wiring of wirings) {
      const edited = ours(() => configure(text, wiring, true));
      if (!edited) continue;
      assert.ok(before);
      const base = isBlank(text) && edited.back.length > 0 ? "{}\n" : text;
      assert.equal(applied(edited.text, edited.back), base);
      assert.equal(configure(edited.text, wiring, false).text, edited.text);
      const without = readDockerConfig(unconfigure(edited.text, edited.replaced));
      assert.equal(without.credsStore || undefined, before.credsStore || undefined);
      assert.deepEqual(without.credHelpers, before.credHelpers);
    }
    const output = ours(() => withAuths(text, "/srv/config.json", wanted, { hosts: [], auths: false }));
    if (output && !output.taken.includes(ecr)) {
      assert.equal(withAuths(output.text, "/srv/config.json", wanted, output.ours).text, output.text);
      const gone = withAuths(output.text, "/srv/config.json", new Map(), output.ours);
      const others = (of: string) => loginsIn(of).filter(({ key }) => key !== ecr);
      assert.ok(Bun.deepEquals(others(gone.text), others(text)));
    }
    if (rest === undefined && before) comeAndGo(text);
  },
});

/** Logins are removed and restored: at the same place byte for byte, or where Docker finds them. */
function comeAndGo(text: string): void {
  const logins = new Map(loginsIn(text).flatMap((each) => ("login" in each ? [[each.key, each.login]] : [])));
  const emptied = withoutLogins(text, new Set(logins.keys()));
  assert.deepEqual(
    loginsIn(emptied).filter((each) => "login" in each),
    [],
  );
  const { removed, lost } = describeRemoval(text, logins);
  if (lost.size === 0) {
    const edits = removed.map((each) => {
      const content = withSecret(each, logins.get(each.key) as Login) ?? "";
      return { offset: each.offset, length: each.length, content };
    });
    assert.equal(applied(emptied, edits), text);
  }
  const loginOf = (of: string) => loginsIn(of).map((each) => [each.key, "login" in each && each.login]);
  assert.deepEqual(loginOf(withLogins(emptied, logins)).sort(), loginOf(text).sort());
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

function ours<Result>(work: () => Result): Result | undefined {
  try {
    return work();
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    assert.doesNotMatch(error.oneLine, /[\p{Cc}\u2028\u2029]/u);
    return undefined;
  }
}
