/** The codes of `Failure` that a source text makes, and the makings of which that can't be told. */
export interface CodesFound {
  readonly codes: readonly string[];
  /** First arguments of `new Failure` that are neither a text nor a code made elsewhere. */
  readonly unclear: readonly string[];
}

/**
 * Finds codes by the house's ways to write one: `new Failure("X"`, `super("X"` where a class extends it, `code: "X"` or
 * `code = "X"`, and the members of a type whose name ends with Code. What passes on a code that is called so
 * (`new Failure(failed.code, …)`) makes none.
 */
export function codesIn(source: string): CodesFound {
  const text = withoutComments(source);
  const making = /extends Failure\b/.test(text)
    ? /(?:new Failure|\bsuper)\(\s*([^,]*?)\s*,/g
    : /new Failure\(\s*([^,]*?)\s*,/g;
  const makings = [...text.matchAll(making)].map(([, first = ""]) => first);
  const fields = [...text.matchAll(/\bcode\??\s*[:=]\s*((?:\|?\s*"[^"]*"\s*)+)/g)].map(
    ([, value = ""]) => value,
  );
  // An error of the system's kind has one as well, but is no failure of ours.
  const system = [...text.matchAll(/Object\.assign\(new Error\([^)]*\), \{ code: ("[^"]*")/g)].map(
    ([, value = ""]) => value,
  );
  const types = [...text.matchAll(/\btype \w*Code =([^;]*);/g)].map(([, members = ""]) => members);
  return {
    codes: [...makings, ...types, ...without(fields, system)].flatMap(literals).filter(isCode),
    unclear: makings.filter((first) => literals(first).length === 0 && !/^(?:\w+\.)*code$/.test(first)),
  };
}

function withoutComments(source: string): string {
  return source.replace(/\/\*[\s\S]*?\*\/|(?<![:"'`\w])\/\/.*$/gm, "");
}

function literals(text: string): string[] {
  return [...text.matchAll(/"([^"]*)"/g)].map(([, literal = ""]) => literal);
}

function isCode(text: string): boolean {
  return /^[A-Z][A-Z0-9]*(_[A-Z0-9]+)*$/.test(text);
}

/** The list less one of each of `taken`. */
function without(list: readonly string[], taken: readonly string[]): string[] {
  const left = [...list];
  for (const each of taken) {
    const at = left.findIndex((value) => value.trim() === each);
    if (at >= 0) left.splice(at, 1);
  }
  return left;
}
