// Shows the program without an AWS account: with a simulated AWS on this machine's loopback and a temporary HOME. It
// ends automatically and leaves nothing behind. `npm run demo` builds the program first.
import { readingTime, typingTime } from "./tour/pace.ts";
import { Stage } from "./tour/stage.ts";
import { describeCalls, type Scene, story } from "./tour/story.ts";
import { ansiOf, linesOf, plainText } from "./tour/terminal-text.ts";

const { isTTY = false, columns = 80 } = process.stdout;
const isColoured = isTTY && !process.env.NO_COLOR && process.env.TERM !== "dumb";
const show = isColoured ? ansiOf : plainText;
const styled = (text: string, style: string) => show([{ text, style }]);
let isStopping = false;
/** Only a reader at a terminal needs time. Once a signal has come, it does not end. */
async function pause(milliseconds: number): Promise<void> {
  if (isTTY) await Bun.sleep(milliseconds);
  if (isStopping) await new Promise(() => {});
}

console.log(
  "The program, with a simulated AWS on this machine. The demo ends automatically; Ctrl-C ends it sooner.",
);
const stage = await Stage.open(Math.min(columns || 80, 100));
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
  process.on(signal, async () => {
    if (isStopping) return;
    isStopping = true;
    await stage.close();
    process.exit(130);
  });
}
try {
  for (const [index, scene] of story.entries()) await play(scene, index + 1);
} finally {
  await stage.close();
}
console.log("\nThat is all. To use the program with your registries: README.md, Quick start.");

async function play(scene: Scene, number: number): Promise<void> {
  console.log(`\n${styled(`${number}/${story.length} ${scene.title}`, "bold cyan")}`);
  process.stdout.write(`${styled("$ ", "green")}${styled(scene.command, "bold")}`);
  await pause(typingTime(scene.command));
  console.log();
  const take = await scene.play(stage, scene.command);
  let shown = 0;
  for (const frame of take.frames) {
    const lines = linesOf(frame.trimEnd());
    const added = lines.slice(shown);
    for (const line of added) console.log(show(line));
    shown = lines.length;
    await pause(readingTime(added));
  }
  const time = scene.isTimed ? `, ${take.tookMs.toFixed(take.tookMs < 10 ? 1 : 0)} ms` : "";
  console.log(styled(`${describeCalls(take)}${time}`, "cyan"));
}
