// Pages of the objects that a user has a relation to, sorted. Keeps the sorted lists until the state changes.
import { listObjectsInParts } from "../checks/list-objects.ts";
import type { Parts } from "../checks/parts.ts";
import type { Failure, ListObjectsRequest, ObjectPageAnswer, ObjectPageRequest } from "../checks/question.ts";
import { isInOrg } from "../domain/object-org.ts";
import { sorted } from "../domain/sorted.ts";
import type { EntityNames } from "../memory/entity-names.ts";
import { indexOf } from "../memory/indexed-tuple-set.ts";
import type { Model } from "../model/rewrite.ts";
import type { TupleSet } from "../tuples/tuple-set.ts";
import { MAX_SORTED_LISTS, MAX_SORTED_OBJECTS, OBJECTS_PER_PART } from "./sidecar-limits.ts";

/** Ids of objects in the order of their names. They are valid for one version of the tuples. */
type SortedIds = Int32Array;

/**
 * Answers pages. A list whose answer depends on the clock is made for each page; any other list is kept, so that the
 * next page of an unchanged state costs only its own objects.
 */
export class SortedObjects {
  readonly #model: Model;
  readonly #most: { readonly lists: number; readonly objects: number };
  readonly #parts: Parameters<typeof listObjectsInParts>[3];
  /** By question; the one used last is at the end. */
  readonly #lists = new Map<string, SortedIds>();
  /** Version of the tuples that the lists were made from. */
  #version = 0;
  #objects = 0;

  /**
   * `most`: how many lists are kept, and how many objects in all of them together. `parts`: sizes of the parts in which
   * a list is made.
   */
  constructor(
    model: Model, most = { lists: MAX_SORTED_LISTS, objects: MAX_SORTED_OBJECTS },
    parts?: Parameters<typeof listObjectsInParts>[3],
  ) {
    this.#model = model;
    this.#most = most;
    this.#parts = parts;
  }

  /**
   * Returns a page, in parts. `question` is the same question with the server's time in its context if a condition can
   * decide it. The tuples must not change before the last part.
   */
  *page(tuples: TupleSet, question: ListObjectsRequest, request: ObjectPageRequest): Parts<ObjectPageAnswer> {
    const { names, version } = indexOf(tuples);
    const isTimeless = question.context === undefined;
    const key = JSON.stringify([question.user, question.relation, question.type, request.org]);
    const known = isTimeless ? this.#recall(version, key) : undefined;
    const ids = known ?? (yield* this.#list(tuples, question, request.org));
    if ("error" in ids) return ids;
    if (isTimeless && known === undefined) this.#keep(version, key, ids);
    const from = placeAfter(ids, names, request.after);
    const objects = Array.from(ids.subarray(from, from + request.size), (id) => names.text(id));
    return { objects, isLast: from + request.size >= ids.length };
  }

  *#list(
    tuples: TupleSet, question: ListObjectsRequest, org: string | undefined,
  ): Parts<SortedIds | { readonly error: Failure }> {
    const found = yield* listObjectsInParts(this.#model, tuples, question, this.#parts);
    if ("error" in found) return found;
    const wanted = org === undefined ? found.objects : yield* inOrg(tuples, found.objects, org);
    const texts = yield* sorted(wanted);
    const { names } = indexOf(tuples);
    const ids = new Int32Array(texts.length);
    for (const [i, text] of texts.entries()) {
      if (i > 0 && i % OBJECTS_PER_PART === 0) yield;
      ids[i] = names.find(text);
    }
    return ids;
  }

  #recall(version: number, key: string): SortedIds | undefined {
    if (version !== this.#version) return undefined;
    const ids = this.#lists.get(key);
    if (ids === undefined) return undefined;
    this.#lists.delete(key);
    this.#lists.set(key, ids);
    return ids;
  }

  #keep(version: number, key: string, ids: SortedIds): void {
    if (version !== this.#version) {
      this.#lists.clear();
      this.#objects = 0;
      this.#version = version;
    }
    if (ids.length > this.#most.objects) return;
    this.#drop(key);
    this.#lists.set(key, ids);
    this.#objects += ids.length;
    for (const [oldest] of this.#lists) {
      if (this.#lists.size <= this.#most.lists && this.#objects <= this.#most.objects) break;
      this.#drop(oldest);
    }
  }

  #drop(key: string): void {
    this.#objects -= this.#lists.get(key)?.length ?? 0;
    this.#lists.delete(key);
  }
}

function* inOrg(tuples: TupleSet, objects: readonly string[], org: string): Parts<string[]> {
  const kept: string[] = [];
  for (const [i, object] of objects.entries()) {
    if (i > 0 && i % OBJECTS_PER_PART === 0) yield;
    if (isInOrg(tuples, object, org)) kept.push(object);
  }
  return kept;
}

/** Returns the place of the first object whose name comes after a name. */
function placeAfter(ids: SortedIds, names: EntityNames, after: string): number {
  let [low, high] = [0, ids.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (names.text(ids[middle]!) <= after) low = middle + 1;
    else high = middle;
  }
  return low;
}
