// The published rules by number, each in a few words, and the rules that stories of tuples alone cannot prove.

/** Every rule: its number and a short statement. */
export const RULES: Readonly<Record<string, string>> = {
  AC1: "a team assignment reaches every athlete of that team and nobody else",
  AC2: "an assistant's everyday access to those athletes",
  AC3: "an assistant has nothing on the org and the team itself",
  AC3a: "premium over a team assignment is the head coach's",
  AC4: "many teams, one roster, each athlete once",
  AC5: "an ended assignment ends its access at once",
  AC6: "an assistant's note after the end: author and admins",
  NP1: "the author reads, always",
  NP2: "admins read, and only read",
  NP3: "the athlete reads exactly while the flag is on",
  NP4: "the flag works whoever wrote, whatever became of the row",
  NP5: "a coach with an active row over the athlete reads while the note's row is active",
  NP6: "a coach of the note's own team reads while the athlete is on it",
  NP7: "nobody else reads",
  NP8: "a new row does not reopen an ended one",
  NP9: "the author shares with named staff; only the author edits",
  NP10: "comments on an activity follow the activity",
  IN1: "one account, many hats, many orgs",
  IN2: "each hat opens its own routes",
  IN3: "landing at the highest hat",
  IN4: "what an invite fixes, and its status",
  IN5: "a link is redeemable while active, unexpired, with uses left",
  IN6: "redeeming for a hat already worn",
  IN7: "a professional area grants nothing",
  IN8: "admins make and revoke invites and manage the org",
  PR1: "four levels, each with those before it",
  PR2: "levels by default of admin, coach and player",
  PR3: "floors no custom role gets past",
  PR4: "the people list and its filters",
  PR5: "email invitations: who, how long, once",
  PR6: "each failed acceptance has its own error",
  PR7: "admin and coach exchange; players do not change",
  PR8: "deactivation removes all access, reactivation restores",
  PR9: "the only admin stays",
  PR10: "one user per roster row and the reverse",
  PR11: "orgs do not leak into one another",
  PM1: "a role is a set of keys with a scope",
  PM2: "seeded roles; Owner is locked",
  PM3: "Admin lacks billing, the Coach org role is empty",
  PM4: "what the seeded roles hold",
  PM5: "roles are edited with the key for it, at once for all holders",
  PM6: "an override decides on its row; rows add up",
  PM7: "superadmins pass every permission",
  PM8: "an athlete's own account",
  PM9: "who assigns coaches reaches every athlete",
  PM10: "a coach sees only their own athletes",
  PM11: "who creates an athlete coaches them",
  PM12: "libraries are open to active staff",
  S1: "a flagged note stays readable for the athlete after the end",
  S2: "the flag decides, not the author's hat",
  S3: "deactivation locks the author out too",
  S4: "org keys need the admin or office hat",
  S5: "a role gives an athlete-only member three views and nothing else",
  S6: "nobody gives more than they hold; an Owner remains",
  S7: "who lost the coach hat or the membership coaches nobody",
  S8: "references across orgs are refused",
  S9: "strangers are denied, not errors",
  S10: "a program's coaches see the roster; keys need a row",
  S11: "billing is the Owner's",
  S12: "create keys of an athlete-scope role, while it is held",
  S13: "an actor's event happens at the clock",
  S14: "placing an athlete needs a right over the athlete too",
  S15: "how a head coach comes and goes",
  S16: "several rows of one coach add up",
  S17: "deleting an athlete or team ends its rows and keeps notes",
  S18: "redeeming only adds",
  S19: "an invite gives what its maker could give",
  S20: "an open invite's id is a secret",
  S21: "a link that ended keeps notes closed",
  S22: "a removed member comes back with less",
};

/** Rules about how tuples come to be: rule to the test file that proves it, in a title with the rule's number. */
export const RULES_PROVEN_BY_EVENT_TESTS: Readonly<Record<string, string>> = {
  IN6: "test/events/redemption.test.ts",
  PR4: "test/events/members-added.test.ts",
  PR6: "test/events/redemption.test.ts",
  PR7: "test/events/members-changed.test.ts",
  PR9: "test/events/members-deactivated.test.ts",
  S6: "test/events/escalation.test.ts",
  S13: "test/events/time.test.ts",
  S18: "test/events/redemption-members.test.ts",
  S22: "test/events/members-reactivated.test.ts",
};

/** The rule numbers at the start of a test's name: `NP4 S1 the flag works` gives NP4 and S1. */
export function rulesNamed(name: string): string[] {
  const words = name.split(/\s+/);
  const end = words.findIndex((word) => !/^(?:AC|NP|IN|PR|PM|S)\d+a?$/.test(word));
  return end < 0 ? words : words.slice(0, end);
}

/** One case of a story: a test's name and the answers that its checks expect. */
export interface Told {
  readonly name: string;
  readonly answers: readonly boolean[];
}

/** Gaps in the stories' proof of the rules: a line for each unknown number and each rule with only one answer. */
export function gaps(told: readonly Told[], provenElsewhere: ReadonlySet<string>): string[] {
  const answers = new Map<string, Set<boolean>>();
  const unknown: string[] = [];
  for (const { name, answers: given } of told) {
    for (const rule of rulesNamed(name)) {
      if (!(rule in RULES)) unknown.push(`"${name}" names ${rule}, which is no rule`);
      answers.set(rule, new Set([...(answers.get(rule) ?? []), ...given]));
    }
  }
  const half = Object.keys(RULES).filter((rule) => !provenElsewhere.has(rule)).flatMap((rule) => {
    const lacks = [true, false].filter((answer) => answers.get(rule)?.has(answer) !== true);
    return lacks.length === 0 ? [] : [`${rule} (${RULES[rule]}) has no story with a ${lacks.join(" and no ")}`];
  });
  return [...unknown, ...half];
}

/** Whether a test file has a title with a rule's number as a separate word. */
export function titleNames(source: string, rule: string): boolean {
  const titles = source.matchAll(/\b(?:test|it|describe|chapter)(?:\.\w+)*\(\s*(["'`])((?:\\.|(?!\1)[^\\])*)\1/g);
  return [...titles].some(([, , title]) => title?.split(/[\s,:;()]+/).includes(rule) === true);
}
