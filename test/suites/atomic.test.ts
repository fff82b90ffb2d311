// Atomic batches on every store: one suite.
import { GROUNDS } from "../world/grounds.ts";
import { describeAtomic } from "./atomic.case.ts";

const SKIPS: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  embedded: {
    "sidecars that send batches to one org at once lose none, and split none":
      "one process holds the folder of an embedded store: a second is refused (test/embedded/durability.test.ts)",
  },
};

for (const ground of GROUNDS) describeAtomic(ground, SKIPS[ground.name]);
