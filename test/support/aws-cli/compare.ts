import { mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import type { Call } from "../aws/calls.ts";
import type { StandIn } from "../aws/stand-in.ts";
import { start } from "../program/run.ts";
import { registry } from "../program/standing.ts";
import type { CliCall, CliResult } from "./judge.ts";
import { lay, type Situation } from "./situation.ts";

/** What came of one program in a situation. */
export interface Outcome {
  /** The ARN that signed the last call; absent: there was no such call, or AWS refused it. */
  readonly principal?: string;
  /** The calls before that one, with the ARN that signed each. */
  readonly way: readonly string[];
  /** What the program wrote, for a message. */
  readonly output: string;
}

export interface Compared {
  readonly cli: Outcome;
  readonly ours: Outcome;
}

/** Runs the AWS CLI and this program in the same situations, each in a home folder of its own. */
export class Comparison {
  /** Of all comparisons: they may share an AWS. */
  static #count = 0;

  constructor(
    private readonly aws: StandIn,
    /** What @NAME@ stands for in a situation. */
    private readonly places: Readonly<Record<string, string>>,
    private readonly callCli: (call: CliCall) => Promise<CliResult>,
    private readonly folder: string,
  ) {}

  async run(situation: Situation): Promise<Compared> {
    const id = `${++Comparison.#count}`;
    const [cli, ours] = await Promise.all([this.#runCli(situation, id), this.#runOurs(situation, id)]);
    return { cli, ours };
  }

  /** What the CLI does in a situation. */
  runCli(situation: Situation): Promise<Outcome> {
    return this.#runCli(situation, `${++Comparison.#count}`);
  }

  async #runCli(situation: Situation, id: string): Promise<Outcome> {
    const name = `${id}-cli`;
    const { home, env } = this.#prepare(situation, name);
    const { profileOption } = situation;
    const option = profileOption === undefined ? [] : ["--profile", profileOption];
    const { stdout, stderr } = await this.callCli({
      args: ["sts", "get-caller-identity", ...option],
      env: { LC_ALL: "C.UTF-8", AWS_DEFAULT_REGION: "us-east-1", ...env },
      cwd: home,
    });
    return this.#outcome(name, "GetCallerIdentity", stdout + stderr);
  }

  async #runOurs(situation: Situation, id: string): Promise<Outcome> {
    const name = `${id}-ours`;
    const { home, env } = this.#prepare(situation, name);
    const { stdout, stderr } = await start(["get"], { input: registry, env, cwd: home }).ended;
    const output = stdout.startsWith("{") ? stderr : stdout + stderr;
    return this.#outcome(name, "GetAuthorizationToken", output);
  }

  /** Lays the files, and names this run's own address of AWS, by which its calls are told from others. */
  #prepare(situation: Situation, name: string) {
    const home = join(this.folder, name);
    mkdirSync(home, { mode: 0o700 });
    const { urls } = this.aws;
    const places: Readonly<Record<string, string>> = { ...this.places, HOME: home };
    const fill = (text: string) => text.replace(/@([A-Z_]+)@/g, (whole, place) => places[place] ?? whole);
    lay(situation, home, fill);
    if (situation.profileOption !== undefined) {
      const config = {
        version: 1,
        identities: { chosen: { profile: situation.profileOption } },
        registries: [{ account: registry.slice(0, 12), identity: "chosen" }],
      };
      // JSON is YAML.
      const path = ".config/docker-credential-ecr/config.yaml";
      lay({ env: {}, files: { [path]: JSON.stringify(config) } }, home, (text) => text);
    }
    const given = Object.entries(situation.env).map(([key, value]) => [key, fill(value)]);
    const env: Record<string, string> = {
      HOME: home,
      PATH: "/usr/bin:/bin",
      AWS_ENDPOINT_URL: `${urls.plain}/${name}`,
      ...Object.fromEntries(given),
    };
    return { home, env };
  }

  #outcome(name: string, last: Call["operation"], output: string): Outcome {
    rmSync(join(this.folder, name), { recursive: true, force: true });
    const calls = this.aws.controls
      .log()
      .filter(({ path = "" }) => path.startsWith(`/${name}/`) || path === `/${name}`);
    const end = calls.findLast(({ operation, outcome }) => operation === last && outcome === "ok");
    const way = calls
      .filter(({ operation }) => operation !== last)
      .map(({ operation, principal, outcome }) =>
        [operation, ...(principal === undefined ? [] : [`by ${anySession(principal)}`]), outcome].join(" "),
      );
    return { ...(end?.principal !== undefined && { principal: anySession(end.principal) }), way, output };
  }
}

/** The name of a session that each program makes up is not compared; one that is set is. */
function anySession(arn: string): string {
  return arn.replace(/\/(?:botocore-session-\d+|docker-credential-ecr)$/, "/(a name of its own)");
}

/** Whether both used the same principal and came to it by the same roles, or both used none. */
export function agree({ cli, ours }: Compared): boolean {
  if (cli.principal === undefined || ours.principal === undefined) return cli.principal === ours.principal;
  return cli.principal === ours.principal && cli.way.join() === ours.way.join();
}
