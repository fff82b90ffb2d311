// Addresses of the console's pages. Ids come from outside: each is encoded as one part of a path or a query.

/** Values of a query; undefined ones are left out. */
export type Query = Readonly<Record<string, string | undefined>>;

/** Returns an address within this server, from the parts of its path and a query. */
export function address(parts: readonly string[], query: Query = {}): string {
  const given = Object.entries(query).filter((pair): pair is [string, string] => pair[1] !== undefined);
  const text = new URLSearchParams(given).toString();
  return `/${parts.map(encodeURIComponent).join("/")}${text === "" ? "" : `?${text}`}`;
}

/** Makes the addresses of one visit: all of them stay at the time that the visit looks at. */
export class Links {
  readonly #asOf: string | undefined;
  readonly #template: string | undefined;

  /** `asOf`: the time looked at, RFC 3339. `template`: the operator's link to a thing, with `{id}` and `{type}`. */
  constructor(asOf: string | undefined, template: string | undefined) {
    this.#asOf = asOf;
    this.#template = template;
  }

  /** Returns the address of a page below `/ui`. */
  page(parts: readonly string[], query: Query = {}): string {
    return address(["ui", ...parts], { ...query, as_of: query["as_of"] ?? this.#asOf });
  }

  /** Returns the address of a thing's card, or of one of its tabs. */
  thing(type: string, id: string, tab?: string, query: Query = {}): string {
    return this.page([type, id, ...(tab === undefined ? [] : [tab])], query);
  }

  /** Returns where the operator's app shows a thing, if it does. A template without `{type}` is for people. */
  outside(type: string, id: string): string | undefined {
    const template = this.#template;
    if (template === undefined || (type !== "user" && !template.includes("{type}"))) return undefined;
    return template.replaceAll("{type}", encodeURIComponent(type)).replaceAll("{id}", encodeURIComponent(id));
  }
}

/** Splits `type:id`; undefined for a text without a type. */
export function splitName(name: string): { readonly type: string; readonly id: string } | undefined {
  const colon = name.indexOf(":");
  return colon < 1 ? undefined : { type: name.slice(0, colon), id: name.slice(colon + 1).split("#")[0] ?? "" };
}
