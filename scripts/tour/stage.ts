import { chmodSync, symlinkSync } from "node:fs";
import { dirname, join } from "node:path";
import { passNow } from "../../test/support/program/keeping.ts";
import { programPath } from "../../test/support/program/program.ts";
import type { Running } from "../../test/support/program/run.ts";
import { atTerminal, type OnScreen } from "../../test/support/program/screen.ts";
import { member, OpenStanding } from "../../test/support/program/standing.ts";
import { passTime } from "../../test/support/program/state.ts";
import { ini, type User } from "../../test/support/program/user.ts";

/** What a command showed. */
export interface Take {
  /** The output at each question and at the end, each with all output before it. */
  readonly frames: readonly string[];
  /** The operations of AWS that were called, each once. */
  readonly calls: readonly string[];
  readonly tookMs: number;
}

/** A user with the AWS profiles dev and prod, of two accounts, and a simulated AWS on the loopback interface. */
export class Stage {
  #daemon: Running | undefined;
  #atTerminal: OnScreen | undefined;

  private constructor(
    private readonly standing: OpenStanding,
    private readonly user: User,
    private readonly columns: number,
  ) {}

  static async open(columns = 80): Promise<Stage> {
    // The proxy leads AWS's own host names to the simulated AWS.
    const standing = await OpenStanding.start({}, "proxy");
    const user = standing.user();
    const bin = dirname(user.write("bin/docker", "#!/bin/sh\nexit 1\n"));
    chmodSync(join(bin, "docker"), 0o755);
    symlinkSync(programPath(), join(bin, "docker-credential-ecr"));
    // What else is installed on this machine must not change what is shown.
    user.env["PATH"] = bin;
    const stage = new Stage(standing, user, columns);
    stage.#writeProfiles({ dev: "alice", prod: "bob" });
    return stage;
  }

  #writeProfiles(users: Readonly<Record<string, string>>): void {
    const profiles = Object.entries(users).map(([profile, name]) => {
      const { accessKeyId, secretAccessKey } = member(name);
      const keys = { aws_access_key_id: accessKeyId, aws_secret_access_key: secretAccessKey };
      return [profile, { ...keys, region: "us-east-1" }];
    });
    this.user.write(".aws/credentials", ini(Object.fromEntries(profiles)));
  }

  /** Runs the program at a terminal, and accepts the default answer of each question. */
  async run(line: string): Promise<Take> {
    const take = this.#beginTake();
    const running = atTerminal(this.user, line.split(" ").slice(1), {}, { columns: this.columns });
    this.#atTerminal = running;
    const frames: string[] = [];
    running.onOutput((sent) => {
      // readline moves the cursor behind its question.
      // biome-ignore lint/suspicious/noControlCharactersInRegex: they control terminals.
      if (!/\] \x1b\[\d+G$/.test(sent)) return;
      frames.push(sent);
      running.type("\r");
    });
    const { sent } = await running.ended;
    return take([...frames, sent]);
  }

  /** Runs the program as Docker does: without a terminal, and with the registry as input. */
  async get(registry: string): Promise<Take> {
    const take = this.#beginTake();
    const { stdout, stderr } = await this.user.get(registry);
    return take([`${stdout.trim()}\r\n${stderr}`]);
  }

  /** Starts the daemon, and waits for its first pass. */
  async startDaemon(): Promise<void> {
    this.#daemon = this.user.start(["daemon"]);
    await passNow(this.user, this.#daemon);
  }

  /** Changes all times in the state folder, so that the program behaves as this much later. */
  async later(milliseconds: number): Promise<void> {
    await this.#stopDaemon();
    passTime(this.user, milliseconds);
    await this.startDaemon();
  }

  /** From now on, AWS returns no token. */
  beginOutage(): void {
    this.standing.aws.controls.fail("GetAuthorizationToken", { status: 503, code: "ServiceUnavailable" });
  }

  async endOutage(): Promise<void> {
    this.standing.aws.controls.clear();
    await this.later(60_000);
  }

  /** The profile dev now has an SSO session that has expired. */
  signOut(): void {
    this.#writeProfiles({ prod: "bob" });
    const session = { sso_start_url: "https://example.awsapps.com/start", sso_region: "us-east-1" };
    const profile = { sso_session: "company", sso_account_id: "111122223333", sso_role_name: "build" };
    this.user.writeAwsConfig({ "sso-session company": session, "profile dev": profile });
  }

  /** Ends what runs, and removes all files. */
  async close(): Promise<void> {
    this.#atTerminal?.kill("SIGKILL");
    await this.#atTerminal?.ended;
    await this.#stopDaemon();
    await this.standing.close();
  }

  async #stopDaemon(): Promise<void> {
    this.#daemon?.kill("SIGCONT");
    this.#daemon?.kill("SIGTERM");
    await this.#daemon?.ended;
    this.#daemon = undefined;
  }

  /** During a take the daemon pauses: its calls are not those of the command. */
  #beginTake() {
    this.#daemon?.kill("SIGSTOP");
    const began = performance.now();
    const { controls } = this.standing.aws;
    const before = controls.log().length;
    return (frames: readonly string[]): Take => {
      const tookMs = performance.now() - began;
      const operations = controls
        .log()
        .slice(before)
        .map(({ operation }) => operation)
        .filter((operation) => operation !== "Connect");
      this.#daemon?.kill("SIGCONT");
      return { frames: frames.map((sent) => this.#masked(sent)), calls: [...new Set(operations)], tookMs };
    };
  }

  /** Hides temporary paths, and the token: a secret must not be shown, not even a simulated one. */
  #masked(sent: string): string {
    return sent
      .replaceAll(this.user.home, "~")
      .replaceAll(this.standing.aws.caFile, "~/ca.pem")
      .replace(/"Secret":"([^"]{9})[^"]*"/, '"Secret":"$1…"');
  }
}
