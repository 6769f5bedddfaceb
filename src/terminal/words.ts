/** "1 token", "2 tokens" */
export function plural(count: number, one: string, many = `${one}s`): string {
  return `${count} ${count === 1 ? one : many}`;
}

export const pluralRegistries = (count: number): string => plural(count, "registry", "registries");

/** A text for users with the home folder as "~". */
export function withTilde(text: string, home: string | undefined): string {
  return home === undefined || home === "/" ? text : text.replaceAll(`${home}/`, "~/");
}

/** Milliseconds in a readable form: "11h 20m", "4m", "30s". */
export function readableDuration(milliseconds: number): string {
  const seconds = Math.max(0, Math.floor(milliseconds / 1000));
  const [hours, minutes] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60];
  if (hours > 0) return `${hours}h ${minutes}m`;
  return minutes > 0 ? `${minutes}m` : `${seconds}s`;
}
