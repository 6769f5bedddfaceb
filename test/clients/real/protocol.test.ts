import assert from "node:assert/strict";
import { HelperHome, type HelperName, helperCommand, helperNames } from "../../support/clients/helpers.ts";
import { GeneratedTable } from "../../support/clients/table.ts";
import { useKeyring } from "../../support/keyring/use-keyring.ts";

const host = "registry.example.com";
const login = (fields: object = {}) =>
  JSON.stringify({ ServerURL: host, Username: "me", Secret: "s3cret", ...fields });
const huge = "x".repeat(70_000);

interface Call {
  readonly args: readonly string[];
  readonly input?: string;
  /** What another `store` has stored before. */
  readonly stored?: true;
  /** Why another program's outcome differs. */
  readonly why?: string;
}

/** What is called, by the words of the page. */
const calls: Readonly<Record<string, Call>> = {
  "no argument": { args: [], why: "Google's has commands of its own" },
  "two arguments": { args: ["get", "get"], why: "for a person, what to type" },
  "`frobnicate`": {
    args: ["frobnicate"],
    why: "the library's words since release 0.7; AWS's and Google's read options of their own",
  },
  "`version`": {
    args: ["version"],
    why: "the library's words since release 0.7; AWS's and Google's read options of their own",
  },
  "`--version`": {
    args: ["--version"],
    why: "the library's words since release 0.7; AWS's and Google's read options of their own",
  },
  "`-v`": {
    args: ["-v"],
    why: "the library's words since release 0.7; AWS's and Google's read options of their own",
  },
  "`--help`": { args: ["--help"], why: "the help of the other commands too" },
  "`get`, no input": { args: ["get"] },
  "`get`, white space": { args: ["get"], input: " \t\r\n\n" },
  "`get`, another host": {
    args: ["get"],
    input: host,
    why: "an empty login, as in release 0.6, is a login to some clients; Google's looks for credentials of Google's",
  },
  "`get`, a stored login": { args: ["get"], input: host, stored: true, why: "AWS's stores no logins" },
  "`get`, white space around the host": {
    args: ["get"],
    input: `\n ${host}\t\r\n\n`,
    stored: true,
    why: "AWS's stores no logins",
  },
  "`get`, the host in two lines": {
    args: ["get"],
    input: host.replace(".", "\n."),
    stored: true,
    why: "two lines could be made one host of another name: above",
  },
  "`get`, 70,000 characters": { args: ["get"], input: huge, why: "it says what is wrong" },
  "`store`": { args: ["store"], input: login(), why: "AWS's stores no logins, which breaks `docker login`" },
  "`store`, no input": {
    args: ["store"],
    why: "it says what is wrong, without any of the input, which may be a secret",
  },
  "`store`, no JSON": { args: ["store"], input: "s3cret", why: "the same" },
  "`store`, `{}`": { args: ["store"], input: "{}" },
  "`store`, no username": { args: ["store"], input: login({ Username: "" }) },
  "`store`, a number as the secret": { args: ["store"], input: login({ Secret: 1 }), why: "the same" },
  "`store`, names in lower case": {
    args: ["store"],
    input: login().toLowerCase(),
    why: "AWS's stores no logins",
  },
  "`store`, bytes behind the value": {
    args: ["store"],
    input: `${login()}\n${login()}\0`,
    why: "AWS's stores no logins",
  },
  "`store`, a secret of 70,000 characters": {
    args: ["store"],
    input: login({ Secret: huge }),
    why: "it says what is wrong; the limit is the same",
  },
  "`erase`, no input": { args: ["erase"] },
  "`erase`, another host": { args: ["erase"], input: host, why: "podman takes an error for a failed logout" },
  "`erase`, a stored login": { args: ["erase"], input: host, stored: true, why: "AWS's stores no logins" },
  "`list`": { args: ["list"], input: "unused", why: "Google's stores no logins" },
  "`list`, a stored login": { args: ["list"], input: "unused", stored: true, why: "AWS's stores no logins" },
};

const column = (name: HelperName) => `\`${name}\``;
const table = new GeneratedTable("protocol.md", "calls", [
  "call",
  ...helperNames.map(column),
  "why they differ",
]);
/** Without it only the helpers that .ci/run has time for. */
const isWhole = process.env.TEST_CLIENTS === "all";
const isUpdate = process.env.UPDATE_GOLDEN === "1";

describe("the protocol beside other helpers", function () {
  this.timeout(120_000);
  const keyring = useKeyring();
  let home: HelperHome;

  beforeEach(async () => {
    home = new HelperHome(keyring().env);
    await home.initPass();
  });
  afterEach(() => home.remove());
  after(() => {
    if (isUpdate) table.update(Object.keys(calls));
  });

  for (const [title, call] of Object.entries(calls)) {
    it(title, async () => {
      const ours = await outcomeOf("ecr", call);
      assert.ok(ours !== undefined);
      table.set(title, column("ecr"), ours);
      for (const name of isWhole ? helperNames.slice(1) : (["pass 0.6"] as const)) {
        const theirs = await outcomeOf(name, call);
        const pass = table.made(title).get(column("pass"));
        if (theirs === ours) table.set(title, column(name), "same");
        else if (theirs !== undefined) table.set(title, column(name), theirs === pass ? "as `pass`" : theirs);
        else assert.ok(name !== "pass 0.6" || process.env.CI !== "true", "install docker-credential-pass");
      }
      table.set(title, "why they differ", call.why ?? "–");
      if (isUpdate) return;
      const documented = table.read().get(title);
      for (const [name, cell] of table.made(title)) {
        const written = documented?.get(name);
        assert.equal(
          cell,
          written === "as `pass`" ? (isWhole ? written : documented?.get(column("pass"))) : written,
          name,
        );
      }
      const others = [...(documented ?? [])].filter(([name]) => name !== "call" && name !== column("ecr"));
      const isDifferent = others.some(
        ([name, cell]) => name !== "why they differ" && !/^(?:same|–)$/.test(cell),
      );
      assert.equal(call.why !== undefined, isDifferent, "each difference has its reason");
    });
  }

  /** @returns undefined where the helper is not installed */
  async function outcomeOf(name: HelperName, { args, input, stored }: Call): Promise<string | undefined> {
    const command = helperCommand(name);
    if (command === undefined) return undefined;
    if (stored) await home.run([...command, "store"], login());
    const { stdout, stderr, exitCode } = await home.run([...command, ...args], input);
    await home.run([...command, "erase"], host);
    const parts = [exitCode, quoted(stdout, name)];
    if (stderr !== "" && stderr.endsWith(`: ${stdout}`)) parts.push("and on stderr");
    else if (stderr !== "") parts.push("stderr", quoted(stderr, name));
    return parts.join(" ");
  }
});

/** Without what differs by name and version alone, on one line of a table. */
function quoted(text: string, name: string): string {
  const [first = "", ...rest] = text
    .replaceAll(`docker-credential-${name.split(" ")[0]}`, "NAME")
    .trimEnd()
    .split("\n");
  const short = first
    .replaceAll(/\(\S+\) v?\d\S*/g, "(PACKAGE) VERSION")
    .replaceAll(/\/\S+\/(?=NAME)/g, "")
    .replaceAll("|", "\\|")
    .replaceAll("`", "'")
    .replaceAll(/Fix: .* (?=\[)/g, "Fix: … ")
    .replaceAll(/x{100,}/g, "x…")
    .replaceAll(/(?<=^.{100}).+/g, "…");
  return text === "" ? "nothing" : `\`${short}${rest.length > 0 ? " …" : ""}\``;
}
