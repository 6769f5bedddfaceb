import { endOfNumber } from "./number.ts";

/**
 * JSON as Go's encoding/json accepts it, since Docker and podman are written in Go: no comments, no byte order mark, at
 * most 10,000 levels, and half a surrogate pair becomes U+FFFD.
 */
export interface Node {
  readonly type: "object" | "array" | "property" | "string" | "number" | "boolean" | "null";
  readonly offset: number;
  readonly length: number;
  /** The decoded value of a string. */
  readonly value: string | undefined;
  /**
   * The properties of an object; the key and value of a property. Arrays, and objects inside three others, are not
   * needed: their syntax is checked, but they have no nodes.
   */
  readonly children: readonly Node[];
  readonly parent: Node | undefined;
}

export interface JsonText {
  readonly root?: Node;
  /** Why the text is not JSON, with line and column; absent for valid JSON. */
  readonly problem?: string;
  /** The offset of text after the value, which Docker does not read. */
  readonly rest?: number;
}

/** Go's limit: encoding/json, scanner.go (maxNestingDepth). */
const deepest = 10_000;
/** Levels of objects that have nodes: the root, `auths`, and its entries. */
const deepestRead = 3;

/** Parses a text, or returns the result for the same text as before: a command reads a large file several times. */
export function parseJson(text: string): JsonText {
  if (last?.text !== text) last = { text, parsed: parse(text) };
  return last.parsed;
}

let last: { readonly text: string; readonly parsed: JsonText } | undefined;

function parse(text: string): JsonText {
  try {
    const reader = new Reader(text);
    const root = reader.value(0, undefined);
    const rest = reader.skipBlanks();
    return rest === text.length ? { root } : { root, rest };
  } catch (error) {
    if (error instanceof SyntaxProblem) return { problem: describe(text, error.at, error.why) };
    throw error;
  }
}

/** Line and column, as editors count them. */
export function placeOf(text: string, offset: number): string {
  const before = text.slice(0, offset).split("\n");
  return `line ${before.length}, column ${(before.at(-1)?.length ?? 0) + 1}`;
}

class SyntaxProblem extends Error {
  constructor(
    readonly at: number,
    readonly why: string,
  ) {
    super(why);
  }
}

function describe(text: string, at: number, why: string): string {
  if (text.startsWith("\ufeff")) return "it starts with a byte order mark, which Docker does not accept";
  return `${why} in ${placeOf(text, at)}`;
}

interface Growing extends Node {
  length: number;
  readonly children: Growing[];
}

const quote = 0x22;
const comma = 0x2c;
const colon = 0x3a;
const bracket = 0x5b;
const backslash = 0x5c;
const brace = 0x7b;
const closingBrace = 0x7d;

/** The shared list of nodes without children: a file may have millions. */
const none: Growing[] = [];

const words: Readonly<Record<number, readonly [word: string, type: "null" | "boolean"]>> = {
  110: ["null", "null"],
  116: ["true", "boolean"],
  102: ["false", "boolean"],
};

/** Reads character codes one by one, since a config may have millions of values. */
class Reader {
  private at = 0;
  /** The closing character of each container that `skip` has entered. */
  private readonly closing: number[] = [];

  constructor(private readonly text: string) {}

  /** @param level the number of objects around it */
  value(level: number, parent: Growing | undefined): Growing {
    const offset = this.skipBlanks();
    const first = this.text.charCodeAt(offset);
    if (first === quote) return this.string(parent);
    if (first === brace && level < deepestRead) return this.object(level, parent);
    this.skip(level);
    const type = first === brace ? "object" : first === bracket ? "array" : (words[first]?.[1] ?? "number");
    return { type, offset, length: this.at - offset, value: undefined, children: none, parent };
  }

  skipBlanks(): number {
    for (; ; this.at++) {
      const code = this.text.charCodeAt(this.at);
      if (code !== 0x20 && code !== 0x0a && code !== 0x09 && code !== 0x0d) return this.at;
    }
  }

