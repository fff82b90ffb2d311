// The checker port on every store: one suite.
import { describeChecker } from "./checker.case.ts";
import { GROUNDS } from "../world/grounds.ts";

for (const ground of GROUNDS) describeChecker(ground);
