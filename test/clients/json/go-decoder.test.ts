import assert from "node:assert/strict";
import { withAuths } from "../../../src/clients/docker/auths.ts";
import {
  configure,
  type Edited,
  type HelperConfig,
  unconfigure,
} from "../../../src/clients/docker/edit-config.ts";
import { withLogins } from "../../../src/clients/docker/edit-logins.ts";
import { authEntriesOf, authKeysIn } from "../../../src/clients/docker/logins.ts";
import { readDockerConfig, readToEdit } from "../../../src/clients/docker/read-config.ts";
import { parseJson } from "../../../src/clients/json/syntax.ts";
import { applied, isBlank } from "../../../src/clients/json/text.ts";
import { Failure } from "../../../src/token/failure.ts";
import { dockerConfigText, hosts } from "../../support/fuzz/docker-config.ts";
import { Random, seedOf } from "../../support/fuzz/random.ts";
import { type Decoded, GoDecoder, goProgram } from "../../support/go/decoder.ts";

const count = 2_500;
const [ecr, other] = hosts;
const login = { username: "AWS", secret: "new" };

/** The result of an edit, or its failure. */
function attempt<Result>(work: () => Result): Result | Failure {
  try {
    return work();
  } catch (error) {
    if (error instanceof Failure) return error;
    throw error;
  }
}

const go = goProgram();
const title = go === undefined ? " (needs Go, Debian's package golang-go)" : "";

