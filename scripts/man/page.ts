import type { Command } from "commander";
import { examplesOf } from "./command-help.ts";
import { fill, roff, roffLines, roffOfMarkdown } from "./roff.ts";

export interface PageParts {
  /** All commands. */
  readonly program: Command;
  readonly version: string;
  /** A date such as 2026-01-31. */
  readonly date: string;
  /** The hand-written sections, with a line for the commands and one for the errors. */
  readonly sections: string;
  /** docs/errors.md */
  readonly errors: string;
}

/** The man page in the man(7) format of groff and mandoc. */
export function manPage({ program, version, date, sections, errors }: PageParts): string {
  const name = program.name();
  const title = `.TH ${name.toUpperCase()} 1 ${date} "${name} ${version}" "User Commands"`;
  const parts = { commands: commandsOf(program, []), errors: entriesOf(errors) };
  const body = sections.replace(/^\.\\" (commands|errors) here$/gm, (_, part) =>
    parts[part as keyof typeof parts].join("\n"),
  );
  return `${title}\n${body.replace(/^\.\\" .*\n/gm, "")}`;
}

function commandsOf(command: Command, path: readonly string[]): string[] {
  const help = command.createHelp();
  const below = help.visibleCommands(command).flatMap((each) => commandsOf(each, [...path, each.name()]));
  if (path.length === 0) return below;
  const usage = [...path, command.usage()].join(" ");
  const options = help.visibleOptions(command).filter(({ long }) => long !== "--help");
  const terms = [
    ...help.visibleArguments(command).map((each) => [help.argumentTerm(each), each.description] as const),
    ...options.map((each) => [each.flags, help.optionDescription(each)] as const),
  ];
  const examples = examplesOf(command);
  return [
    `.SS "${roff(usage)}"`,
    fill(roff(command.description())),
    ...terms.flatMap(([term, text]) => [".TP", `\\fB${roff(term)}\\fR`, fill(roff(text))]),
    ...(examples.length > 0 ? roffLines(examples) : []),
    ...below,
  ];
}

/** Each error code with its paragraphs. */
function entriesOf(markdown: string): string[] {
  return markdown
    .split(/^## /m)
    .slice(1)
    .flatMap((group) => {
      const [head = "", ...entries] = group.split(/^### /m);
      const [title = ""] = head.split("\n");
      const terms = entries.flatMap((entry) => {
        const [code = "", ...lines] = entry.split("\n");
        return [".TP", `\\fB${roff(code)}\\fR`, roffOfMarkdown(lines.join("\n"))];
      });
      return [`.SS "${roff(title)}"`, ...terms];
    });
}
