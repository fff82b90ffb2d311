// The report of a run: its figures as Markdown, and next to each target the factor by which it is met or missed.

const count = (n) => Math.round(n).toLocaleString("en-US");
const percent = (share) => `${Math.round(share * 100)} %`;
const time = (milliseconds) => `${milliseconds.toFixed(milliseconds < 1 ? 3 : 1)} ms`;

/** Ratio of the measured value to a target, or the inverse for an upper limit: from 1 on the target is met. */
const atLeast = (measured, target) => measured / target;
const atMost = (measured, target) => target / measured;
const verdict = (better) => (better === undefined ? ""
  : better >= 1 ? `met, ${better.toFixed(2)}x` : `missed, ${better.toFixed(2)}x of it`);

function table(head, rows) {
  return [head, head.map(() => "---"), ...rows].map((row) => `| ${row.join(" | ")} |`).join("\n");
}

/** Reasons why a target can be missed, printed for each missed target. */
const WAITS = "In a large world a check waits for memory: each entity on its way is a read beyond the CPU caches.";
const COMPUTES = "In a small world a check is CPU work: about fifty nodes of definitions and twenty look-ups.";
const HTTP = "Most of a request is Node's reading and writing, and the echo does nothing else.";
const EVENTS = "Sideline decides and encodes an event before it writes it; the bare driver only writes.";
const MARK = "The mark is one write into the page cache for each commit; it makes a lost event detectable.";
const WRITES = "An event waits for a Write, for which OpenFGA processes the whole model. Bare Writes are listed above.";
const LISTS = "Most of a long list's time is spent writing and reading its text, which costs both servers the same.";
const EXPLAINED = "The slowest explain a no by about 70 ways to a yes: a search, trials of events, and the texts.";
const CHANGED = "Each answer that the event may change is asked for the state before it and for the state after it.";
const LOG = "A page reads the rows of its events from the store.";
const START = "A start loads the program and passes once over every tuple of the store.";
const MEMORY = "Apart from the tuples (about 85 bytes each, names included), Node and the libraries take about 90 MB.";

/** Target of a page of /history, its p99 in milliseconds. */
const HISTORY_MS = 10;

/** The missed targets, each with its factor and reason. */
function missed(rows, load) {
  const found = rows.filter(({ better }) => better !== undefined && better < 1);
  if (found.length === 0) return "Nothing was missed in this run.";
  const busy = load <= 1 ? ""
    : `Other work ran during the benchmark (load average ${load.toFixed(1)}), which alone can miss a target.\n\n`;
  return busy + found.map(({ what, measured, target, why }) =>
    `- ${what}: ${measured}, where ${target} was the target.${why === undefined ? "" : `\n  ${why}`}`).join("\n");
}

