import assert from "node:assert/strict";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import fc from "fast-check";
import { openClientFile } from "../../src/clients/files/client-file.ts";
import { parseConfig } from "../../src/config/parse.ts";
import { readConfig } from "../../src/config/read.ts";
import { removeRegistrations } from "../../src/config/remove-added.ts";
import { registrationsOf } from "../../src/configure/account-profiles.ts";
import { configureFile, planChange } from "../../src/configure/apply.ts";
import { planRegistrations, writeConfig } from "../../src/configure/config-file.ts";
import type { ConfigureOptions } from "../../src/configure/options.ts";
import { configureTarget } from "../../src/configure/target.ts";
import { undoAll } from "../../src/configure/undo.ts";
import { recordConfig } from "../../src/configure/undo-config.ts";
import type { Context } from "../../src/terminal/command-context.ts";
import { oddConfig } from "../support/program/docker-config.ts";

const accounts = ["111122223333", "222233334444", "333344445555"];
/** Two accounts share a profile, so their entries share an identity. */
const profiles = ["one", "two", "one"];
const ownAccount = "999988887777";

const ownEntry = `registries:\n  - account: "${ownAccount}"\n    regions: [us-east-1]\n    identity: mine\n`;
const configTexts = [
  undefined,
  "version: 1\n",
  `# mine\nversion: 1\nidentities:\n  mine: { profile: one }\n${ownEntry}# the end\n`,
  `version: 1\nidentities: { mine: { profile: other } }\nregistries: [{ account: "${ownAccount}", identity: mine, regions: [us-east-1] }]\n`,
  `version: 1\r\n${ownEntry.replaceAll("\n", "\r\n")}identities:\r\n  mine: { profile: other }\r\n`,
];
const dockerTexts = [undefined, "", "{}\n", '{"credsStore":"desktop"}', oddConfig];

type Step = readonly [
  (
    | "configure"
    | "undo"
    | "undo --dry-run"
    | "undo --everywhere"
    | "edit docker"
    | "edit config"
    | "remove entry"
    | "remove config"
  ),
  client: number,
  which: number,
];

const step = fc.tuple(
  fc.constantFrom<Step[0]>(
    "configure",
    "configure",
    "undo",
    "undo",
    "undo --dry-run",
    "undo --everywhere",
    "edit docker",
    "edit config",
    "remove entry",
    "remove config",
  ),
  fc.nat(2),
  fc.nat(6),
);

/** A user's files, what configure-docker does to them, and a model: the files as they would be without it. */
class World {
  readonly home = mkdtempSync(join(tmpdir(), "ecr-undo-"));
  readonly config = join(this.home, ".config/docker-credential-ecr/config.yaml");
  readonly dockers = ["a", "b", "c"].map((name) => join(this.home, name, "config.json"));
  modelConfig: string | undefined;
  /** Undefined: the user has not edited the file, so that its bytes must be restored. */
  readonly notes: (string[] | undefined)[] = [undefined, undefined, undefined];
  readonly configured = new Set<number>();
  private count = 0;

  constructor(
    config: string | undefined,
    readonly original: readonly (string | undefined)[],
  ) {
    this.modelConfig = config;
    if (config !== undefined) this.write(this.config, config);
    for (const [client, text] of original.entries())
      if (text !== undefined) this.write(this.pathOf(client), text);
  }

  pathOf(client: number): string {
    return this.dockers[client] ?? "";
  }

  textOf(path: string): string | undefined {
    return existsSync(path) ? readFileSync(path, "utf8") : undefined;
  }

  private write(path: string, text: string): void {
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
    writeFileSync(path, text, { mode: 0o600 });
  }

  private envFor(client: number) {
    return { HOME: this.home, DOCKER_CONFIG: dirname(this.pathOf(client)) };
  }

  async run([kind, client, which]: Step): Promise<void> {
    if (kind === "configure") return await this.configure(client, which);
    if (kind === "edit docker") return this.editDocker(client);
    if (kind === "edit config") return this.editConfig(which);
    if (kind === "remove entry") return this.removeEntry(which);
    if (kind === "remove config") {
      rmSync(this.config, { force: true });
      this.modelConfig = undefined;
      return;
    }
    await this.undo(client, {
      undo: true,
      everywhere: kind.endsWith("everywhere"),
      dryRun: kind.endsWith("run"),
    });
  }

  /** As `configure-docker --yes`, which finds one or more registries. */
  private async configure(client: number, which: number): Promise<void> {
    const found = accounts.flatMap((account, at) =>
      ((which + 1) & (1 << at)) === 0
        ? []
        : [{ account, profile: profiles[at] ?? "", regions: ["us-east-1"] }],
    );
    const hosts = found.map(({ account }) => `${account}.dkr.ecr.us-east-1.amazonaws.com`);
    const target = await configureTarget(this.envFor(client), this.home, false);
    const config = await readConfig({ configFile: this.config });
    const known = new Set(
      config.registries.flatMap((each) => (each.target.kind === "account" ? [each.target.account] : [])),
    );
    const registrations = registrationsOf(
      found.filter(({ account }) => !known.has(account)),
      config,
    );
    const planned = await planRegistrations({ registrations, configFile: this.config }, assert.fail);
    if (planned) {
      await recordConfig(planned, target.state, target.path);
      await writeConfig(planned);
    }
    const file = await openClientFile(target.path);
    // One of the seven selections also configures every other registry, in place of another helper.
    const helperConfig = which === 6 ? ({ kind: "all" } as const) : ({ kind: "hosts", hosts } as const);
    const request = { helperConfig, replace: true, tokens: [] };
    await configureFile(target, file, planChange(file.text, request, target.name));
    this.configured.add(client);
  }

