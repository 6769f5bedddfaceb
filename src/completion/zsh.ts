import type { Flag, Place, Values } from "./places.ts";

/** A completion script for zsh, as a file in a folder of fpath or for `source`. */
export function zshScript(program: string, places: readonly Place[]): string {
  const functions = places.map((place) => functionOf(program, place));
  return `#compdef ${program}
# zsh completion for ${program}. To load it: source <(${program} completion zsh)

${functions.join("\n\n")}

${registries(program)}() {
  local -a hosts
  hosts=(\${(f)"$(${program} completion --registries 2>/dev/null)"})
  _wanted registries expl registry compadd -a hosts
}

if [[ $funcstack[1] == ${nameOf(program, [])} ]]; then
  ${nameOf(program, [])} "$@"
else
  compdef ${nameOf(program, [])} ${program}
fi
`;
}

function functionOf(program: string, { path, commands, flags, operands }: Place): string {
  const specs = flags.flatMap((flag) => flagSpecs(program, flag));
  if (commands.length > 0) specs.push("'1: :->command'", "'*:: :->rest'");
  for (const { name, isVariadic, values } of commands.length > 0 ? [] : operands) {
    specs.push(quote(`${isVariadic ? "*" : ""}:${escaped(name)}:${actionOf(program, values)}`));
  }
  const list = commands.map(({ name, summary }) => quote(`${escaped(name)}:${escaped(summary)}`));
  const cases = commands.map(({ name }) => `      ${name}) ${nameOf(program, [...path, name])} ;;`);
  const states = `
  case $state in
    command)
      local -a commands
      commands=(
        ${list.join("\n        ")}
      )
      _describe -t commands command commands
      ;;
    rest)
      case $words[1] in
${cases.map((each) => `  ${each}`).join("\n")}
      esac
      ;;
  esac`;
  return `${nameOf(program, path)}() {
  local curcontext=$curcontext state state_descr line
  typeset -A opt_args
  _arguments -C \\
    ${specs.join(" \\\n    ")}${commands.length > 0 ? ` && return${states}` : ""}
}`;
}

function flagSpecs(program: string, { names, description, value, isRepeatable }: Flag): string[] {
  return names.map((name) => {
    const others = isRepeatable ? "*" : `(${names.join(" ")})`;
    const spec = `${others}${name}${value && name.startsWith("--") ? "=" : ""}[${escaped(description)}]`;
    return quote(value ? `${spec}:${escaped(value.name)}:${actionOf(program, value.values)}` : spec);
  });
}

function actionOf(program: string, values: Values): string {
  switch (values.kind) {
    case "words":
      return `(${values.words.join(" ")})`;
    case "registries":
      return registries(program);
    case "files":
      return "_files";
    case "free":
      return " ";
  }
}

const nameOf = (program: string, path: readonly string[]): string => [`_${program}`, ...path].join("__");
const registries = (program: string): string => `_${program}___registries`;

/** Escapes the characters that have a meaning in a spec of _arguments and _describe. */
const escaped = (text: string): string => text.replace(/[\\:[\]]/g, "\\$&");

const quote = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`;
