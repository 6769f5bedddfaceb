import assert from "node:assert/strict";
import { GeneratedTable } from "../support/clients/table.ts";
import { useKeyring } from "../support/keyring/use-keyring.ts";
import { HelperHome, type HelperName, helperPath, helperPrograms } from "../support/program/helpers.ts";

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
  "no argument": { args: [] },
  "two arguments": { args: ["get", "get"], why: "for a person, what to type" },
  "`frobnicate`": {
    args: ["frobnicate"],
    why: "the others are of release 0.6 of the library; today it answers as here",
  },
  "`version`": {
    args: ["version"],
    why: "the others are of release 0.6 of the library; today it answers as here",
  },
  "`--version`": {
    args: ["--version"],
    why: "the others are of release 0.6 of the library; today it answers as here",
  },
  "`-v`": { args: ["-v"], why: "the others are of release 0.6 of the library; today it answers as here" },
  "`--help`": { args: ["--help"], why: "the help of the other commands too" },
  "`get`, no input": { args: ["get"] },
  "`get`, white space": { args: ["get"], input: " \t\r\n\n" },
  "`get`, another host": {
    args: ["get"],
    input: host,
    why: "an empty login of release 0.6 is a login to some clients",
  },
  "`get`, a stored login": { args: ["get"], input: host, stored: true, why: "AWS's keeps no logins" },
  "`get`, white space around the host": {
    args: ["get"],
    input: `\n ${host}\t\r\n\n`,
    stored: true,
    why: "AWS's keeps no logins",
  },
  "`get`, the host in two lines": {
    args: ["get"],
    input: host.replace(".", "\n."),
    stored: true,
    why: "two lines could be made one host of another name: above",
  },
  "`get`, 70,000 characters": { args: ["get"], input: huge, why: "it says what is wrong" },
  "`store`": { args: ["store"], input: login(), why: "AWS's keeps no logins, which breaks `docker login`" },
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
    why: "AWS's keeps no logins",
  },
  "`store`, bytes behind the value": {
    args: ["store"],
    input: `${login()}\n${login()}\0`,
    why: "AWS's keeps no logins",
  },
  "`store`, a secret of 70,000 characters": {
    args: ["store"],
    input: login({ Secret: huge }),
    why: "it says what is wrong; the limit is the same",
  },
  "`erase`, no input": { args: ["erase"] },
  "`erase`, another host": { args: ["erase"], input: host, why: "podman takes an error for a failed logout" },
  "`erase`, a stored login": { args: ["erase"], input: host, stored: true, why: "AWS's keeps no logins" },
  "`list`": { args: ["list"], input: "unused" },
  "`list`, a stored login": { args: ["list"], input: "unused", stored: true, why: "AWS's keeps no logins" },
};

const names = Object.keys(helperPrograms) as HelperName[];
const column = (name: HelperName) => `\`${name}\``;
const table = new GeneratedTable("protocol.md", "calls", ["call", ...names.map(column), "why they differ"]);
const isUpdate = process.env.UPDATE_GOLDEN === "1";

describe("the protocol beside other helpers", function () {
  this.timeout(60_000);
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
      for (const name of names.slice(1)) {
        const theirs = await outcomeOf(name, call);
        if (theirs !== undefined) table.set(title, column(name), theirs === ours ? "same" : theirs);
        else assert.ok(name === "gcr" || process.env.CI !== "true", `install ${helperPrograms[name]}`);
      }
      table.set(title, "why they differ", call.why ?? "–");
      if (isUpdate) return;
      const documented = table.read().get(title);
      for (const [name, cell] of table.made(title)) assert.equal(cell, documented?.get(name), name);
      const others = [...(documented ?? [])].filter(([name]) => name !== "call" && name !== column("ecr"));
      const isDifferent = others.some(
        ([name, cell]) => name !== "why they differ" && !/^(?:same|–)$/.test(cell),
      );
      assert.equal(call.why !== undefined, isDifferent, "each difference has its reason");
    });
  }

  /** @returns undefined where the helper is not installed */
  async function outcomeOf(name: HelperName, { args, input, stored }: Call): Promise<string | undefined> {
    const path = helperPath(name);
    if (path === undefined) return undefined;
    if (stored) await home.run([path, "store"], login());
    const { stdout, stderr, exitCode } = await home.run([path, ...args], input);
    await home.run([path, "erase"], host);
    const parts = [exitCode, quoted(stdout, name)];
    if (stderr !== "" && stderr.endsWith(`: ${stdout}`)) parts.push("and on stderr");
    else if (stderr !== "") parts.push("stderr", quoted(stderr, name));
    return parts.join(" ");
  }
});

/** Without what differs by name and version alone, on one line of a table. */
function quoted(text: string, name: string): string {
  const [first = "", ...rest] = text.replaceAll(`docker-credential-${name}`, "NAME").trimEnd().split("\n");
  const short = first
    .replaceAll(/\(\S+\) v?\d\S*/g, "(PACKAGE) VERSION")
    .replaceAll(/\/\S+\/(?=NAME)/g, "")
    .replaceAll("|", "\\|")
    .replaceAll("`", "'")
    .replaceAll(/Fix: .* (?=\[)/g, "Fix: … ")
    .replaceAll(/x{100,}/g, "x…");
  return text === "" ? "nothing" : `\`${short}${rest.length > 0 ? " …" : ""}\``;
}