function targets(found) {
  const { small, large, server, serverSmall, events, openfgaEvents, smallName, largeName } = found;
  const { checks } = server;
  const perTuple = server.resident.now / large.tuples;
  const flat = small.checks.mixed / large.checks.mixed;
  const [few, many, all] = large.lists;
  const row = (what, measured, target = "", better = undefined, why = undefined) =>
    ({ what, measured, target, better, why });
  return [
    row(`checks a second in process, world ${largeName}`, count(large.checks.mixed), "500,000",
      atLeast(large.checks.mixed, 500_000), WAITS),
    row(`the same, world ${smallName}`, count(small.checks.mixed), "500,000",
      atLeast(small.checks.mixed, 500_000), COMPUTES),
    row(`${smallName} to ${largeName}`, `${flat.toFixed(2)}x`, "2x", atMost(flat, 2), WAITS),
    row(`/check by HTTP, world ${largeName}, requests a second`, count(checks.check)),
    row("the bare echo in the same run", count(checks.echo)),
    row("/check against the echo", percent(checks.ratio), "80 %", atLeast(checks.ratio, 0.8), HTTP),
    row("p99 of /check against the echo's", `${checks.p99Ratio.toFixed(2)}x`, "1.5x",
      atMost(checks.p99Ratio, 1.5), HTTP),
    ...(serverSmall === undefined ? [] : [
      row(`/check against the echo, world ${smallName}`, percent(serverSmall.checks.ratio), "80 %",
        atLeast(serverSmall.checks.ratio, 0.8), HTTP),
      row(`checks a second by /batch-check of 50, world ${smallName}`, count(serverSmall.checks.batched), "250,000",
        atLeast(serverSmall.checks.batched, 250_000), HTTP),
    ]),
    row(`checks a second by /batch-check of 50, world ${largeName}`, count(checks.batched), "250,000",
      atLeast(checks.batched, 250_000), HTTP),
    ...[[few, 0.2], [many, 3], [all, 50]].map(([list, most]) =>
      row(`list-objects in process: ${list.what} (${count(list.objects)})`, time(list.median), time(most),
        atMost(list.median, most))),
    row(`a page of 100 by /objects, of ${count(server.pages.objects)} objects`, time(server.pages.median), "2 ms",
      atMost(server.pages.median, 2), HTTP),
    row("its last tenth of pages against the first", `${(server.pages.last / server.pages.first).toFixed(2)}x`, "1.2x",
      atMost(server.pages.last / server.pages.first, 1.2), HTTP),
    row("its very first page, for which the list is made", time(server.pages.cold)),
    ...(serverSmall === undefined ? [] : [
      row(`an athlete's permissions by HTTP (${serverSmall.questions.relations} relations), world ${smallName}`,
        time(serverSmall.questions.permissions), "1 ms", atMost(serverSmall.questions.permissions, 1), HTTP),
    ]),
    row(`a filter of 1,000 athletes by HTTP, ${count(server.questions.allowed)} of them allowed`,
      time(server.questions.filter), "5 ms", atMost(server.questions.filter, 5), HTTP),
    row(`dry run of deactivating a head coach (${count(server.access.deactivated.lost)} answers change)`,
      time(server.access.deactivated.ms), "100 ms", atMost(server.access.deactivated.ms, 100), CHANGED),
    row(`dry run of deactivating the coach of everybody (the first ${count(server.access.headOfAll.lost)})`,
      time(server.access.headOfAll.ms)),
    row("an explanation by HTTP, the median", time(server.questions.explainedMedian)),
    row("the first 200 explanations of a process, p99", time(server.questions.explainedFirst)),
    row("an explanation by HTTP after 600 others, p99", time(server.questions.explained), "5 ms",
      atMost(server.questions.explained, 5), EXPLAINED),
    ...pagesOfHistory(found),
    ...large.userLists.map((list) =>
      row(`list-users in process: ${list.what} (${list.users})`, time(list.median))),
    row("events one at a time, a second", count(events.one)),
    row("the bare driver with the same rows", count(events.bare)),
    row("events against the driver", percent(events.ratio), "70 %", atLeast(events.ratio, 0.7), EVENTS),
    row("what the mark of acknowledged events adds to the driver's time", percent(events.mark), "10 %",
      atMost(Math.max(events.mark, 0.001), 0.1), MARK),
    row(`events a second by ${events.senders} senders`, count(events.grouped), "10,000",
      atLeast(events.grouped, 10_000), EVENTS),
    ...(openfgaEvents === undefined ? [] : [
      row("events a second on OpenFGA over Postgres, one sender", count(openfgaEvents.one), "150",
        atLeast(openfgaEvents.one, 150), WRITES),
      row(`the same, ${openfgaEvents.senders} senders, one org`, count(openfgaEvents.grouped), "1,000",
        atLeast(openfgaEvents.grouped, 1000), WRITES),
      row("with one model for all, one sender", count(openfgaEvents.oneModel.one), "150",
        atLeast(openfgaEvents.oneModel.one, 150), WRITES),
      row(`the same, ${openfgaEvents.senders} senders, one org`, count(openfgaEvents.oneModel.grouped), "1,000",
        atLeast(openfgaEvents.oneModel.grouped, 1000), WRITES),
    ]),
    row(`start with world ${largeName}, until it is ready`, time(server.start), "4000 ms",
      atMost(server.start, 4000), START),
    ...leads(found),
    row("memory per tuple, whole process, 2 s after its start", `${Math.round(perTuple)} bytes`, "200 bytes",
      largeName === "L" ? atMost(perTuple, 200) : undefined, MEMORY),
    row("the same at its peak, while the world is loaded", `${Math.round(server.resident.peak / large.tuples)} bytes`),
  ];
}

/** Pages of /history by each filter, as rows of targets. */
function pagesOfHistory({ history }) {
  return Object.entries(history?.found ?? {}).map(([name, { p99 }]) => ({
    what: `a page of 100 of /history in process, p99: ${name}`, measured: time(p99), target: `${HISTORY_MS} ms`,
    better: atMost(p99, HISTORY_MS), why: LOG,
  }));
}

