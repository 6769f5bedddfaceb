import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { eventually } from "../eventually.ts";

/** Gives the tests of a describe block other processes, none of which outlives its test. */
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

/** Another process of this runtime that runs a script of this folder, and what it has said so far. */
export class Child {
  readonly lines: string[] = [];
  private readonly process: ChildProcess;
  private readonly ended: Promise<unknown>;

  /** @param before a program that starts it in its turn, such as `unshare` */
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

  /** Waits until it has said `line`. */
  async said(line: string): Promise<void> {
    await eventually(`the line ${line}`, () => this.lines.includes(line));
  }

  /** Waits for its end. @returns the last line it said */
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
