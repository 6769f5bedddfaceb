import type { Flag, Place, Values } from "./places.ts";

/** A completion script for fish. */
export function fishScript(program: string, places: readonly Place[]): string {
  const at = `__${program.replaceAll("-", "_")}_at`;
  const lines = places.flatMap(({ path, commands, flags, operands }) => {
    const here = (test: string) => `complete -c ${program} -n ${quote([at, test, ...path].join(" "))}`;
    return [
      ...commands.map(({ name, summary }) => `${here("exactly")} -a ${quote(name)} -d ${quote(summary)}`),
      ...flags.map((flag) => `${here(path.length > 0 ? "below" : "exactly")} ${flagOf(program, flag)}`),
      ...operands.flatMap(({ values }) => {
        const offered = offer(program, values);
        return offered === "" ? [] : [`${here("below")} ${offered}`];
      }),
    ];
  });
  return `# fish completion for ${program}. To load it: ${program} completion fish | source

# exactly: the line contains these commands only. below: it begins with these commands.
function ${at}
    set -l words
    for word in (commandline -opc)[2..-1]
        string match -q -- '-*' $word; or set -a words $word
    end
    set -l wanted $argv[2..-1]
    test "$argv[1]" = below; or test (count $words) -eq (count $wanted); or return 1
    test (count $words) -ge (count $wanted); or return 1
    set -q wanted[1]; or return 0
    for at in (seq (count $wanted))
        test "$words[$at]" = "$wanted[$at]"; or return 1
    end
end

complete -c ${program} -f
${lines.join("\n")}
`;
}

function flagOf(program: string, { names, description, value }: Flag): string {
  const options = names.map((name) =>
    name.startsWith("--") ? `-l ${name.slice(2)}` : `-s ${name.slice(1)}`,
  );
  const words = [...options, "-d", quote(description)];
  if (value) words.push(value.values.kind === "files" ? "-r" : "-x", offer(program, value.values));
  return words.join(" ").trimEnd();
}

function offer(program: string, values: Values): string {
  switch (values.kind) {
    case "words":
      return `-a ${quote(values.words.join(" "))}`;
    case "registries":
      return `-a ${quote(`(${program} completion --registries 2>/dev/null)`)}`;
    case "files":
      return "-F";
    case "free":
      return "";
  }
}

const quote = (text: string): string => `'${text.replace(/[\\']/g, "\\$&")}'`;