function openfgaEventsSection({ openfgaEvents }) {
  if (openfgaEvents === undefined) return "Events on OpenFGA were not measured in this run.";
  const { version, bare, bareFull, one, grouped, senders, oneModel } = openfgaEvents;
  return `OpenFGA ${version} on Postgres, run as in docker-compose.yml, with analysed tables. Sent directly to OpenFGA `
    + `one after\nanother, under the whole model: ${count(bare)} Writes of 8 tuples a second, ${count(bareFull)} of `
    + "100. "
    + `Events of one org:\n${count(one)} a second from one sender, ${count(grouped)} from ${senders}. `
    + "With one model for everything (SIDELINE_OPENFGA_WRITE_MODEL=false):\n"
    + `${count(oneModel.one)} and ${count(oneModel.grouped)}.`;
}

/** Ratio of our figure to the peer's, as a row of targets. */
const ahead = (what, times, target, why) => ({
  what, measured: `${times.toFixed(0)}x`, target: `${target}x`, better: atLeast(times, target), why,
});

/** The lead over OpenFGA by check, by batch, and in the list with the smallest lead. */
function leads({ openfga, server }) {
  if (openfga === undefined) return [];
  const { checks, lists } = server;
  const both = lists.map(({ median }, i) => [median, openfga.lists[i].median]).filter(([, theirs]) => theirs > 0);
  const least = both.length === 0 ? 0 : Math.min(...both.map(([ours, theirs]) => theirs / ours));
  return [
    ahead("/check against OpenFGA on Postgres, same world and load", checks.check / openfga.check, 40, HTTP),
    ahead("/batch-check against it", checks.batched / openfga.batched, 300, HTTP),
    ahead("lists by HTTP against it, the smallest lead", least, 20, LISTS),
  ];
}

function openfgaSection({ openfga, server }) {
  if (openfga === undefined) return "OpenFGA was not measured in this run.";
  const { checks, lists } = server;
  const times = (more, less) => (more > 0 && less > 0 ? `${(more / less).toFixed(0)}x` : "");
  const rows = [
    ["checks a second by /check", count(checks.check), count(openfga.check), times(checks.check, openfga.check),
      openfga.failed.check],
    ["checks a second by /batch-check", count(checks.batched), count(openfga.batched),
      times(checks.batched, openfga.batched), openfga.failed.batched],
    ...lists.map(({ what, median, found }, i) => {
      const { median: theirs, failed } = openfga.lists[i];
      const shown = theirs === undefined ? "not answered" : time(theirs);
      return [`list by HTTP: ${what} (${found})`, time(median), shown, times(theirs, median), failed];
    }),
  ];
  return `OpenFGA ${openfga.version} on ${openfga.datastore}, run as in docker-compose.yml except that its limit on `
    + `lists is off, with the\nsame questions and load. It holds the ${count(openfga.tuples)} tuples of access of `
    + `world ${openfga.world}.\n\n${table(["", "Sideline", "OpenFGA", "ahead", "OpenFGA's failures"], rows)}`;
}

/** Maximum CPU time of a request in one turn of the event loop, in milliseconds. */
const MOST_OF_A_TURN = 50;

/** Number of requests listed, longest turns first. */
const TURNS_LISTED = 12;

function turnsSection({ turns }) {
  if (turns === undefined) return "Turns were not measured in this run.";
  const { extent, repeats, requests } = turns;
  const over = requests.filter(({ ms }) => ms > MOST_OF_A_TURN).length;
  const rows = requests.slice(0, TURNS_LISTED).map(({ what, ms, answer }) => [what, answer, time(ms)]);
  return `The longest turn of the event loop, in CPU time, for ${requests.length} kinds of request: every event, every `
    + `question and\nevery limit of an input, in an org of ${count(extent.members)} members with a team of `
    + `${count(extent.athletes)} athletes, ${count(extent.invites)}\nopen invites to that team, ${count(extent.rows)} `
    + `rows over one athlete,\n${count(extent.admins)} admins who have made an invite, an athlete on `
    + `${count(extent.seats)} teams, ${count(extent.past)} closed invites and ended rows of each kind,\nand `
    + `${count(extent.orgs)} orgs that used the same event id. A request that changes nothing is sent ${repeats} `
    + `times, and the median\ncounts. The limit is ${MOST_OF_A_TURN} ms; ${over} took longer. The longest turns:\n\n`
    + table(["request", "answer", "longest turn"], rows);
}

