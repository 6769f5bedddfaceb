import { type Problem, quoted } from "./problem.ts";

/** Keys of config.yaml that have a value on the same line or below. */
const keys =
  "version|minValidity|identities|registries|aliases|fallback|store|outputs|profile|roleArn|source|externalId|sessionName|duration|region|account|regions|host|identity|replication|follow|dockerConfig|kubernetesSecret|name|namespaces|selector|all|serviceAccounts|serviceAccountNames|kubeconfig|context";
const fieldsOfIdentities = /^(?:profile|roleArn|source|externalId|sessionName|duration|region)$/;

const gluedKey = new RegExp(`(^\\s*(?:- +)*|[{,] *)(${keys}):(?=[^\\s,}])([^\\s,}#]*)`, "g");
const roleInBraces = /\{[^"'#]*?(roleArn: +)(arn:[^\s,"']*\{account\}[^\s,"'}]*)/;
const openQuote = /(?:[:[{,-] +|^\s*)("(?:[^"\\]|\\.)*|'[^']*)$/;
const curlyQuote = /(?:[:[{,-] *)([“”„‟‘’‚‛«»])([^“”„‟‘’‚‛«»]*)/g;
const keyOfLine = /^( *)((?:- +)*)([\w.@-]+):(?: +(\S.*))?$/;

/** Characters; longer lines are only checked by the parser. */
const longestLine = 1_000;
/** The number of lines above that are compared with a line. */
const mostAbove = 200;

interface Line {
  readonly text: string;
  /** The offset of its first character in the file. */
  readonly offset: number;
  /** The columns of its key; undefined if it has none. */
  readonly columns: ReturnType<typeof columnsOf>;
}

/**
 * Common mistakes in YAML, found line by line. Used for a text that has errors: a parser reports only the first mistake,
 * and only the position where it stopped.
 */
export function syntaxHints(text: string): readonly Problem[] {
  const lines: Line[] = [];
  let offset = 0;
  for (const line of text.split("\n")) {
    const own = line.replace(/\r$/, "");
    lines.push({ text: own, offset, columns: columnsOf(own) });
    offset += line.length + 1;
  }
  return lines.flatMap((line, index) => {
    if (line.text.length > longestLine || /^\s*(?:#|$)/.test(line.text)) return [];
    const hints = [...curlyQuotes(line), ...gluedKeys(line), ...unquotedRole(line), ...unclosedQuote(line)];
    return hints.length > 0 ? hints : indentation(lines, index);
  });
}

function hint({ offset }: Line, column: number, what: string, fix: string): Problem {
  return { code: "CONFIG_SYNTAX", offset: offset + column, what, fix };
}

function curlyQuotes(line: Line): Problem[] {
  return [...line.text.matchAll(curlyQuote)].map((match) => {
    const [whole, quote = "", value = ""] = match;
    const what = `${quote} is not a quote in YAML`;
    return hint(line, match.index + whole.indexOf(quote), what, `write straight quotes: "${short(value)}"`);
  });
}

function gluedKeys(line: Line): Problem[] {
  return [...line.text.matchAll(gluedKey)].map((match) => {
    const [, before = "", key = "", value = ""] = match;
    const what = `a space is missing after ${key}:`;
    return hint(line, match.index + before.length, what, `write ${key}: ${short(value)}`);
  });
}

function unquotedRole(line: Line): Problem[] {
  const match = roleInBraces.exec(line.text);
  if (!match) return [];
  const [whole, , role = ""] = match;
  const column = match.index + whole.length - role.length;
  const what = "a text with { and } needs quotes inside { }";
  return [hint(line, column, what, `write roleArn: "${short(role)}"`)];
}

function unclosedQuote(line: Line): Problem[] {
  const match = openQuote.exec(line.text);
  const [, value = ""] = match ?? [];
  if (!match) return [];
  const quote = value.slice(0, 1);
  const [, inner = "", rest = ""] = /^.([^,}\]]*?)( *[,}\]].*)?$/.exec(value) ?? [];
  const what = `the quote ${quote} is not closed on its line`;
  return [
    hint(line, line.text.length - value.length, what, `write ${quote}${short(inner)}${quote}${short(rest)}`),
  ];
}

/** A line whose indentation matches no line above, or a field with the same indentation as the key that it belongs to. */
function indentation(lines: readonly Line[], index: number): Problem[] {
  const line = lines[index];
  const own = line?.columns;
  if (!line || !own) return [];
  const above = lines.slice(Math.max(0, index - mostAbove), index);
  const before = above.findLast(({ columns }) => columns !== undefined);
  const previous = before?.columns;
  if (!before || !previous) return [];
  if (own.indent === previous.key && previous.isOpen && own.indent > 0 && fieldsOfIdentities.test(own.name)) {
    const what = `${own.name} has the same indentation as ${previous.name}, which it belongs to`;
    return [hint(line, own.indent, what, `indent it by ${own.indent + 2} spaces`)];
  }
  const columns = columnsIn(above);
  if (own.isItem || columns.has(own.indent) || own.indent > Math.max(...columns)) return [];
  const away = (column: number) => Math.abs(column - own.indent);
  const [nearest = 0] = [...columns].sort((a, b) => away(a) - away(b) || b - a);
  const spaces = (count: number) => `${count} ${count === 1 ? "space" : "spaces"}`;
  const what = `${own.name} is indented by ${spaces(own.indent)}, unlike every line above it`;
  return [hint(line, own.indent, what, `indent it by ${nearest}, like the lines that it belongs to`)];
}

/** The columns at which the next line may continue: from bottom to top, those of lines with less indentation. */
function columnsIn(lines: readonly Line[]): ReadonlySet<number> {
  const columns = new Set<number>([0]);
  let least = Infinity;
  for (const { columns: own } of lines.toReversed()) {
    if (!own) continue;
    for (const column of [own.key, own.indent]) {
      if (column < least) {
        columns.add(column);
        least = column;
      }
    }
    if (least === 0) break;
  }
  return columns;
}

function columnsOf(text: string) {
  if (text.length > longestLine) return undefined;
  const match = keyOfLine.exec(text);
  if (!match) return undefined;
  const [, indent = "", dashes = "", name = "", value] = match;
  return {
    indent: indent.length,
    key: indent.length + dashes.length,
    name,
    isItem: dashes !== "",
    isOpen: value === undefined || value.startsWith("#"),
  };
}

function short(value: string): string {
  return quoted(value).slice(1, -1);
}
