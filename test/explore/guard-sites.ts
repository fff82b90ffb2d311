// Finds every guard in the text of the event code: each refusal, each call of a guard, and each part of a right.

/** A node of the syntax tree. */
export interface SyntaxNode {
  readonly type: string;
  readonly start: number;
  readonly end: number;
  readonly [field: string]: unknown;
}

/** A guard: the place that refuses, by a name that no edit elsewhere changes. */
export interface Guard {
  readonly number: number;
  /** File, function, and the refusal's code, the called guard, or the part of the right. */
  readonly name: string;
  readonly line: number;
}

/** A text to insert at an offset. `size` is the length of the passage that it encloses. */
export interface Insertion {
  readonly at: number;
  readonly text: string;
  readonly isEnd: boolean;
  readonly size: number;
}

/** Functions that build a refusal, with its code; a guard is a place that calls one. */
const BUILDERS: Readonly<Record<string, string>> = {
  refuse: "", unknown: "unknown_entity", idTaken: "already_exists", rowEnded: "relationship_ended",
  exceeds: "exceeds_own_permissions", reachesNot: "relationship_mismatch", hasAnotherRow: "user_already_linked",
};
/** Builders local to one file. */
const LOCAL: Readonly<Record<string, string>> = { "decide-event.ts": "fault", "invite-redeemed.ts": "fault" };
/** Functions in which such calls are not guards: they bound the work, or decide about whole batches. */
const SKIPPED = ["judgeMakers", "decideEvent", "continueEvent"];
/** Batches have suites of their own: test/suites/atomic.case.ts and test/embedded/embedded-intake.test.ts. */
const SKIPPED_FILES = ["refusal.ts", "payload.ts", "dry-run.ts", "atomic-batch.ts", "batch-fate.ts"];

/** Guards as functions: those that return `Refusal | undefined` and draft nothing. */
const DECLARED = /^function (\w+)\(([^()]*)\)\s*: Refusal \| undefined \{/gm;

const calleeOf = (node: SyntaxNode): string => (node["callee"] as SyntaxNode | undefined)?.["name"] as string ?? "";

const childrenOf = (node: SyntaxNode): SyntaxNode[] => Object.entries(node)
  .filter(([field]) => field !== "parent").flatMap(([, value]) => (Array.isArray(value) ? value : [value]))
  .filter((value): value is SyntaxNode => typeof (value as SyntaxNode | null)?.type === "string");

/** The names of guards that a file declares as functions. */
export function declaredGuards(text: string): string[] {
  return [...text.replaceAll(/^export /gm, "").matchAll(DECLARED)]
    .filter(([, name = "", parameters = ""]) => name === "takesTheLast" || !/\bDraft\b/.test(parameters))
    .map(([, name = ""]) => name);
}

/** Finds the guards of one file. `called` are the names of guards that are functions. */
class GuardFinder {
  readonly #guards: Guard[];
  readonly #insertions: Insertion[];
  readonly #path: string;
  readonly #text: string;
  readonly #called: ReadonlySet<string>;
  readonly #named = new Map<string, number>();

  constructor(
    path: string, text: string, called: ReadonlySet<string>, guards: Guard[], insertions: Insertion[],
  ) {
    this.#path = path;
    this.#text = text;
    this.#called = called;
    this.#guards = guards;
    this.#insertions = insertions;
  }

  /** Visits a node below these ones, the nearest first. */
  visit(node: SyntaxNode, above: readonly SyntaxNode[]): void {
    if (node.type === "CallExpression") this.#visitCall(node, above);
    if (node.type === "Property" && (node["key"] as SyntaxNode)["name"] === "may" && node["shorthand"] !== true) {
      this.#visitRight(node["value"] as SyntaxNode, above);
    }
    if (node.type === "VariableDeclarator" && (node["id"] as SyntaxNode)["name"] === "may" && above.length < 3) {
      this.#visitRight(node["init"] as SyntaxNode, above);
    }
    for (const child of childrenOf(node)) this.visit(child, [node, ...above]);
  }

  #visitCall(node: SyntaxNode, above: readonly SyntaxNode[]): void {
    const callee = calleeOf(node);
    const inside = nameOf(above);
    const isBuilder = callee in BUILDERS || callee === LOCAL[this.#path];
    if (above.some((outer) => SKIPPED.includes(nameOf([outer]))) || inside in BUILDERS || inside === "fault") return;
    if (isBuilder) {
      const [code] = node["arguments"] as SyntaxNode[];
      const refusal = BUILDERS[callee] || String(code?.["value"] ?? code?.["name"]);
      this.#switchRefusal(node, above, this.#add(inside, refusal, node));
    } else if (this.#called.has(callee)) {
      const guard = this.#add(inside, `${callee}()`, node);
      this.#wrap(node, `$guards.keep(${guard}, `, ")");
    }
  }

  /** Makes the code continue as if the refusal had not been there. */
  #switchRefusal(node: SyntaxNode, [parent, next, beyond]: readonly SyntaxNode[], guard: number): void {
    if (parent?.type === "ReturnStatement") {
      const test = testOf(parent, next, beyond);
      if (test === undefined) this.#wrap(node, `$guards.on(${guard}) ? `, " : undefined");
      else this.#wrap(test, "(", `) && $guards.on(${guard})`);
    } else if (parent?.type === "ConditionalExpression") {
      const test = parent["test"] as SyntaxNode;
      const isFirst = parent["consequent"] === node;
      const other = (isFirst ? parent["alternate"] : parent["consequent"]) as SyntaxNode;
      if (other["name"] === "UNCHANGED" && next?.type === "ReturnStatement" && !isFirst) {
        // Without the guard, the code after this branch runs.
        this.#wrap(next, `if ((${this.#text.slice(test.start, test.end)}) || $guards.on(${guard})) `, "");
      } else if (isFirst) this.#wrap(test, "((", `) && $guards.on(${guard}))`);
      else this.#wrap(test, "((", `) || !$guards.on(${guard}))`);
    } else if (parent?.type === "LogicalExpression" && parent["operator"] === "??") {
      this.#wrap(node, `($guards.on(${guard}) ? `, " : undefined)");
    } else throw new Error(`${this.#path}: no switch for ${this.#text.slice(node.start, node.end)}`);
  }

  /** Each part of a right can be switched off: the function's value, or each operand of its `&&`. */
  #visitRight(value: SyntaxNode, above: readonly SyntaxNode[]): void {
    if (value.type !== "ArrowFunctionExpression") {
      const guard = this.#add(`${nameOf(above)} may`.trim(), "right", value);
      this.#wrap(value, `((...given) => $guards.right(${guard}, (`, ")(...given)))");
      return;
    }
    const body = value["body"] as SyntaxNode;
    const result = body.type !== "BlockStatement" ? body
      : (body["body"] as SyntaxNode[]).at(-1)!["argument"] as SyntaxNode;
    for (const part of operandsOf(result)) {
      const said = this.#text.slice(part.start, part.end).replaceAll(/\s+/g, " ");
      const guard = this.#add(`${nameOf(above)} may`.trim(), said, part);
      this.#wrap(part, `$guards.right(${guard}, `, ")");
    }
  }

  #add(inside: string, what: string, { start }: SyntaxNode): number {
    const plain = [this.#path, inside, what].filter((part) => part !== "").join(" ");
    const count = (this.#named.get(plain) ?? 0) + 1;
    this.#named.set(plain, count);
    const line = this.#text.slice(0, start).split("\n").length;
    this.#guards.push({ number: this.#guards.length, name: count === 1 ? plain : `${plain} (${count})`, line });
    return this.#guards.length - 1;
  }

  #wrap({ start, end }: SyntaxNode, before: string, after: string): void {
    const size = end - start;
    this.#insertions.push({ at: start, text: before, isEnd: false, size }, { at: end, text: after, isEnd: true, size });
  }
}