function historySection({ history }) {
  if (history === undefined) return "Pages of history were not measured in this run.";
  const rows = Object.entries(history.found).map(([name, { events, pages, p50, p99 }]) =>
    `| ${name} | ${count(events / pages)} | ${time(p50)} | ${time(p99)} |`);
  return `Pages of 100 of /history, first and later ones, in a store of ${count(history.events)} events. The target `
    + `is a p99 of ${HISTORY_MS} ms.\n\n`
    + `| filter | events a page | median | p99 |\n| --- | --- | --- | --- |\n${rows.join("\n")}`;
}

function asOfSection({ asOf }) {
  if (asOf === undefined) return "Checks as of an earlier time were not measured in this run.";
  const { back, rows, tuples, p50, p99, indexBytes, storeBytes } = asOf;
  return `A check as of ${count(back)} events ago takes ${time(p50)} of CPU time at the median, and ${time(p99)} `
    + `at the 99th percentile,\nin a store of ${count(tuples)} tuples whose log has ${count(rows)} rows. The index of `
    + `the log takes\n${percent(indexBytes / storeBytes)} of the store's file.`;
}

/** The whole report. @param {any} found */
export function report(found) {
  const { growth, profile, large, small } = found;
  const judged = targets(found);
  const micro = (n) => n.toFixed(2);
  const grown = table(["what", "how many", "a yes, µs", "a no, µs"],
    growth.map(({ what, count: n, yes, no }) => [what, n, micro(yes), micro(no)]));
  const columns = ["world", "tuples", "mixed", "athlete#sessions_read", "note#can_read", "strings not seen before"];
  const worlds = table(columns,
    [[found.smallName, small], [found.largeName, large]].map(([name, of]) => [name, count(of.tuples),
      ...[of.checks.mixed, of.checks.sessions, of.checks.notes, of.checks.cold].map(count)]));
  const note = found.largeName === "L" ? ""
    : `\nThis run used world ${found.largeName}; the targets are for world L.\n`;
  const files = profile?.files.slice(0, 8).map(([name, share]) => `${name} ${percent(share)}`).join(", ");
  return `# Benchmarks

Written by \`npm run bench\` on ${found.machine};
load by ${found.loader}. The figures are medians of ${found.runs} runs (3 for the starts); the peers ran in the same
run. The load average of the machine at the start was ${found.load.toFixed(2)}. Above 1, other work ran during the
benchmark, and the ratios say more than the figures. Sideline's own events build the worlds, from a seed. Tuple counts
include bookkeeping. ${percent(large.checks.yes)} of the questions are answered yes. Memory is judged 2 s after the
start of the server. Its peak, while the world is loaded, is printed as well and has no target.
${note}
${table(["", "measured", "target", ""], judged.map((row) => [row.what, row.measured, row.target, verdict(row.better)]))}

## Against OpenFGA

${openfgaSection(found)}

${openfgaEventsSection(found)}

## No caller makes the others wait

${turnsSection(found)}

## History, and answers as of an earlier time

${historySection(found)}

${asOfSection(found)}

## How the cost of a check grows

Checks a second in process:

${worlds}

${grown}

## Where the time goes

CPU time of the server while it answers /check on the smaller world:

- ${files?.replaceAll(", ", "\n- ") ?? "not measured in this run"}

## Missed targets

${missed(judged, found.load)}

Tried and kept: one record for an entity's name, marks and places, so that a look-up reads one or two cache lines; an
object's tuples stored next to each other; a separate table for long lists; a cache, within one check, of outcomes that
several definitions share; reading the store from bytes; reading a request's body at once if it arrived with the
headers, and scanning its JSON once; hashing and encoding each tuple of a commit once; parsing model.fga at build time;
an index for OpenFGA's Writes with which Postgres finds each tuple directly; rereading only the order of events from the
change feed. Tried without effect: huge pages, caching every outcome, smaller Writes, other statistics for Postgres.
Tried and dropped: deciding the next group of events while OpenFGA accepts the previous one. That was a tenth faster,
but it left tuples behind in the replica when two orgs used the same event id.
`;
}
