// The checker port on every store: one suite.
import { describeChecker } from "./checker.case.ts";
import { GROUNDS } from "./grounds.ts";

for (const ground of GROUNDS) describeChecker(ground);
