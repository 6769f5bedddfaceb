/** Words as groff and mandoc print them, whatever they hold. In one line; no line of its own: see `fill`. */
export function roff(text: string): string {
  return text.replace(/[\\\-'^~`]/g, (sign) => signs[sign] ?? sign).replace(/\s+/g, " ");
}

/** Lines of running text, none of which is taken for a request. */
export function fill(words: string): string {
  return words.replace(/(.{1,78})( |$)/g, (_, line) => `${protect(line)}\n`).trimEnd();
}

/** At the start of a line these two make a request of it. */
function protect(line: string): string {
  return line.replace(/^(?=[.'])/, "\\&");
}

// By name, for some are printed as typographic signs and can then not be copied into a shell.
const signs: Readonly<Record<string, string>> = {
  "\\": "\\e",
  "-": "\\-",
  "'": "\\(aq",
  "^": "\\(ha",
  "~": "\\(ti",
  "`": "\\(ga",
};

/** A paragraph of Markdown with no more than code, bold, addresses and links, as lines. */
export function roffOfMarkdown(text: string): string {
  const words = text
    .trim()
    .split(/(`[^`]+`|\*\*[^*]+\*\*|<https?:[^>]+>|\[[^\]]+\]\([^)]+\))/)
    .map((part) => {
      const bold = /^`(.+)`$|^\*\*(.+)\*\*$/s.exec(part);
      if (bold) return `\\fB${roff(bold[1] ?? bold[2] ?? "")}\\fR`;
      return roff(/^<(.+)>$|^\[(.+)\]\(/.exec(part)?.slice(1).find(Boolean) ?? part);
    })
    .join("");
  return fill(words);
}

/** Lines as they stand. */
export function roffLines(lines: readonly string[]): string[] {
  return [".PP", ".RS 4", ".nf", ...lines.map(roffLine), ".fi", ".RE"];
}

function roffLine(line: string): string {
  const indent = /^ */.exec(line)?.[0] ?? "";
  return `${indent === "" ? "" : `\\&${indent}`}${protect(roff(line.slice(indent.length)))}`;
}
