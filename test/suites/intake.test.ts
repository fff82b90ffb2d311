// The sidecar port, which takes events, on every store: one suite.
import { GROUNDS } from "../world/grounds.ts";
import { describeIntake } from "./intake.case.ts";

const SKIPS: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  embedded: {
    "a sidecar beside it on the same store sees each event by its token, and takes part":
      "one process holds the folder of an embedded store: a second is refused (test/embedded/durability.test.ts)",
  },
};

for (const ground of GROUNDS) describeIntake(ground, SKIPS[ground.name]);
