import type { Place, Values } from "./places.ts";

/** A completion script for bash 3.2 (macOS) and newer, which does not need the package bash-completion. */
export function bashScript(program: string, places: readonly Place[]): string {
  const name = `_${program.replaceAll("-", "_")}`;
  const paths = places.filter(({ path }) => path.length > 0).map(({ path }) => joinPath(path));
  const atPlaces = places.map((place) => {
    const { flags, commands, operands } = place;
    const names = flags.flatMap((flag) => flag.names);
    const words = [{ kind: "words", words: commands.map((command) => command.name) } as const];
    return `    ${quote(joinPath(place.path))}) ${offer([...words, ...operands.map(({ values }) => values)], names)} ;;`;
  });
  const afterFlags = places.flatMap(({ path, flags }) =>
    flags.flatMap((flag) => {
      const places = flag.names.map((each) => quote(`${joinPath(path)}:${each}`));
      return flag.value ? [`    ${places.join(" | ")}) ${offer([flag.value.values], [])} ;;`] : [];
    }),
  );
  return `# bash completion for ${program}. To load it: eval "$(${program} completion bash)"

${name}() {
  local cur=\${COMP_WORDS[COMP_CWORD]} prev=\${COMP_WORDS[COMP_CWORD - 1]} place= word
  local flags words registries files IFS=$' \\t\\n'
  COMPREPLY=()
  for word in "\${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
    case $place/$word in
      ${paths.map(quote).join(" | ")}) place=$place/$word ;;
    esac
  done
  # bash splits --option=value into three words.
  if [[ $cur == = ]]; then
    cur=
  elif [[ $prev == = ]]; then
    prev=\${COMP_WORDS[COMP_CWORD - 2]}
  fi
  case $place in
${atPlaces.join("\n")}
  esac
  case $place:$prev in
${afterFlags.join("\n")}
  esac
  if [[ $cur == -* ]]; then
    words=$flags registries= files=
  fi
  while IFS= read -r word; do
    if [[ -n $word && $word == "$cur"* ]]; then COMPREPLY+=("$word"); fi
  done < <(
    printf '%s\\n' $words
    if [[ -n $registries ]]; then ${program} completion --registries 2>/dev/null; fi
  )
  if [[ -n $files ]]; then
    compopt -o filenames 2>/dev/null
    while IFS= read -r word; do COMPREPLY+=("$word"); done < <(compgen -f -- "$cur")
  fi
}

complete -F ${name} ${program}
`;
}

const joinPath = (path: readonly string[]): string => path.map((each) => `/${each}`).join("");

/** The possible words at this position, as shell assignments. */
function offer(values: readonly Values[], flags: readonly string[]): string {
  const words = values.flatMap((each) => (each.kind === "words" ? each.words : []));
  const has = (kind: Values["kind"]) => (values.some((each) => each.kind === kind) ? "yes" : "");
  return `flags=${quote(flags.join(" "))} words=${quote(words.join(" "))} registries=${has("registries")} files=${has("files")}`;
}

function quote(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
