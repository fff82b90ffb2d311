// Reads one row of CSV (RFC 4180): cells separated by commas, quoted where they hold a comma or a quote.

/** A cell: in quotes, where two quotes stand for one, or without any. */
const CELL = /(?:"((?:[^"]|"")*)"|([^",]*))(,|$)/y;

/** Returns the cells of a row without its line break; undefined for a row whose quotes do not match. */
export function readCsvRow(row: string): string[] | undefined {
  const cells: string[] = [];
  CELL.lastIndex = 0;
  for (;;) {
    const found = CELL.exec(row);
    if (found === null) return undefined;
    cells.push(found[1] === undefined ? (found[2] ?? "").trim() : found[1].replaceAll('""', '"'));
    if (found[3] === "") return cells;
  }
}
