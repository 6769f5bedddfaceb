import { chmodSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { programPath } from "./program.ts";
import { configPath, type User } from "./user.ts";

export const root = fileURLToPath(new URL("../../..", import.meta.url));

/** A code block of a page. */
export interface Block {
  readonly language: string;
  readonly text: string;
}

/** The code blocks of a page, in order. @param path relative to the repository */
export function blocksOf(path: string): readonly Block[] {
  return blocksIn(readFileSync(join(root, path), "utf8"));
}

/** The code blocks between a heading of a page and the next heading. */
export function blocksUnder(path: string, heading: string): readonly Block[] {
  const section: string[] = [];
  let [isInBlock, isInSection, isFound] = [false, false, false];
  for (const line of readFileSync(join(root, path), "utf8").split("\n")) {
    // In a block, such a line is a comment.
    const [, title] = isInBlock ? [] : (/^#+ (.*)$/.exec(line) ?? []);
    if (line.startsWith("```")) isInBlock = !isInBlock;
    if (title !== undefined) isInSection = title === heading;
    isFound ||= isInSection;
    if (isInSection) section.push(line);
  }
  if (!isFound) throw new Error(`${path} has no heading "${heading}"`);
  return blocksIn(section.join("\n"));
}

/** The command lines of the blocks that are commands. */
export const commandsOf = (blocks: readonly Block[]): readonly string[] =>
  blocks.flatMap(({ language, text }) => (language === "sh" ? text.trim().split("\n") : []));

function blocksIn(page: string): readonly Block[] {
  return [...page.matchAll(/^```(\w+)\n([\s\S]*?)^```$/gm)].map(([, language = "", text = ""]) => ({
    language,
    text,
  }));
}

/** The file below HOME for a block that is not a command, by language. */
const files: Readonly<Record<string, string>> = { yaml: configPath, ini: ".aws/config" };

/** A shell script that follows the page like a reader: runs the commands and writes the files, in order. */
export function scriptOf(blocks: readonly Block[]): string {
  const steps = blocks.flatMap(({ language, text }) => {
    if (language === "sh") return [text];
    const file = files[language];
    return file === undefined
      ? []
      : [`(umask 077; cat >"$HOME/${file}" <<'EOF-OF-BLOCK'\n${text}EOF-OF-BLOCK\n)\n`];
  });
  return `set -e\ncd "$CHECKOUT"\n${steps.join("")}`;
}

/**
 * The programs that a guide uses, in a folder on the user's PATH. The installer checks the command line with the real
 * installer's --dry-run, then configures Docker as that would. docker and packer call the helper that Docker's config
 * names for the host, and need a token from it; the end-to-end tests have the real ones.
 *
 * @param signIn the text of the file that `aws sso login` writes, and its path below HOME
 */
export function prepareGuide(user: User, signIn?: { readonly path: string; readonly text: string }): void {
  const bin = join(user.home, ".local/bin");
  const checkout = join(user.home, "checkout");
  mkdirSync(bin, { recursive: true, mode: 0o700 });
  for (const folder of [checkout, join(user.home, ".aws"), dirname(join(user.home, configPath))])
    mkdirSync(folder, { recursive: true, mode: 0o700 });
  const place = (path: string, script: string) => {
    writeFileSync(path, `#!/bin/bash\nset -euo pipefail\n${script}`);
    chmodSync(path, 0o755);
  };
  place(join(checkout, "install.sh"), installer);
  place(join(bin, "docker"), docker);
  place(join(bin, "sudo"), sudo);
  place(join(bin, "packer"), packer);
  if (signIn) {
    const file = join(user.home, signIn.path);
    place(
      join(bin, "aws"),
      `[ "$*" = "sso login --profile build" ]\nmkdir -p ${dirname(file)}\ncat >${file} <<'END'\n${signIn.text}\nEND\n`,
    );
  }
  user.env.CHECKOUT = checkout;
  user.env.REPOSITORY = root;
  user.env.PATH = `${bin}:${dirname(programPath())}:/usr/bin:/bin`;
}

const installer = `
[ "$*" != --uninstall ] || exec docker-credential-ecr configure-docker --undo --everywhere
"$REPOSITORY/install.sh" --dry-run --prefix "$HOME/.local" "$@" >/dev/null
case "$*" in *.*) ;; *) exit 0 ;; esac
registries=()
for word in "$@"; do
  case $word in *.*) registries+=("$word") ;; esac
done
docker-credential-ecr configure-docker "\${registries[@]}"
`;

/** Runs with the PATH of sudo's secure_path, and prints what it would do. */
const sudo = `
exec env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root SUDO_UID=65534 "$@" --dry-run
`;

const docker = `
[ "$1" = pull ]
host=\${2%%/*}
grep -q "\\"$host\\": \\"ecr\\"" "\${DOCKER_CONFIG:-$HOME/.docker}/config.json"
printf %s "$host" | docker-credential-ecr get | grep -q '"Username":"AWS"'
echo "pulled $2"
`;

const packer = `
[ "$1" = build ]
[ -d "$DOCKER_CONFIG" ]
template=$REPOSITORY/\${*: -1}
while [ "$2" = -var ]; do grep -q "^variable \\"\${3%%=*}\\"" "$template"; shift 2; done
image=$(grep -o '[0-9]*[.]dkr[.]ecr[^"]*/base:1' "$template")
docker pull "$image"
echo "built $template"
`;
