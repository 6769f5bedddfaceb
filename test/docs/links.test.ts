import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { dirname, join, normalize } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../..", import.meta.url));
const folders = ["*.md", "docs/**/*.md", "examples/**/*.md", ".github/**/*.md"];
const pages = folders.flatMap((each) => [...new Bun.Glob(each).scanSync({ cwd: root, dot: true })]);

/** The text without code, in which brackets are no links. */
function prose(path: string): string {
  const text = readFileSync(join(root, path), "utf8");
  return text
    .replace(/^```[\s\S]*?^```$/gm, "")
    .replace(/`[^`\n]*`/g, (code) => code.replace(/[[\]()]/g, "_"));
}

/** The anchors that GitHub gives a page's headings. */
function anchorsOf(path: string): ReadonlySet<string> {
  const anchors = new Set<string>();
  const text = readFileSync(join(root, path), "utf8").replace(/^```[\s\S]*?^```$/gm, "");
  for (const [, heading = ""] of text.matchAll(/^#{1,6} +(.+?) *$/gm)) {
    const plain = heading.replace(/\[([^\]]*)\]\([^)]*\)/g, "$1").toLowerCase();
    const anchor = plain.replace(/[^\p{L}\p{N}\p{M} _-]/gu, "").replaceAll(" ", "-");
    let free = anchor;
    for (let n = 1; anchors.has(free); n++) free = `${anchor}-${n}`;
    anchors.add(free);
  }
  return anchors;
}

interface Link {
  readonly page: string;
  readonly target: string;
}

const links: readonly Link[] = pages.flatMap((page) =>
  [...prose(page).matchAll(/\]\(([^)\s]+)\)/g)].map(([, target = ""]) => ({ page, target })),
);
const internal = links.filter(({ target }) => !/^[a-z]+:/.test(target));

function problemOf({ page, target }: Link): string | undefined {
  const [path = "", anchor] = target.split("#", 2);
  const file = path === "" ? page : normalize(join(dirname(page), decodeURIComponent(path)));
  if (!existsSync(join(root, file))) return `${page}: ${target}: no such file`;
  if (anchor === undefined || !file.endsWith(".md")) return undefined;
  return anchorsOf(file).has(anchor) ? undefined : `${page}: ${target}: no such heading`;
}

describe("links in the documentation", () => {
  it("lead to files and headings that exist", () => {
    assert.ok(internal.length > 30, `${internal.length} links`);
    assert.deepEqual(
      internal.flatMap((link) => problemOf(link) ?? []),
      [],
    );
  });

  it("are seen to be broken where they are", () => {
    assert.match(problemOf({ page: "README.md", target: "docs/nowhere.md" }) ?? "", /no such file/);
    assert.match(problemOf({ page: "README.md", target: "docs/errors.md#nowhere" }) ?? "", /no such heading/);
  });

  it("reach every page of docs/ from its index", () => {
    const reached = new Set(
      links.filter(({ page }) => page === "docs/README.md").map(({ target }) => join("docs", target)),
    );
    const missing = pages.filter(
      (page) => page.startsWith("docs/") && page !== "docs/README.md" && !reached.has(page),
    );
    assert.deepEqual(missing, []);
  });
});