(go === undefined ? describe.skip : describe)(`Docker's files beside Go's own decoder${title}`, function () {
  // The first run of Go compiles its standard library.
  this.timeout(300_000);
  const seed = seedOf(process.env);
  let decoder: GoDecoder;
  let texts: readonly string[];
  let decoded: readonly Decoded[];

  before(() => {
    console.log(`      SEED=${seed}`);
    decoder = new GoDecoder(go as string);
    const random = new Random(seed);
    texts = Array.from({ length: count }, () => dockerConfigText(random));
    decoded = decoder.decode(texts);
  });
  after(() => decoder?.remove());

  const shown = (text: string) => `SEED=${seed}: ${JSON.stringify(text.slice(0, 2_000))}`;
  const each = (check: (text: string, found: Decoded) => void) => {
    for (const [index, text] of texts.entries()) check(text, decoded[index] as Decoded);
  };

  it("are read as Docker reads them, or refused where Docker refuses them", () => {
    let read = 0;
    each((text, { docker, dockerReads }) => {
      const config = attempt(() => readDockerConfig(text));
      assert.equal(!(config instanceof Failure), dockerReads, shown(text));
      if (config instanceof Failure) return;
      read += 1;
      assert.equal(config.credsStore ?? "", docker.credsStore, shown(text));
      assert.deepEqual(sorted(config.credHelpers), sorted(docker.credHelpers), shown(text));
      const { root } = parseJson(text);
      const auths = root?.type === "object" ? authEntriesOf(text, root) : new Map();
      const withoutEmpty = [...auths].map(([key, entry]) => [key, withValues(entry)]);
      assert.deepEqual(sorted(Object.fromEntries(withoutEmpty)), sorted(docker.auths), shown(text));
      assert.deepEqual(authKeysIn(text).toSorted(), Object.keys(docker.auths ?? {}).sort(), shown(text));
    });
    assert.ok(read > count / 4 && read < count, `${read}`);
  });

  it("are edited only if podman can read them, and with the same result", () => {
    each((text, { podman, podmanReads }) => {
      const located = attempt(() => readToEdit(text));
      if (located instanceof Failure) return;
      assert.ok(podmanReads, shown(text));
      assert.deepEqual(sorted(located.config.credHelpers), sorted(podman.credHelpers), shown(text));
    });
  });

  it("are edited where the decoder reads, or refused; undo restores all bytes", () => {
    const random = new Random(seed + 1);
    const edits: { text: string; found: Decoded; wiring: HelperConfig; edited: Edited }[] = [];
    let refused = 0;
    each((text, found) => {
      const wiring = random.pick<HelperConfig>([
        { kind: "all" },
        { kind: "hosts", hosts: [ecr] },
        { kind: "hosts", hosts: [other, ecr] },
        { kind: "instead-of", helper: "fake" },
      ]);
      const edited = attempt(() => configure(text, wiring, random.chance(0.7)));
      if (edited instanceof Failure) {
        refused += 1;
        assert.match(edited.code, /^DOCKER_CONFIG_(?:SYNTAX|TAKEN)$/, shown(text));
        return;
      }
      edits.push({ text, found, wiring, edited });
      const base = isBlank(text) && edited.back.length > 0 ? "{}\n" : text;
      assert.equal(applied(edited.text, edited.back), base, shown(text));
    });
    assert.ok(edits.length > count / 8 && refused > count / 8, `${edits.length} ${refused}`);
    const after = decoder.decode(edits.map(({ edited }) => edited.text));
    for (const [index, { text, found, wiring }] of edits.entries()) {
      const { docker } = after[index] as Decoded;
      const { credsStore, credHelpers, auths } = found.docker;
      const expected = {
        auths,
        credsStore:
          wiring.kind === "all" || (wiring.kind === "instead-of" && credsStore === "fake")
            ? "ecr"
            : credsStore,
        credHelpers: sorted(
          wiring.kind === "hosts"
            ? { ...credHelpers, ...Object.fromEntries(wiring.hosts.map((host) => [host, "ecr"])) }
            : wiring.kind === "all"
              ? credHelpers
              : fromEntries(credHelpers, (helper) => (helper === "fake" ? "ecr" : helper)),
        ),
      };
      assert.deepEqual({ ...docker, credHelpers: sorted(docker.credHelpers) }, expected, shown(text));
    }
  });

  it("lose the entries that were added, and no others, even without a record of the edits", () => {
    const cases = texts.flatMap((text) => {
      const wired = attempt(() => configure(text, { kind: "hosts", hosts: [ecr, other] }, true));
      const without =
        wired instanceof Failure ? wired : attempt(() => unconfigure(wired.text, wired.replaced));
      return without instanceof Failure || wired instanceof Failure ? [] : [{ text, wired, without }];
    });
    const before = decoder.decode(cases.map(({ text }) => text));
    const after = decoder.decode(cases.map(({ without }) => without));
    for (const [index, { text }] of cases.entries()) {
      const { docker, dockerReads } = after[index] as Decoded;
      assert.ok(dockerReads, shown(text));
      const had = before[index] as Decoded;
      assert.equal(docker.credsStore, had.docker.credsStore, shown(text));
      assert.deepEqual(docker.credHelpers ?? {}, had.docker.credHelpers ?? {}, shown(text));
      assert.deepEqual(docker.auths ?? {}, had.docker.auths ?? {}, shown(text));
    }
  });

  it("get a token for an output where Docker reads it, and lose no other login", () => {
    const cases = texts.flatMap((text) => {
      const edited = attempt(() =>
        withAuths(text, "/srv/config.json", new Map([[ecr, login]]), { hosts: [], auths: false }),
      );
      return edited instanceof Failure ? [] : [{ text, edited }];
    });
    assert.ok(cases.length > count / 8);
    const before = decoder.decode(cases.map(({ text }) => text));
    const after = decoder.decode(cases.map(({ edited }) => edited.text));
    for (const [index, { text, edited }] of cases.entries()) {
      const { auths } = (after[index] as Decoded).docker;
      const { [ecr]: _, ...others } = auths ?? {};
      const { [ecr]: own, ...had } = (before[index] as Decoded).docker.auths ?? {};
      assert.deepEqual(others, had, shown(text));
      if (edited.taken.includes(ecr)) assert.deepEqual(auths?.[ecr], own, shown(text));
      else assert.equal(auths?.[ecr]?.auth, Buffer.from("AWS:new").toString("base64"), shown(text));
    }
  });

  it("get imported logins back where Docker reads them", () => {
    const cases = texts.flatMap((text) => {
      const located = attempt(() => readToEdit(text));
      return located instanceof Failure
        ? []
        : [{ text, edited: withLogins(text, new Map([["new.example", { username: "me", secret: "x" }]])) }];
    });
    const after = decoder.decode(cases.map(({ edited }) => edited));
    for (const [index, { text }] of cases.entries()) {
      assert.equal((after[index] as Decoded).docker.auths?.["new.example"]?.auth, "bWU6eA==", shown(text));
    }
  });
});

function sorted(values: Readonly<Record<string, unknown>> | null | undefined) {
  return Object.entries(values ?? {}).sort(([a], [b]) => (a < b ? -1 : 1));
}

function fromEntries(values: Readonly<Record<string, string>> | null, change: (value: string) => string) {
  return Object.fromEntries(Object.entries(values ?? {}).map(([key, value]) => [key, change(value)]));
}

/** An entry as Go writes it: without empty fields. */
function withValues(entry: Readonly<Record<string, string>>) {
  return Object.fromEntries(Object.entries(entry).filter(([, value]) => value !== ""));
}
