import { type AwsFiles, parseAwsFiles } from "../../../src/profiles/config-files.ts";

/** Settings by section header, or the text itself. */
export type FileContent = string | Readonly<Record<string, Readonly<Record<string, string>>>>;

/** AWS files with that content; in messages their paths are /aws/config and /aws/credentials. */
export function awsFiles(config: FileContent, credentials: FileContent = ""): AwsFiles {
  const paths = { configPath: "/aws/config", credentialsPath: "/aws/credentials", variables: [] };
  return parseAwsFiles(paths, textOf(config), textOf(credentials));
}

function textOf(content: FileContent): string {
  if (typeof content === "string") return content;
  const sections = Object.entries(content).map(([header, settings]) => {
    const lines = Object.entries(settings).map(([name, value]) => `${name} = ${value}\n`);
    return `[${header}]\n${lines.join("")}`;
  });
  return sections.join("\n");
}
