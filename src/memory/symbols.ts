// Symbols: small integers for the names of types and relations, in one dictionary for the whole process.
import { parseEntity } from "../tuples/entity.ts";

/** Integer of a type; 0 means none. */
export type TypeSymbol = number;
/** Integer of one relation of one type; 0 means none. */
export type RelationSymbol = number;

const types = new Map<string, TypeSymbol>();
const relationsOfType: Map<string, RelationSymbol>[] = [new Map()];
const typeNames: string[] = [""];
const relationNames: string[] = [""];
const relationTypes: TypeSymbol[] = [0];

/** Returns a type's symbol, creating it if new. The dictionary only grows: pass names of models or stored tuples. */
export function internType(name: string): TypeSymbol {
  const known = types.get(name);
  if (known !== undefined) return known;
  const symbol = typeNames.length;
  types.set(name, symbol);
  typeNames.push(name);
  relationsOfType.push(new Map());
  return symbol;
}

/** Returns the symbol of a type's relation, creating it if new. The dictionary only grows. */
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

/** Returns the symbol of a type, or 0 if it has none. */
export function findType(name: string): TypeSymbol {
  return types.get(name) ?? 0;
}

/** Returns a type's name. */
export function typeName(symbol: TypeSymbol): string {
  return typeNames[symbol]!;
}

/** Returns the symbol of a type's relation, or 0 if it has none. */
export function findRelation(type: TypeSymbol, name: string): RelationSymbol {
  return relationsOfType[type]!.get(name) ?? 0;
}

/** Returns every relation of a type that has a symbol. */
export function relationsOf(type: TypeSymbol): Iterable<RelationSymbol> {
  return relationsOfType[type]!.values();
}

/** Returns the number of relation symbols of all types; the symbols are 1 to this number. */
export function relationCount(): number {
  return relationNames.length - 1;
}

/** Returns a relation's name without its type. */
export function relationName(symbol: RelationSymbol): string {
  return relationNames[symbol]!;
}

/** Returns the type a relation belongs to. */
export function typeOfRelation(symbol: RelationSymbol): TypeSymbol {
  return relationTypes[symbol]!;
}

/** Returns true for the well-formed name of an entity whose type, and relation if it has one, have symbols. */
export function isNameable(entity: string): boolean {
  const { kind, type, relation } = parseEntity(entity);
  const symbol = kind === "malformed" ? 0 : findType(type);
  return symbol !== 0 && (relation === "" || findRelation(symbol, relation) !== 0);
}
