/** A text for people with the home folder as "~". */
export function withTilde(text: string, home: string | undefined): string {
  return home === undefined || home === "/" ? text : text.replaceAll(`${home}/`, "~/");
}
