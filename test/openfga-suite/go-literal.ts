// Reads composite literals of Go source: enough for the tables of OpenFGA's matrix tests.

/** A literal: structs and maps as objects, slices as arrays, `f(x)` as `x`, variables as `names` has them. */
export type Literal = string | number | boolean | Literal[] | { [key: string]: Literal };

/** Reads the literal at an offset of Go source. `names` gives the values of variables. */
export function readLiteral(source: string, offset: number, names: Record<string, Literal> = {}): Literal {
  return new Reader(source, offset, names).value();
}

class Reader {
  private readonly source: string;
  private at: number;
  private readonly names: Record<string, Literal>;

  constructor(source: string, at: number, names: Record<string, Literal>) {
    this.source = source;
    this.at = at;
    this.names = names;
  }

  value(): Literal {
    this.space();
    const text = this.take(/"(?:[^"\\]|\\.)*"/y);
    if (text !== undefined) return JSON.parse(text) as string;
    const raw = this.take(/`[^`]*`/y);
    if (raw !== undefined) return raw.slice(1, -1);
    const number = this.take(/-?\d+(\.\d+)?/y);
    if (number !== undefined) return Number(number);
    const type = this.take(/(?:map\[\w+\]|[&*[\]\w.])+/y) ?? "";
    if (this.take(/\{/y)) return this.composite();
    if (this.take(/\(/y)) {
      const argument = this.value();
      this.need(/,?\s*\)/y);
      return argument;
    }
    if (type === "true" || type === "false") return type === "true";
    const named = this.names[type];
    if (named === undefined) throw new Error(`unknown name '${type}' at ${this.at}`);
    return named;
  }

  private composite(): Literal {
    const fields: { [key: string]: Literal } = {};
    const items: Literal[] = [];
    for (this.space(); !this.take(/\}/y); this.space()) {
      const key = this.take(/(?:\w+|"[^"]*")(?=\s*:)/y);
      if (key === undefined) items.push(this.value());
      else {
        this.need(/\s*:/y);
        fields[key.replaceAll('"', "")] = this.value();
      }
      this.space();
      this.take(/,/y);
    }
    return items.length > 0 ? items : fields;
  }

  private space(): void {
    this.take(/(?:\s|\/\/[^\n]*|\/\*.*?\*\/)+/sy);
  }

  private take(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.at;
    const found = pattern.exec(this.source)?.[0];
    if (found !== undefined) this.at += found.length;
    return found;
  }

  private need(pattern: RegExp): void {
    if (this.take(pattern) === undefined) throw new Error(`expected ${pattern} at ${this.at}`);
  }
}
