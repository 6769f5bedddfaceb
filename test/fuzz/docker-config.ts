import assert from "node:assert/strict";
import { withAuths } from "../../src/clients/docker/auths.ts";
import { unwire, type Wiring, wire, withoutSecrets } from "../../src/clients/docker/edit-config.ts";
import {
  entriesIn,
  loginsIn,
  passwordsIn,
  withEntries,
  withoutLogins,
} from "../../src/clients/docker/logins.ts";
import { readDockerConfig } from "../../src/clients/docker/read-config.ts";
import { parseJson } from "../../src/clients/json/syntax.ts";
import { applied, isBlank } from "../../src/clients/json/text.ts";
import { Failure } from "../../src/token/failure.ts";
import { dockerConfigText, hosts } from "../support/fuzz/docker-config.ts";
import { fuzzer } from "../support/fuzz/fuzzer.ts";

const [ecr, other] = hosts;
const wirings: readonly Wiring[] = [
  { kind: "all" },
  { kind: "hosts", hosts: [ecr, other] },
  { kind: "instead-of", helper: "fake" },
];
const wanted = new Map([[ecr, { username: "AWS", secret: "new" }]]);

/** Edits of Docker's config.json and their undoing. Beside Go's own decoder: test/clients/json/go-decoder.test.ts. */
export const dockerConfig = fuzzer<string>({
  name: "docker-config",
  make: dockerConfigText,
  check(text) {
    const { root, problem, rest } = parseJson(text);
    assert.equal(root === undefined, problem !== undefined);
    // The other reader is the engine's own, which knows no limit of depth.
    if (rest === undefined && !/levels|byte order/.test(problem ?? "")) {
      assert.equal(isJson(text), root !== undefined, `${problem}`);
    }
    const shown = withoutSecrets(text);
    for (const secret of ["QVdTOnNlY3JldA", "bWU6c2VjcmV0"]) assert.ok(!shown.includes(secret), shown);
    loginsIn(text);
    passwordsIn(text);
    const before = ours(() => readDockerConfig(text));
    for (const wiring of wirings) {
      const edited = ours(() => wire(text, wiring, true));
      if (!edited) continue;
      assert.ok(before);
      const base = isBlank(text) && edited.back.length > 0 ? "{}\n" : text;
      assert.equal(applied(edited.text, edited.back), base);
      assert.equal(wire(edited.text, wiring, false).text, edited.text);
      const without = readDockerConfig(unwire(edited.text, edited.replaced));
      assert.notEqual(without.credsStore, "ecr");
      assert.ok(!Object.values(without.credHelpers).includes("ecr"));
    }
    const output = ours(() => withAuths(text, "/srv/config.json", wanted, { hosts: [], auths: false }));
    if (output && !output.taken.includes(ecr)) {
      assert.equal(withAuths(output.text, "/srv/config.json", wanted, output.ours).text, output.text);
      const gone = withAuths(output.text, "/srv/config.json", new Map(), output.ours);
      const { [ecr]: _, ...others } = entriesIn(text);
      const { [ecr]: __, ...left } = entriesIn(gone.text);
      assert.ok(Bun.deepEquals(left, others));
    }
    const entries = entriesIn(text);
    if (rest !== undefined || !before) return;
    const emptied = withoutLogins(text, new Set(Object.keys(entries)));
    assert.deepEqual(
      loginsIn(emptied).filter(({ kind }) => kind !== "left"),
      [],
    );
    // The test library's own comparison takes a second for 10,000 levels.
    assert.ok(Bun.deepEquals(entriesIn(withEntries(emptied, entries)), entries));
  },
});

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
