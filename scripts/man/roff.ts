/** Escapes text within a line, so that groff and mandoc print it unchanged. For whole lines see `fill`. */
export function roff(text: string): string {
  return text.replace(/[\\\-'^~`]/g, (sign) => signs[sign] ?? sign).replace(/\s+/g, " ");
}

/** Lines of running text, none of which is interpreted as a request. */
export function fill(words: string): string {
  return words.replace(/(.{1,78})( |$)/g, (_, line) => `${protect(line)}\n`).trimEnd();
}

/** These two characters at the start of a line begin a request. */
function protect(line: string): string {
  return line.replace(/^(?=[.'])/, "\\&");
}

// By name, because some are printed as typographic characters, which can't be copied into a shell.
const signs: Readonly<Record<string, string>> = {
  "\\": "\\e",
  "-": "\\-",
  "'": "\\(aq",
  "^": "\\(ha",
  "~": "\\(ti",
  "`": "\\(ga",
};

/** A paragraph of Markdown with code, bold, URLs and links, as lines. */
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

/** Lines unchanged. */
export function roffLines(lines: readonly string[]): string[] {
  return [".PP", ".RS 4", ".nf", ...lines.map(roffLine), ".fi", ".RE"];
}

function roffLine(line: string): string {
  const indent = /^ */.exec(line)?.[0] ?? "";
  return `${indent === "" ? "" : `\\&${indent}`}${protect(roff(line.slice(indent.length)))}`;
}
