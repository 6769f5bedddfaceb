import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { awsCliFolder, isInstalled } from "../../../scripts/aws-cli.ts";

export interface CliCall {
  readonly args: readonly string[];
  /** All of its environment. */
  readonly env: Readonly<Record<string, string>>;
  readonly cwd: string;
}

export interface CliResult {
  /** Negative: the signal that ended it. */
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** The folder of the AWS CLI; undefined where it is not installed. */
export function installedAwsCli(): string | undefined {
  const folder = awsCliFolder(process.env);
  return isInstalled(folder) ? folder : undefined;
}

/** The AWS CLI loaded once and called many times, one call after another; see judge.py. */
export class CliJudge {
  readonly #child;
  readonly #answers;
  #last: Promise<unknown> = Promise.resolve();

  constructor(folder: string) {
    const script = fileURLToPath(new URL("judge.py", import.meta.url));
    this.#child = Bun.spawn([join(folder, "bin/python"), script], {
      env: { PATH: "/usr/bin:/bin", LC_ALL: "C.UTF-8", TMPDIR: tmpdir() },
      stdin: "pipe",
      stdout: "pipe",
      stderr: "inherit",
      cwd: "/",
    });
    this.#answers = linesOf(this.#child.stdout);
  }

  call(call: CliCall): Promise<CliResult> {
    const answer = this.#last.then(async () => {
      this.#child.stdin.write(`${JSON.stringify(call)}\n`);
      await this.#child.stdin.flush();
      const { value, done } = await this.#answers.next();
      if (done) throw new Error("the AWS CLI's process ended");
      return JSON.parse(value) as CliResult;
    });
    this.#last = answer.catch(() => {});
    return answer;
  }

  async stop(): Promise<void> {
    await this.#last;
    this.#child.stdin.end();
    await this.#child.exited;
  }
}

async function* linesOf(stream: ReadableStream<Uint8Array>): AsyncGenerator<string, void> {
  let rest = "";
  const decoder = new TextDecoder();
  for await (const chunk of stream) {
    const lines = (rest + decoder.decode(chunk, { stream: true })).split("\n");
    rest = lines.pop() ?? "";
    yield* lines;
  }
}

/** The real command, started as a user starts it. */
export async function runAwsCli(folder: string, { args, env, cwd }: CliCall): Promise<CliResult> {
  const child = Bun.spawn([join(folder, "bin/aws"), ...args], {
    env: { ...env },
    cwd,
    stdin: "ignore",
    stdout: "pipe",
    stderr: "pipe",
  });
  const [stdout, stderr, code] = await Promise.all([
    new Response(child.stdout).text(),
    new Response(child.stderr).text(),
    child.exited,
  ]);
  return { code, stdout, stderr };
}
