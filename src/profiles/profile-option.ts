/** " --profile NAME" for a command of the AWS CLI in a shell; empty for the default profile. */
export function profileOption(name: string | undefined): string {
  return name === undefined || name === "default" ? "" : ` --profile ${shellQuoted(name)}`;
}

export function shellQuoted(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}