/** The test of the `if` whose branch ends in this return. */
function testOf(
  node: SyntaxNode, next: SyntaxNode | undefined, beyond: SyntaxNode | undefined,
): SyntaxNode | undefined {
  if (next?.type === "IfStatement") return next["test"] as SyntaxNode;
  const isLast = next?.type === "BlockStatement" && (next["body"] as SyntaxNode[]).at(-1) === node;
  return isLast && beyond?.type === "IfStatement" ? beyond["test"] as SyntaxNode : undefined;
}

/** The operands of `&&`, in order. */
function operandsOf(node: SyntaxNode): SyntaxNode[] {
  if (node.type === "ParenthesizedExpression") return [node];
  if (node.type !== "LogicalExpression" || node["operator"] !== "&&") return [node];
  return [...operandsOf(node["left"] as SyntaxNode), ...operandsOf(node["right"] as SyntaxNode)];
}

/** The name of the function, property or variable around a node. */
function nameOf(above: readonly SyntaxNode[]): string {
  for (const node of above) {
    const name = (node.type === "Property" ? node["key"] : node["id"]) as SyntaxNode | undefined;
    const isNamed = node.type === "FunctionDeclaration" || node.type === "Property"
      || (node.type === "VariableDeclarator"
        && (node["init"] as SyntaxNode | null)?.type === "ArrowFunctionExpression");
    if (isNamed && typeof name?.["name"] === "string") return name["name"];
  }
  return "";
}

/** Finds the guards of one file, and the insertions that put a switch on each. */
export function guardsIn(
  path: string, text: string, called: ReadonlySet<string>, program: SyntaxNode, guards: Guard[],
  insertions: Insertion[],
): void {
  if (SKIPPED_FILES.includes(path)) return;
  new GuardFinder(path, text, called, guards, insertions).visit(program, []);
}
