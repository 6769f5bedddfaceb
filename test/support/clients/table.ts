import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const docs = fileURLToPath(new URL("../../../docs/", import.meta.url));

/** A row's cells by column; the first names the row. */
export type Row = ReadonlyMap<string, string>;

/**
 * A table of a page below docs/ that a run of the tests makes, behind the comment `<!-- generated: NAME -->`. With
 * UPDATE_GOLDEN=1 a run writes the cells that it made; those that it could not make stay.
 */
export class GeneratedTable {
  readonly #rows = new Map<string, Row>();

  readonly #page: string;

  constructor(
    page: string,
    readonly name: string,
    readonly columns: readonly string[],
  ) {
    this.#page = docs + page;
  }

  set(key: string, column: string, cell: string): void {
    const row = new Map(this.#rows.get(key) ?? [[this.columns[0] ?? "", key]]);
    this.#rows.set(key, row.set(column, cell));
  }

  /** The cells that this run has made. */
  made(key: string): Row {
    return this.#rows.get(key) ?? new Map();
  }

  /** What the page has. */
  documented(key: string, column: string): string | undefined {
    return this.read().get(key)?.get(column);
  }

  read(): ReadonlyMap<string, Row> {
    const [, , ...rows] = this.lines();
    const cellsOf = (line: string) => line.slice(2, -2).split(" | ");
    return new Map(
      rows.map((line) => {
        const cells = cellsOf(line);
        return [cells[0] ?? "", new Map(this.columns.map((column, index) => [column, cells[index] ?? ""]))];
      }),
    );
  }

  /** @param order of the rows */
  update(order: readonly string[]): void {
    const rows = new Map(this.read());
    for (const [key, row] of this.#rows) rows.set(key, new Map([...(rows.get(key) ?? []), ...row]));
    const keys = order.filter((key) => rows.has(key));
    const line = (cells: readonly string[]) => `| ${cells.join(" | ")} |`;
    const table = [
      line(this.columns),
      `|${"---|".repeat(this.columns.length)}`,
      ...keys.map((key) => line(this.columns.map((column) => rows.get(key)?.get(column) ?? "–"))),
    ];
    const text = readFileSync(this.#page, "utf8");
    const { start, end } = this.place(text);
    writeFileSync(this.#page, `${text.slice(0, start)}${table.join("\n")}\n${text.slice(end)}`);
  }

  private lines(): readonly string[] {
    const text = readFileSync(this.#page, "utf8");
    const { start, end } = this.place(text);
    return text.slice(start, end).trimEnd().split("\n");
  }

  private place(text: string): { readonly start: number; readonly end: number } {
    const mark = `<!-- generated: ${this.name} -->\n\n`;
    const at = text.indexOf(mark);
    if (at < 0) throw new Error(`${this.#page} has no ${mark.trim()}`);
    const start = at + mark.length;
    const length = /^(?:\|[^\n]*\n)*/.exec(text.slice(start))?.[0].length ?? 0;
    return { start, end: start + length };
  }
}
