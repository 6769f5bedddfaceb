// Shows the program without an AWS account: with a stand-in AWS on this machine's loopback and a temporary HOME. It ends
// automatically and leaves nothing behind. `npm run demo` builds the program first.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { defaultCast } from "../test/support/aws/cast.ts";
import { byEndpoint, keysOf } from "../test/support/aws/environment.ts";
import { startAws } from "../test/support/aws/stand-in.ts";

const program = join(import.meta.dir, "../dist/bin/docker-credential-ecr");
const registry = "111122223333.dkr.ecr.us-east-1.amazonaws.com";
const [alice, , mallory] = defaultCast.users;
if (!alice || !mallory) throw new Error("the stand-in's cast has changed");

const aws = await startAws();
const home = mkdtempSync(join(tmpdir(), "ecr-demo-"));
try {
  // No variables of the environment, so that your AWS account is not used.
  const base = { HOME: home, PATH: process.env.PATH ?? "", ...byEndpoint(aws) };
  const get = (host: string, who: Record<string, string>) => run(["get"], host, { ...base, ...who });

  await step("Docker asks for a registry for the first time: one call to AWS, then the token is kept", () =>
    get(registry, keysOf(alice)),
  );
  await step("Docker asks again: the answer comes from the token file, AWS is not called", () =>
    get(registry, keysOf(alice)),
  );
  await step("another registry of the same region: the same token opens it, still no call", () =>
    get("444455556666.dkr.ecr.us-east-1.amazonaws.com", keysOf(alice)),
  );
  await step("a look-alike host: never gets a token", () => get(`${registry}.example.com`, keysOf(alice)));
  await step("somebody without the right to get tokens: never gets alice's, and is told why", () =>
    get(registry, keysOf(mallory)),
  );
  await step("what Docker could ask for without AWS", () =>
    run(["list"], "unused", { ...base, ...keysOf(alice) }),
  );
} finally {
  await aws.stop();
  rmSync(home, { recursive: true, force: true });
}

async function step(title: string, act: () => Promise<string>): Promise<void> {
  aws.controls.reset();
  console.log(`\n# ${title}`);
  console.log(await act());
  const calls = Object.entries(aws.controls.calls()).flatMap(([operation, count]) =>
    count > 0 ? [`${operation} ${count}`] : [],
  );
  console.log(`  AWS calls: ${calls.length === 0 ? "none" : calls.join(", ")}`);
}

async function run(args: string[], input: string, env: Record<string, string>): Promise<string> {
  const began = performance.now();
  const child = Bun.spawn([program, ...args], {
    stdin: Buffer.from(input),
    stdout: "pipe",
    stderr: "pipe",
    env,
  });
  const [stdout, stderr, exitCode] = await Promise.all([
    new Response(child.stdout).text(),
    new Response(child.stderr).text(),
    child.exited,
  ]);
  const took = (performance.now() - began).toFixed(0);
  // A secret must not be shown, not even a made-up one.
  const shown = `${stdout}${stderr}`
    .trim()
    .replaceAll("\n", "\n  ")
    .replace(/"Secret":"([^"]{12})[^"]*"/, '"Secret":"$1… (the rest is left out here)"');
  return `  $ echo ${input} | docker-credential-ecr ${args.join(" ")}\n  ${shown}\n  exit ${exitCode}, ${took} ms`;
}
