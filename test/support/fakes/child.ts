import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { eventually } from "../eventually.ts";

/** Starts processes for the tests of a describe block, and ends each process with its test. */
export function useChildren(): (script: string, args: readonly string[]) => Child {
  let children: Child[] = [];
  afterEach(async () => {
    await Promise.all(children.map((child) => child.kill()));
    children = [];
  });
  return (script, args) => {
    const child = new Child(script, args);
    children.push(child);
    return child;
  };
}

/** A process that runs a script of this folder, and its output so far. */
export class Child {
  readonly lines: string[] = [];
  private readonly process: ChildProcess;
  private readonly ended: Promise<unknown>;

  /** @param before a command that starts it, such as `unshare` */
  constructor(script: string, args: readonly string[], before: readonly string[] = []) {
    const path = fileURLToPath(new URL(script, import.meta.url));
    const [program = "", ...rest] = [...before, process.execPath, path, ...args];
    this.process = spawn(program, rest, { stdio: ["pipe", "pipe", "inherit"] });
    this.ended = once(this.process, "close");
    let text = "";
    this.process.stdout?.on("data", (chunk) => {
      text += chunk;
      const lines = text.split("\n");
      text = lines.pop() ?? "";
      this.lines.push(...lines);
    });
  }

  /** Waits until it has printed `line`. */
  async said(line: string): Promise<void> {
    await eventually(`the line ${line}`, () => this.lines.includes(line));
  }

  /** Waits for its end. @returns the last printed line */
  async end(): Promise<string | undefined> {
    await this.ended;
    return this.lines.at(-1);
  }

  /** Closes its stdin. */
  letGo(): void {
    this.process.stdin?.end();
  }

  async kill(): Promise<void> {
    this.process.kill("SIGKILL");
    await this.ended;
  }
}
