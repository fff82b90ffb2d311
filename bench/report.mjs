// The report of a run: its numbers as Markdown, and beside each target by how much it is met or missed.

const count = (n) => Math.round(n).toLocaleString("en-US");
const percent = (share) => `${Math.round(share * 100)} %`;
const time = (milliseconds) => `${milliseconds.toFixed(milliseconds < 1 ? 3 : 1)} ms`;

/** How a target stands: the measured value over the target, or the other way for a ceiling; 1 and above is met. */
const atLeast = (measured, target) => measured / target;
const atMost = (measured, target) => target / measured;
const verdict = (better) => (better === undefined ? ""
  : better >= 1 ? `met, ${better.toFixed(2)}x` : `missed, ${better.toFixed(2)}x of it`);

function table(head, rows) {
  return [head, head.map(() => "---"), ...rows].map((row) => `| ${row.join(" | ")} |`).join("\n");
}

/** Why a target can be missed: told where it is. */
const WAITS = "A check of a large world waits for memory: each entity it comes upon is a read beyond the caches.";
const COMPUTES = "In a small world a check computes: about fifty nodes of definitions and twenty look-ups.";
const HTTP = "Of a request, most is Node's reading and writing; the echo does that alone.";
const EVENTS = "An event is decided and encoded before it is written; the driver beside it only writes.";
const MARK = "The mark is one write into the page cache for each commit, so that a lost event is noticed.";
const WRITES = "An event waits for a Write: OpenFGA works the whole model out for each. Bare Writes are told below.";
const LISTS = "Of a long list most is the text of it, written and read: that costs both the same.";
const START = "The start is the program's own loading and one pass over every tuple of the store.";
const MEMORY = "Beside the tuples (about 85 bytes each, names included) stand Node and the libraries, about 90 MB.";

/** The targets that were missed, each with by how much and why. */
function missed(rows, load) {
  const found = rows.filter(({ better }) => better !== undefined && better < 1);
  if (found.length === 0) return "Nothing was missed in this run.";
  const busy = load <= 1 ? ""
    : `Other work ran beside the benchmark (load average ${load.toFixed(1)}), which alone can miss a target.\n\n`;
  return busy + found.map(({ what, measured, target, why }) =>
    `- ${what}: ${measured}, where ${target} was the target.${why === undefined ? "" : `\n  ${why}`}`).join("\n");
}

function targets(found) {
  const { small, large, server, serverSmall, events, openfgaEvents, smallName, largeName } = found;
  const { checks } = server;
  const perTuple = server.resident / large.tuples;
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
    row(`start of world ${largeName}, from the process to being ready`, time(server.start), "4000 ms",
      atMost(server.start, 4000), START),
    ...leads(found),
    row("memory a tuple, the whole process", `${Math.round(perTuple)} bytes`, "200 bytes",
      largeName === "L" ? atMost(perTuple, 200) : undefined, MEMORY),
  ];
}

function openfgaEventsSection({ openfgaEvents }) {
  if (openfgaEvents === undefined) return "Events on OpenFGA were not measured in this run.";
  const { version, bare, bareFull, one, grouped, senders, oneModel } = openfgaEvents;
  return `OpenFGA ${version} on Postgres, as docker-compose.yml runs it, its tables analysed. Straight to OpenFGA, one `
    + `after\nthe other, under the whole model: ${count(bare)} Writes of 8 tuples a second, ${count(bareFull)} of 100. `
    + `Events of one org:\n${count(one)} a second by one sender, ${count(grouped)} by ${senders}; `
    + "with one model for all, SIDELINE_OPENFGA_WRITE_MODEL=false,\n"
    + `${count(oneModel.one)} and ${count(oneModel.grouped)}.`;
}

/** How many times the peer's figure ours is, as a row of targets. */
const ahead = (what, times, target, why) => ({
  what, measured: `${times.toFixed(0)}x`, target: `${target}x`, better: atLeast(times, target), why,
});

