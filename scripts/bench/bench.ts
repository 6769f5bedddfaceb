import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { defaultCast, type User } from "../../test/support/aws/cast.ts";
import { byProxy, keysOf } from "../../test/support/aws/environment.ts";
import type { StandInProcess } from "../../test/support/aws/process.ts";
import { compileFront } from "../native.mjs";
import type { Command } from "./measure.ts";
import { Places } from "./places.ts";

export const registry = "111122223333.dkr.ecr.us-east-1.amazonaws.com";
const roleArn = "arn:aws:iam::111122223333:role/ci";

type Variables = Readonly<Record<string, string>>;

/** The context of all measurements. */
export class Bench {
  readonly places = new Places();
  readonly theirProgram = Bun.which("docker-credential-ecr-login");
  readonly program = this.places.program(join(import.meta.dir, "../../dist"), "docker-credential-ecr");
  readonly starter = this.compiledStarter();
  readonly alice: User;

  constructor(
    readonly aws: StandInProcess,
    /** The number of starts of a command that takes a millisecond; slower ones are started less often. */
    readonly rounds: number,
  ) {
    const [alice] = defaultCast.users;
    if (!alice) throw new Error("the stand-in's cast has changed");
    this.alice = alice;
  }

  /** To AWS through a proxy, with its CA certificate trusted like a company's. */
  get byProxy(): Variables {
    const { AWS_CA_BUNDLE: _, ...network } = byProxy(this.aws);
    return network;
  }

  /** To AWS without one: see `runWithAwsNames`. */
  get direct(): Variables {
    const { HTTPS_PROXY: _, NO_PROXY: __, ...network } = this.byProxy;
    return network;
  }

  /** A user with a new HOME. */
  user(name: string, kind: "keys" | "role", network: Variables): Variables & { readonly HOME: string } {
    const env = { PATH: process.env.PATH ?? "", ...network, HOME: this.places.home(name) };
    if (kind === "keys") return { ...env, ...keysOf(this.alice) };
    this.places.awsFiles(env.HOME, this.alice, roleArn);
    return { ...env, AWS_PROFILE: "role", AWS_SDK_LOAD_CONFIG: "1", AWS_REGION: "us-east-1" };
  }

  ours(env: Variables): Command {
    return { cmd: [this.program, "get"], input: registry, env };
  }

  /** Undefined if AWS's helper is not installed. */
  theirs(env: Variables): Command | undefined {
    return this.theirProgram ? { cmd: [this.theirProgram, "get"], input: registry, env } : undefined;
  }

  /** A C program that does nothing, compiled as the native front is. */
  empty(env: Variables): Command {
    const source = this.places.file("empty.c");
    const program = this.places.file("empty");
    writeFileSync(source, "int main(void) { return 0; }\n");
    const problem = compileFront(program, { sources: [source] });
    if (problem !== undefined) throw new Error(`the empty program was not built: ${problem}`);
    return { cmd: [program], input: registry, env };
  }

  /** The number of calls to AWS since the last reset. */
  async calls(): Promise<number> {
    const { Connect: _, ...calls } = await this.aws.controls.calls();
    return Object.values(calls).reduce((sum, count) => sum + count, 0);
  }

  private compiledStarter(): string {
    const starter = this.places.file("start");
    const build = Bun.spawnSync(["cc", "-O2", "-o", starter, join(import.meta.dir, "start.c")]);
    if (build.exitCode !== 0)
      throw new Error(`start.c was not compiled; is there a C compiler? ${build.stderr}`);
    return starter;
  }
}
