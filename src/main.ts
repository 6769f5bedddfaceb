import { foldersOf, homeOf } from "./config/folders.ts";
import { serve } from "./helper/serve.ts";
import { isHelperAction } from "./helper/wire.ts";
import { openQuickFiles } from "./store/open-quick-files.ts";
import { readWarm } from "./store/warm.ts";

const { env } = process;
const args = process.argv.slice(2);
const [action] = args;
const home = await homeOf(env);

if (args.length === 1 && isHelperAction(action)) {
  const folders = foldersOf(env, home);
  const files = await openQuickFiles();
  const { stdout, stderr, exitCode } = await serve(
    action,
    async () => files.readInput() ?? (await Bun.stdin.text()),
    { warm: (host) => readWarm(files, folders.state, host, env, Date.now()) },
    async () => {
      const { coldPorts } = await import("./cli/cold.ts");
      return coldPorts(files, withoutBun(env), home, folders, Date.now);
    },
  );
  // The console writes at once and costs nothing to load; it brings the line end.
  if (stdout !== "") console.log(stdout.slice(0, -1));
  if (stderr !== "") console.error(stderr.slice(0, -1));
  process.exit(exitCode);
} else {
  const { run } = await import("./cli/run.ts");
  process.exit(await run(args, withoutBun(env), home));
}

/** Takes out what would make another Bun program, a credential_process say, load code: BUN_OPTIONS, BUN_INSPECT… */
function withoutBun(environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  for (const name of Object.keys(environment)) if (name.startsWith("BUN_")) delete environment[name];
  return environment;
}
