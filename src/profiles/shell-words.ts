/**
 * Splits a text at blanks like Python's shlex.split, which the AWS CLI uses for section names: quotes keep words
 * together, and a backslash escapes the next character.
 *
 * @returns undefined if a quote is not closed
 */
export function shellWords(text: string): readonly string[] | undefined {
  const words: string[] = [];
  let word: string | undefined;
  let quote = "";
  for (let at = 0; at < text.length; at++) {
    const char = text.charAt(at);
    if (quote === "'" || quote === '"') {
      if (char === quote) quote = "";
      else if (char === "\\" && quote === '"') {
        const next = text.charAt(++at);
        if (next === "") return undefined;
        word += next === '"' || next === "\\" ? next : `\\${next}`;
      } else word += char;
    } else if (char === "'" || char === '"') {
      quote = char;
      word ??= "";
    } else if (char === "\\") {
      const next = text.charAt(++at);
      if (next === "") return undefined;
      word = (word ?? "") + next;
    } else if (/[ \t\r\n]/.test(char)) {
      if (word !== undefined) words.push(word);
      word = undefined;
    } else word = (word ?? "") + char;
  }
  if (quote !== "") return undefined;
  if (word !== undefined) words.push(word);
  return words;
}

/** " --profile NAME" for a command of the AWS CLI in a shell; empty for the default profile. */
export function profileOption(name: string | undefined): string {
  return name === undefined || name === "default" ? "" : ` --profile ${shellQuoted(name)}`;
}

export function shellQuoted(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}
