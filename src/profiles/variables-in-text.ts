/** The environment variables that a command or script uses, as far as its text shows. */
export interface UsedVariables {
  readonly names: readonly string[];
  /** It may use any variable: it lists all of them, or calculates the name of one. */
  readonly isEvery: boolean;
}

/** A quote in a program, also within a text in quotes: `\"`, `b'`. */
const quote = String.raw`\\{0,4}[bruf]?\\{0,4}["'\x60]`;
const name = String.raw`([A-Za-z_]\w{0,127})`;
/** `.get`, `::var`, `.fetch`, `?.` */
const methods = String.raw`(?:(?:\?\.|\.|::|->)\w{1,24}[!?]?){0,3}`;

/** Each finds a name, in the languages that scripts are usually written in. */
const uses: readonly RegExp[] = [
  // $name, ${name}, ${#name}
  new RegExp(String.raw`\$\{?#?${name}`, "g"),
  // getenv("name"), environ['name'], ENV.fetch("name"), lookupEnv "name", env::var("name"), $_SERVER['name']
  new RegExp(String.raw`(?:env|_SERVER)\w{0,24}${methods}[\s([{]{0,4}${quote}${name}`, "gi"),
  // process.env.name, env.name, $ENV.name
  new RegExp(String.raw`env\w{0,16}\??\.${name}`, "gi"),
  // $ENV{name}, env(name)
  new RegExp(String.raw`env\w{0,16}[({]${name}[)}]`, "gi"),
  // $env:name
  new RegExp(`env:${name}`, "gi"),
  // "name" in os.environ
  new RegExp(String.raw`["'\x60]${name}["'\x60]\s+(?:not\s+)?in\s+(?:\w{1,24}\.){0,2}env`, "gi"),
  // [[ -v name ]], set -q name
  new RegExp(String.raw`(?:\[\[?\s+(?:!\s+)?-v|\bset\s+-q)\s+["']?${name}`, "g"),
  // %name%
  new RegExp(`%${name}%`, "g"),
];

/** Upper case, in any place, but not the parts of a text in Base64. A long one without "_" is rather a key. */
const upperCase = /(?<![\w/+])[A-Z_][A-Z0-9_]{1,127}(?![\w/+])/g;
const shortestKey = 16;

const printenv = /\bprintenv((?:[ \t]+["']?[A-Za-z_]\w{0,127}["']?)+)/g;

/** A name in quotes, and nothing added to it. */
const literal = String.raw`${quote}\w{1,128}\\{0,4}["'\x60]\s*[\]),]`;

/** Each finds a use of every variable, in any language. */
const usesOfAll: readonly RegExp[] = [
  // ${!name} but not the indexes of an array, ${(P)name}
  /\$\{!(?!\w{1,128}\[[@*]\]\})|\$\{\([^)]{0,8}P/,
  // process.env[name], ENVIRON[name]
  new RegExp(String.raw`(?<![A-Za-z0-9])_?(?:env|environb?|SERVER)\s*(?:\?\.)?\[\s*(?!\s|${literal})`, "i"),
  // getenv(name), environ.get(name), ENV.fetch(name)
  new RegExp(
    String.raw`(?:get_?env|lookup_?env|getenvironmentvariables?|environb?\.(?:get|pop|setdefault)|env\.(?:get|fetch|dig|has|key\?|include\?)|env::var(?:_os)?)\s*\(\s*(?!\s|${literal})`,
    "i",
  ),
  /\bENV\.fetch +[a-z]|\$ENV\{\s*\$|[%@]ENV\b|\$ENV\s*(?:\||as\b)|\$_(?:ENV|SERVER)\b(?!\s*\[)/,
  /\bENV\.(?!fetch|dig|key\?|include\?|has_key\?|member\?|delete|store|update|merge|replace)[a-z]\w*(?:\s*[{(&]|\s+do\b|\.|\s*$)/m,
  /\benviron\.(?:items|keys|values|copy)\b|\benv\.toObject\b|\benv::vars|\bos\.Environ\(|\/proc\/\S{0,40}environ/,
  // process.env and os.environ as a whole, unless they are the environment of another program
  /(?<!\.\.\.|\benv\s*:\s*)(?:process|\bmeta|Deno|Bun)\.env(?![\w.?[]|\s*\[)/,
  /(?<!\*\*|\benv\s*=\s*|\bin\s)\bos\.environb?(?![\w.[]|\s*\[)/,
  /\benvsubst\b|\[ -v ["']?\$|(?<![\w.])eval\s*\(/,
  /["'`]\s*env\s*\||\bprintenv["'`]|\bprintenv[ \t]+["']?\$/,
];

/** Each finds a use of every variable in a shell. */
const usesOfAllInShell: readonly RegExp[] = [
  /(?:^|[;&|`\n"']|\$\()[ \t]*(?:\S{0,80}\/)?(?:env|printenv)(?:[ \t]+-0|[ \t]+--null)?[ \t]*(?=$|[;&|)`\n<>])/m,
  /(?:^|[;&|`\n]|\$\()[ \t]*(?:set|export(?: +-p)?|(?:declare|typeset)(?: +-[px]+)?|compgen +-[a-zA-Z ]{0,40}[ev])[ \t]*(?=$|[;&|)`\n<>])/m,
  /(?:declare|local|typeset)\s+-\w*n/,
  // Not `eval set -- "$options"`, and not a text without variables of its own.
  /(?<![\w.$-])eval[ \t]+(?!set\s+-|\{|')/,
];

/**
 * @param isSet whether there is a variable of a name now. A word in upper case counts only then: it may be part of a
 *   password, and names are stored
 */
export function variablesInCommand(command: string, isSet: (name: string) => boolean): UsedVariables {
  return variablesIn(command, true, isSet);
}

/** @param path of the script, for its language */
export function variablesInScript(
  path: string,
  text: string,
  isSet: (name: string) => boolean,
): UsedVariables {
  const isNamed = (name: string) => name.length < shortestKey || name.includes("_") || isSet(name);
  return variablesIn(text, isShellScript(path, text), isNamed);
}

function variablesIn(
  text: string,
  isShell: boolean,
  isVariable: (upperCase: string) => boolean,
): UsedVariables {
  const names = new Set<string>();
  for (const use of uses) for (const [, found = ""] of text.matchAll(use)) names.add(found);
  for (const [found] of text.matchAll(upperCase)) if (isVariable(found)) names.add(found);
  for (const [, found = ""] of text.matchAll(printenv)) {
    for (const [each] of found.matchAll(/\w+/g)) names.add(each);
  }
  // Every Perl script has $_, and each shell sets the variable to another value.
  names.delete("_");
  const ofAll = isShell ? [...usesOfAll, ...usesOfAllInShell] : usesOfAll;
  return { names: [...names], isEvery: ofAll.some((use) => use.test(text)) };
}

const otherLanguage = /\.(?:py|rb|[cm]?[jt]s|pl|php|lua|tcl|go|rs|awk|jq|ps1|r|json|ya?ml|toml|ini)$/i;

/** Whether a script is for a shell, by its first line or else by its path. */
function isShellScript(path: string, text: string): boolean {
  const [firstLine = ""] = text.slice(0, 256).split("\n", 1);
  return firstLine.startsWith("#!") ? /sh\b/.test(firstLine) : !otherLanguage.test(path);
}
