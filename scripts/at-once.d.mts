// Types of at-once.mjs.
export declare const SEARCHES: readonly string[];
export declare function atOnce(name: string): string;
export declare function pathAtOnce(name: string): string;
export declare function writeSearchesAtOnce(): void;