  private object(level: number, parent: Growing | undefined): Growing {
    const offset = this.at;
    const object: Growing = { type: "object", offset, length: 0, value: undefined, children: [], parent };
    this.at += 1;
    if (this.next() === closingBrace) this.at += 1;
    else {
      do object.children.push(this.property(level + 1, object));
      while (this.isFollowed(closingBrace));
    }
    object.length = this.at - offset;
    return object;
  }

  private property(level: number, parent: Growing): Growing {
    const offset = this.skipBlanks();
    const children: Growing[] = [];
    const property: Growing = { type: "property", offset, length: 0, value: undefined, children, parent };
    if (this.text.charCodeAt(offset) !== quote) throw this.unexpected();
    children.push(this.string(property));
    this.skipColon();
    children.push(this.value(level, property));
    property.length = this.at - offset;
    return property;
  }

  private string(parent: Growing | undefined): Growing {
    const offset = this.at;
    const isPlain = this.skipString();
    const raw = this.text.slice(offset, this.at);
    const value = isPlain ? raw.slice(1, -1) : (JSON.parse(raw) as string).toWellFormed();
    return { type: "string", offset, length: raw.length, value, children: none, parent };
  }

  /** Skips a value. A loop, not a recursion: a file must not be able to exhaust the stack. */
  private skip(level: number): void {
    const { closing } = this;
    const outside = closing.length;
    do {
      const first = this.next();
      if (first === brace || first === bracket) {
        if (level + closing.length >= deepest) throw new SyntaxProblem(this.at, "more than 10,000 levels");
        this.at += 1;
        const end = first + 2;
        if (this.next() !== end) {
          closing.push(end);
          if (end === closingBrace) this.skipKey();
          continue;
        }
        this.at += 1;
      } else this.skipScalar(first);
      // A value is complete, and perhaps the containers around it too.
      while (closing.length > outside && !this.isFollowed(closing.at(-1) as number)) closing.pop();
      if (closing.length > outside && closing.at(-1) === closingBrace) this.skipKey();
    } while (closing.length > outside);
  }

  private skipScalar(first: number): void {
    const word = words[first]?.[0];
    if (first === quote) this.skipString();
    else if (word === undefined) this.skipNumber();
    else if (this.text.startsWith(word, this.at)) this.at += word.length;
    else throw this.unexpected();
  }

  private skipKey(): void {
    if (this.next() !== quote) throw this.unexpected();
    this.skipString();
    this.skipColon();
  }

  private skipColon(): void {
    if (this.next() !== colon) throw this.unexpected();
    this.at += 1;
  }

  /** Skips the comma after a value, or the end of the container. @returns whether another value follows */
  private isFollowed(end: number): boolean {
    const code = this.next();
    if (code !== comma && code !== end) throw this.unexpected();
    this.at += 1;
    return code === comma;
  }

  /** @returns whether it has no escape */
  private skipString(): boolean {
    const { text } = this;
    let isPlain = true;
    for (this.at += 1; ; this.at++) {
      const code = text.charCodeAt(this.at);
      if (code === quote) break;
      // Also at the end of the text: a comparison with NaN is false.
      if (!(code >= 0x20)) throw this.unexpected();
      if (code !== backslash) continue;
      isPlain = false;
      this.skipEscape();
    }
    this.at += 1;
    return isPlain;
  }

  /** Stops at its last character. */
  private skipEscape(): void {
    this.at += 1;
    const kind = this.text[this.at] ?? "";
    if (kind === "" || !'"\\/bfnrtu'.includes(kind)) throw this.unexpected();
    if (kind !== "u") return;
    for (let digit = 0; digit < 4; digit++) {
      this.at += 1;
      if (!/[0-9a-fA-F]/.test(this.text[this.at] ?? "")) throw this.unexpected();
    }
  }

  private skipNumber(): void {
    const end = endOfNumber(this.text, this.at);
    if (end === undefined) throw this.unexpected();
    this.at = end;
  }

  /** The code of the next character that is not blank. */
  private next(): number {
    return this.text.charCodeAt(this.skipBlanks());
  }

  private unexpected(): SyntaxProblem {
    const isEnd = this.at >= this.text.length;
    return new SyntaxProblem(this.at, isEnd ? "an unexpected end" : "an unexpected character");
  }
}
