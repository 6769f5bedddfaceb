import { type Document, type ErrorCode, parseDocument } from "yaml";
import type { Problem } from "./problem.ts";
import { Located } from "./source-positions.ts";

/** What is wrong and the fix, by YAML's own codes. The library's texts may quote the file, so they are not shown. */
const complaints: Partial<Record<ErrorCode, readonly [what: string, fix: string]>> = {
  TAB_AS_INDENT: ["a tab indents this line", "indent it with spaces"],
  MULTIPLE_DOCS: ["a second document begins here", "keep one document: remove this line and what follows it"],
  BAD_ALIAS: ["* begins an alias that has no name", 'put a text that begins with * in quotes: "*"'],
  BAD_SCALAR_START: ["a text can't begin with this character", "put it in quotes"],
  BAD_INDENT: ["the indentation is wrong, or a bracket above is not closed", "line it up with its siblings"],
  MISSING_CHAR: ["a quote, bracket, comma or colon is missing", "put it in"],
  NON_STRING_KEY: ["this key is no plain text", "write a plain text before the colon"],
  BLOCK_AS_IMPLICIT_KEY: [
    "a mapping can't begin here",
    "put it on lines of its own, or a text with a colon in quotes",
  ],
  MULTILINE_IMPLICIT_KEY: [
    "a key goes on over several lines",
    "end the line before with a colon, or add its quote",
  ],
  BAD_DQ_ESCAPE: ["an unknown escape in double quotes", "use single quotes, or two backslashes for one"],
  TAG_RESOLVE_FAILED: ["a tag that config.yaml knows nothing of", "remove the word that begins with !"],
  BAD_DIRECTIVE: ["a directive that config.yaml knows nothing of", "remove the line that begins with %"],
  UNEXPECTED_TOKEN: ["YAML does not expect this here", "compare the line with the example in docs/config.md"],
};

const notYaml = ["this is not valid YAML", "compare the line with the example in docs/config.md"] as const;

/** The YAML text of a config as plain values that know their places; or what is wrong with it. */
export function readYaml(text: string): Located | readonly Problem[] {
  let document: Document.Parsed;
  try {
    document = parseDocument(text, {
      // Whatever a %YAML directive says: an account or a "no" must not change its meaning.
      schema: "core",
      resolveKnownTags: false,
      stringKeys: true,
      prettyErrors: false,
      // Not "silent": that one is silent on second documents too.
      logLevel: "error",
      // Located looks for these, faster.
      uniqueKeys: false,
    });
  } catch {
    // Brackets in brackets without end exhaust the stack.
    return [problem(0, ["the YAML is too deep", "flatten it"])];
  }
  const problems = [...document.errors, ...document.warnings].map(({ code, pos }) =>
    problem(pos[0], complaints[code] ?? notYaml),
  );
  if (problems.length > 0) return problems;
  const located = new Located(document.contents);
  return located.errors.length > 0 ? located.errors.map((each) => problem(each.offset, each.told)) : located;
}

function problem(offset: number, [what, fix]: readonly [string, string]): Problem {
  return { code: "CONFIG_SYNTAX", offset, what, fix };
}
