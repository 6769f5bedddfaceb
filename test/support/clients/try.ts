import { join } from "node:path";
import { controls, loginPassword, pulledAs, tokensAsked } from "../e2e/aws.ts";
import { type Result, succeeded } from "../e2e/command.ts";
import { removeImage } from "../e2e/images.ts";
import { appRegistry, bobsRegistry } from "../e2e/names.ts";
import { newTester, type Tester } from "../e2e/user.ts";
import type { Client } from "./client.ts";

/** Alice's own, bob's from which she may pull too, and one of Docker Hub's stand-in, which are in place before. */
export const images = {
  app: `${appRegistry}/clients:1`,
  bobs: `${bobsRegistry}/clients:1`,
  hub: "docker.io/library/clients:1",
} as const;

/** What a person sees of a failure: how often our reason, and the client's own last line. */
export interface Seen {
  readonly reasons: number;
  readonly last: string;
}

/** One client with the files and programs that it needs. */
export class Trial {
  #outputs = 0;

  constructor(
    readonly client: Client,
    readonly path: string,
  ) {}

  tester(...[name, wiring, more]: Parameters<typeof newTester>): Tester {
    return newTester(name, wiring, { PATH: this.path, ...this.client.env, ...more });
  }

  async run(
    tester: Tester,
    action: "pull" | "push" | "login" | "logout" | "seed",
    image: string,
    more: object = {},
  ): Promise<Result> {
    const script = this.client[action] ?? "exit 99";
    const [host = ""] = image.split("/");
    if (action === "pull" && this.client.inEngine) await removeImage(image);
    this.#outputs += 1;
    const OUT = join(tester.home, `out-${this.#outputs}`);
    const target = `${host}/by-client-${this.#outputs}:1`;
    const env = { IMAGE: image, TARGET: target, HOST: host, OUT, ...more };
    return tester.run(["sh", "-c", script], { env, cwd: tester.home, timeLimit: 300_000 });
  }

  /** @returns the tokens that AWS was asked for, and as whom the registry was read */
  async pull(tester: Tester, image: string): Promise<{ tokens: number; as: readonly string[] }> {
    controls().reset();
    succeeded(await this.run(tester, "pull", image));
    const [host = ""] = image.split("/");
    return { tokens: tokensAsked().length, as: pulledAs(host) };
  }

  /** Logs in as bob, pulls, logs out, pulls. @returns as whom, after the login and after the logout */
  async loginAndOut(tester: Tester): Promise<readonly (readonly string[])[]> {
    const PASSWORD = await loginPassword("bob", "us-east-1");
    succeeded(await this.run(tester, "login", images.bobs, { PASSWORD }));
    const after = (await this.pull(tester, images.bobs)).as;
    if (!this.client.logout) return [after];
    succeeded(await this.run(tester, "logout", images.bobs));
    return [after, (await this.pull(tester, images.bobs)).as];
  }

  /** @returns how often AWS was asked for a token by some pulls at once */
  async manyAtOnce(tester: Tester): Promise<number> {
    controls().reset();
    if (this.client.inEngine) await removeImage(images.app);
    // Removed once, before all.
    const { inEngine: _, ...client } = this.client;
    const trial = new Trial(client, this.path);
    const results = await Promise.all(
      Array.from({ length: this.client.atOnce ?? 10 }, () => trial.run(tester, "pull", images.app)),
    );
    for (const result of results) succeeded(result);
    return tokensAsked().length;
  }
}

/** Of a pull that fails. */
export function seenOf({ stdout, stderr }: Result, code: string, message = /./): Seen {
  const text = Bun.stripANSI(`${stdout}\n${stderr}`);
  const lines = text.split("\n").filter((line) => line.trim() !== "");
  const own = lines.filter((line) => !line.startsWith("docker-credential-ecr: "));
  return {
    reasons: text.split(`[${code}]`).length - 1,
    last: words(own.findLast((line) => message.test(line)) ?? ""),
  };
}

/** The same at each run: without times, digests and folders. */
function words(line: string): string {
  return line
    .replaceAll(appRegistry, "HOST")
    .replaceAll(/^(?:time="[^"]*" )|\b\d{4}[-/]\d\d[-/]\d\d[T ][\d:.]+Z?\s*/g, "")
    .replace(/^\[\] /, "")
    .replaceAll(/(?:sha256:)?[0-9a-f]{12,}/g, "…")
    .replaceAll(/\/tmp\/[^\s:"]+/g, "…")
    .replaceAll("|", "\\|")
    .trim()
    .slice(0, 200);
}
