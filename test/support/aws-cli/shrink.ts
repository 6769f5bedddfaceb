import type { Situation } from "./situation.ts";

/**
 * A smaller situation that still has a property: without each variable, file and line that can go.
 *
 * @param limit how many situations are tried at most
 */
export async function shrink(
  situation: Situation,
  holds: (smaller: Situation) => Promise<boolean>,
  limit = 150,
): Promise<Situation> {
  let left = limit;
  let smallest = situation;
  for (let changed = true; changed; ) {
    changed = false;
    for (const smaller of smallerOnes(smallest)) {
      if (left-- <= 0) return smallest;
      if (!(await holds(smaller))) continue;
      smallest = smaller;
      changed = true;
      break;
    }
  }
  return smallest;
}

function* smallerOnes({ env, files, profileOption }: Situation): Generator<Situation> {
  const option = profileOption === undefined ? {} : { profileOption };
  if (profileOption !== undefined) yield { env, files };
  for (const path of Object.keys(files)) yield { env, files: without(files, path), ...option };
  for (const name of Object.keys(env)) yield { env: without(env, name), files, ...option };
  for (const [path, text] of Object.entries(files)) {
    for (const smaller of withoutParts(text, /(?=^\s*\[)/m))
      yield { env, files: { ...files, [path]: smaller }, ...option };
  }
  for (const [path, text] of Object.entries(files)) {
    for (const smaller of withoutParts(text, /(?<=\n)/))
      yield { env, files: { ...files, [path]: smaller }, ...option };
  }
}

function without<T>(of: Readonly<Record<string, T>>, key: string): Record<string, T> {
  return Object.fromEntries(Object.entries(of).filter(([each]) => each !== key));
}

function withoutParts(text: string, border: RegExp): string[] {
  const parts = text.split(border);
  if (parts.length < 2) return [];
  return parts.map((_, index) => parts.filter((__, each) => each !== index).join(""));
}
