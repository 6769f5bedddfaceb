import { type Document, type ErrorCode, parseDocument } from "yaml";
import type { Problem } from "./problem.ts";
import { Located } from "./source-positions.ts";

/** The problem and the fix by the library's error codes. Its own messages may quote the file, so they are not shown. */
const complaints: Partial<Record<ErrorCode, readonly [what: string, fix: string]>> = {
  TAB_AS_INDENT: ["a tab indents this line", "indent it with spaces"],
  MULTIPLE_DOCS: ["a second document begins here", "keep one document: remove this line and what follows it"],
  BAD_ALIAS: [
    "* begins an alias, but there is no name after it",
    'put a text that begins with * in quotes: "*"',
  ],
  BAD_SCALAR_START: ["a text can't begin with this character", "put it in quotes"],
  BAD_INDENT: [
    "the indentation is wrong, or a bracket above is not closed",
    "indent it like the lines that it belongs to, or close the bracket",
  ],
  MISSING_CHAR: ["a quote, bracket, comma or colon is missing", "add it"],
  NON_STRING_KEY: ["this key is not plain text", "write plain text before the colon"],
  BLOCK_AS_IMPLICIT_KEY: [
    "a mapping can't begin here",
    "put it on separate lines, or quote a text with a colon",
  ],
  MULTILINE_IMPLICIT_KEY: [
    "a key continues over several lines",
    "add a colon at the end of the previous line, or the missing quote",
  ],
  BAD_DQ_ESCAPE: ["an unknown escape in double quotes", "use single quotes, or two backslashes for one"],
  TAG_RESOLVE_FAILED: ["config.yaml does not support tags", "remove the word that begins with !"],
  BAD_DIRECTIVE: ["config.yaml does not support directives", "remove the line that begins with %"],
  UNEXPECTED_TOKEN: ["YAML does not expect this here", "compare the line with the example in docs/config.md"],
};

const notYaml = ["this is not valid YAML", "compare the line with the example in docs/config.md"] as const;

/** The YAML text of a config as plain values with their positions, or its problems. */
export function readYaml(text: string): Located | readonly Problem[] {
  let document: Document.Parsed;
  try {
    document = parseDocument(text, {
      // Independent of a %YAML directive: an account or a "no" must not change its meaning.
      schema: "core",
      resolveKnownTags: false,
      stringKeys: true,
      prettyErrors: false,
      // Not "silent", which does not report a second document either.
      logLevel: "error",
      // `Located` detects duplicates, and is faster.
      uniqueKeys: false,
    });
  } catch {
    // Very deeply nested brackets exhaust the stack.
    return [problem(0, ["the YAML is nested too deeply", "flatten it"])];
  }
  const problems = [...document.errors, ...document.warnings].map(({ code, pos }) =>
    problem(pos[0], complaints[code] ?? notYaml),
  );
  if (problems.length > 0) return problems;
  const located = new Located(document.contents);
  return located.errors.length > 0
    ? located.errors.map((each) => problem(each.offset, each.complaint))
    : located;
}

function problem(offset: number, [what, fix]: readonly [string, string]): Problem {
  return { code: "CONFIG_SYNTAX", offset, what, fix };
}
