// Symbols: small integers for the names of types and relations, one dictionary for the whole process.

/** A type's integer; 0 is no type. */
export type TypeSymbol = number;
/** The integer of one relation of one type; 0 is no relation. */
export type RelationSymbol = number;

const types = new Map<string, TypeSymbol>();
const relationsOfType: Map<string, RelationSymbol>[] = [new Map()];
const typeNames: string[] = [""];
const relationNames: string[] = [""];
const relationTypes: TypeSymbol[] = [0];

/** The symbol of a type, made when new. The dictionary only grows: give it names of models and stored tuples only. */
export function internType(name: string): TypeSymbol {
  const known = types.get(name);
  if (known !== undefined) return known;
  const symbol = typeNames.length;
  types.set(name, symbol);
  typeNames.push(name);
  relationsOfType.push(new Map());
  return symbol;
}

/** The symbol of a relation of a type, made when new. */
export function internRelation(type: TypeSymbol, name: string): RelationSymbol {
  const relations = relationsOfType[type]!;
  const known = relations.get(name);
  if (known !== undefined) return known;
  const symbol = relationNames.length;
  relations.set(name, symbol);
  relationNames.push(name);
  relationTypes.push(type);
  return symbol;
}

/** The symbol of a type, 0 when nobody ever named it. */
export function findType(name: string): TypeSymbol {
  return types.get(name) ?? 0;
}

/** The symbol of a type's relation, 0 when nobody ever named it. */
export function findRelation(type: TypeSymbol, name: string): RelationSymbol {
  return relationsOfType[type]!.get(name) ?? 0;
}

/** Every relation ever named of a type. */
export function relationsOf(type: TypeSymbol): Iterable<RelationSymbol> {
  return relationsOfType[type]!.values();
}

/** Every relation ever named, whatever its type: symbols 1 to this number. */
export function relationCount(): number {
  return relationNames.length - 1;
}

/** The relation's name without its type. */
export function relationName(symbol: RelationSymbol): string {
  return relationNames[symbol]!;
}

/** The type a relation belongs to. */
export function typeOfRelation(symbol: RelationSymbol): TypeSymbol {
  return relationTypes[symbol]!;
}
