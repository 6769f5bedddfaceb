import { version } from "../../package.json";
import { film, promptWith, type Shot } from "./film.ts";
import { columns, still } from "./picture.ts";
import { Stage } from "./stage.ts";
import { describeCalls, diagnosis, story } from "./story.ts";
import { type Line, linesOf, plainText } from "./terminal-text.ts";

const description =
  "A terminal: configure-docker sets up two AWS accounts; a first get requests a token from AWS, the next one needs no request; status explains an outage of AWS while gets continue; AWS is back; a host that only resembles ECR's gets no token.";

/** The scene that still pictures of the film show, and that is the picture of `status`: the outage. */
const outage = story.findIndex(({ title }) => title.startsWith("AWS fails"));

/** Plays the story and renders it. @returns the SVG files by name */
export async function renderPictures(): Promise<Readonly<Record<string, string>>> {
  const stage = await Stage.open(columns);
  try {
    const shots: Shot[] = [];
    for (const { title, command, continues = false, play } of story) {
      const take = await play(stage, command);
      const frames = take.frames.map(steadyLines);
      shots.push({ title, command, continues, frames, note: describeCalls(take) });
    }
    const doctor = await diagnosis.play(stage, diagnosis.command);
    return {
      "tour.svg": film(shots, description, outage),
      "status.svg": still("status during an outage of AWS", [
        promptWith(shots[outage]?.command ?? ""),
        ...(shots[outage]?.frames.at(-1) ?? []),
      ]),
      "doctor.svg": still(diagnosis.title, [
        promptWith(diagnosis.command),
        ...steadyLines(doctor.frames.at(-1) ?? ""),
      ]),
    };
  } finally {
    await stage.close();
  }
}

/** Without what differs from time to time and from machine to machine. */
function steadyLines(sent: string): readonly Line[] {
  const steady = sent
    .replaceAll(version, "0.1.0")
    .replace(/(?<=process )\d+/, "4711")
    .replace(/(?<=last heartbeat )\d+s/, "12s")
    .replace(/(?<=since )[\d-]+T[\d:]+Z/g, "2026-11-27T10:03:00Z")
    .replace(/(?<=until )[\d-]+T[\d:]+Z/g, "2026-11-27T15:30:00Z")
    // A slow machine takes more than a minute.
    .replace(/\b(11|4)h 5\dm/g, "$1h 59m")
    // The daemon's next attempts are random.
    .replace(/(?<=11h 59m {2})in [^\r\n]*/g, "in 5h 40m")
    .replace(/(?<=4h 59m {3})(?:\S+ )*?\S+(?= {2,}|[\r\n])( {2})? */g, "in 14s$1")
    .replace(/127\.0\.0\.1:\d+/, "127.0.0.1:3128")
    .replace("no native front", "with native front")
    .replace(/\d+ [KMGT]iB free/, "40 GiB free");
  return inOrder(linesOf(steady.trimEnd(), columns));
}

/** Tokens arrive in any order; their lines are sorted. */
function inOrder(lines: readonly Line[]): readonly Line[] {
  const isToken = (line: Line) => plainText(line).startsWith("token for ");
  const tokens = lines.filter(isToken).sort((a, b) => plainText(a).localeCompare(plainText(b)));
  return lines.map((line) => (isToken(line) ? (tokens.shift() ?? line) : line));
}