  private async undo(client: number, options: ConfigureOptions): Promise<void> {
    const lines: string[] = [];
    const context = { env: this.envFor(client), home: this.home, print: (text: string) => lines.push(text) };
    const before = [this.config, ...this.dockers].map((path) => this.textOf(path));
    const target = await configureTarget(context.env, this.home, false);
    await undoAll(target, options, context as unknown as Context, undefined);
    const after = [this.config, ...this.dockers].map((path) => this.textOf(path));
    if (options.dryRun) return assert.deepEqual(after, before);
    if (options.everywhere) this.configured.clear();
    else this.configured.delete(client);
    this.checkOutput(lines.join(" ").replaceAll(/\s+/g, " "), before, after);
    this.checkFiles();
  }

  /** Every sentence of the output is true. */
  private checkOutput(
    output: string,
    [configBefore, ...before]: readonly (string | undefined)[],
    [config, ...after]: readonly (string | undefined)[],
  ): void {
    for (const [client, path] of this.dockers.entries()) {
      const text = after[client];
      if (output.includes(`${path}: nothing to undo`)) assert.equal(text, before[client]);
      if (output.includes(`${path}: what`) || output.includes(`${path}: this helper was`))
        assert.ok(!text?.includes('"ecr"'), output);
    }
    const claim = /config\.yaml: (the )?entries that configure-docker added( for \S+)? were removed/.exec(
      output,
    );
    assert.equal(claim !== null, config !== configBefore, output);
    if (claim?.[1] && !claim[2]) assert.equal(config, this.modelConfig, output);
    for (const [, account] of output.matchAll(/left for \S+: the entry of account (\d+)/g))
      assert.ok(account && config?.includes(account), output);
    assert.doesNotMatch(output, /left: |not restored/);
  }

  /** Nothing is left of files that are no longer configured. */
  checkFiles(): void {
    for (const [client, path] of this.dockers.entries()) {
      if (this.configured.has(client)) continue;
      const [text, notes, original] = [this.textOf(path), this.notes[client], this.original[client]];
      if (!notes) assert.equal(text, original);
      else {
        const entries = [...notes.map((note) => [note, 1]), ...Object.entries(JSON.parse(original || "{}"))];
        assert.deepEqual(JSON.parse(text ?? ""), Object.fromEntries(entries));
      }
    }
    const text = this.textOf(this.config);
    if (this.configured.size === 0) assert.equal(text, this.modelConfig);
    const used = [...this.configured].map((client) => this.textOf(this.pathOf(client))).join();
    if (/"credsStore" ?: ?"ecr"/.test(used)) return;
    for (const account of accounts) assert.ok(!text?.includes(account) || used.includes(account), account);
  }

  private editDocker(client: number): void {
    const path = this.pathOf(client);
    const text = this.textOf(path);
    if (!text) return;
    const note = `note${++this.count}`;
    const isEmpty = Object.keys(JSON.parse(text)).length === 0;
    this.write(path, text.replace("{", `{ "${note}": 1${isEmpty ? "" : ","}`));
    this.notes[client] = [note, ...(this.notes[client] ?? [])];
  }

  private editConfig(which: number): void {
    const text = this.textOf(this.config);
    if (text === undefined) return;
    const note = `# note ${++this.count}\n`;
    const edit = (before: string) => (which % 2 === 0 ? note + before : before + note);
    this.write(this.config, edit(text));
    this.modelConfig = edit(this.modelConfig ?? "version: 1\n");
  }

  /** The user removes an entry of the account that configure-docker has added. */
  private removeEntry(which: number): void {
    const text = this.textOf(this.config);
    const account = accounts[which % accounts.length] ?? "";
    if (!text?.includes(account)) return;
    const entry = parseConfig(text, "").registries.find(
      ({ target }) => target.kind === "account" && target.account === account,
    );
    const identity = entry?.identity ?? "";
    this.write(this.config, removeRegistrations(text, [{ account, regions: ["us-east-1"], identity }]).text);
  }
}

describe("sequences of configure-docker and --undo", () => {
  const check = async (
    config: string | undefined,
    dockers: readonly (string | undefined)[],
    steps: readonly Step[],
  ) => {
    const world = new World(config, dockers);
    try {
      for (const each of steps) await world.run(each);
      await world.run(["undo --everywhere", 0, 0]);
      assert.equal(existsSync(world.config), world.modelConfig !== undefined);
    } finally {
      rmSync(world.home, { recursive: true, force: true });
    }
  };

  it("restore config.yaml after a partial undo", async () => {
    const steps = [
      ["configure", 0, 0],
      ["configure", 1, 1],
      ["undo", 1, 0],
      ["configure", 1, 1],
    ] as const;
    for (const config of configTexts) await check(config, [undefined, undefined, undefined], steps);
  });

  it("restore what the user had, and report nothing else", async () => {
    const text = fc.constantFrom(...dockerTexts);
    const sequences = fc.asyncProperty(
      fc.constantFrom(...configTexts),
      fc.tuple(text, text, text),
      fc.array(step, { minLength: 2, maxLength: 10 }),
      check,
    );
    await fc.assert(sequences, { numRuns: Number(process.env["RUNS"] ?? 60) });
  }).timeout(300_000);
});