/** The lead over OpenFGA by check, by batch, and the least of all lists. */
function leads({ openfga, server }) {
  if (openfga === undefined) return [];
  const { checks, lists } = server;
  const both = lists.map(({ median }, i) => [median, openfga.lists[i].median]).filter(([, theirs]) => theirs > 0);
  const least = both.length === 0 ? 0 : Math.min(...both.map(([ours, theirs]) => theirs / ours));
  return [
    ahead("/check against OpenFGA on Postgres, same world and load", checks.check / openfga.check, 40, HTTP),
    ahead("/batch-check against it", checks.batched / openfga.batched, 300, HTTP),
    ahead("lists by HTTP against it, the least lead of all", least, 20, LISTS),
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
      const told = theirs === undefined ? "not answered" : time(theirs);
      return [`list by HTTP: ${what} (${found})`, time(median), told, times(theirs, median), failed];
    }),
  ];
  return `OpenFGA ${openfga.version} on ${openfga.datastore}, as docker-compose.yml runs it but for the limit of its `
    + `lists, which is off; the\nsame questions and load. It holds the tuples of access, ${count(openfga.tuples)} of `
    + `world ${openfga.world}.\n\n${table(["", "Sideline", "OpenFGA", "ahead", "OpenFGA's failures"], rows)}`;
}

/** Milliseconds of CPU that no request may take in one turn of the event loop. */
const MOST_OF_A_TURN = 50;

/** Requests of the longest turns that are listed. */
const TURNS_LISTED = 12;

function turnsSection({ turns }) {
  if (turns === undefined) return "Turns were not measured in this run.";
  const { extent, repeats, requests } = turns;
  const over = requests.filter(({ ms }) => ms > MOST_OF_A_TURN).length;
  const rows = requests.slice(0, TURNS_LISTED).map(({ what, ms, answer }) => [what, answer, time(ms)]);
  return `The longest turn of the event loop, in CPU, of ${requests.length} kinds of request: every event, every `
    + `question and\nevery limit of an input, over an org of ${count(extent.members)} members with a team of `
    + `${count(extent.athletes)} athletes, ${count(extent.invites)}\nopen invites to it and ${count(extent.rows)} `
    + `rows over one athlete,\n${count(extent.admins)} admins who have made an invite, an athlete on `
    + `${count(extent.seats)} teams, ${count(extent.past)} closed invites and ended rows of each kind,\nand `
    + `${count(extent.orgs)} orgs that used one event's id. Of a request that changes nothing the median of ${repeats} `
    + `counts. The law is\n${MOST_OF_A_TURN} ms; ${over} took longer. The longest of all:\n\n`
    + table(["request", "answer", "longest turn"], rows);
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
    : `\nThis run was on world ${found.largeName}, not on L, which the targets are for.\n`;
  const files = profile?.files.slice(0, 8).map(([name, share]) => `${name} ${percent(share)}`).join(", ");
  return `# Benchmarks

Written by \`npm run bench\` on ${found.machine};
load by ${found.loader}. Medians of ${found.runs} runs (of the starts: 3), the peers in the same run.
The load average of the machine at the start was ${found.load.toFixed(2)}: above 1, other work ran
beside the benchmark, and the ratios say more than the numbers. Worlds are made by Sideline's own events, from a seed;
every tuple counts, bookkeeping included. ${percent(large.checks.yes)} of the questions are answered yes.
${note}
${table(["", "measured", "target", ""], judged.map((row) => [row.what, row.measured, row.target, verdict(row.better)]))}

## Against OpenFGA

${openfgaSection(found)}

${openfgaEventsSection(found)}

## One caller keeps nobody waiting

${turnsSection(found)}

## How the cost of a check grows

Checks a second in process:

${worlds}

${grown}

## Where the time goes

While the server answers /check on the smaller world:

- ${files?.replaceAll(", ", "\n- ") ?? "not measured in this run"}

## What is missed, and why

${missed(judged, found.load)}

Tried and kept: an entity's name, marks and places in one record, so that a look-up reads one or two lines of memory;
the tuples of an object side by side; long lists in a table of their own; outcomes that several definitions build on
remembered within one check; the store read from bytes; a request's body taken at once where it came with the headers,
and its JSON scanned once; each tuple of a commit hashed and encoded once; model.fga read when it is built; an index for
OpenFGA's Writes, by which Postgres finds each tuple by itself; of the change feed only the order of events read again.
Tried without effect: huge pages, remembering every outcome, smaller Writes, other statistics for Postgres. Tried and
dropped: deciding the next group of events while OpenFGA takes the one before, which is a tenth faster and left tuples
behind in the replica where two orgs used one event's id.
`;
}
