// The part of /readyz and /metrics that reports which policy a sidecar answers by.
import type { PolicyVersion } from "../policy/version.ts";
import { gaugeOf, type Part } from "./sidecar.ts";

/**
 * Reports a sidecar's own policy. `newest` is the newest policy in its store. If the two differ, the part is not ready
 * and the gauge `outdated` is 1, but the sidecar still answers.
 */
export function policyPart(own: PolicyVersion, newest: PolicyVersion = own): Part {
  const outdated = own.digest !== newest.digest;
  const figures = [
    gaugeOf("info", "Always 1; the labels are the version and the digest of the policy.", 1,
      { version: String(own.version), digest: own.digest }),
    gaugeOf("outdated", "1 if the store has a newer policy than this sidecar, else 0.", Number(outdated)),
  ];
  const detail = `version ${own.version}, digest ${own.digest}`;
  return outdated
    ? { name: "policy", ready: false, detail: `${detail}; the store has ${newest.version}, ${newest.digest}`, figures }
    : { name: "policy", ready: true, detail, figures };
}
