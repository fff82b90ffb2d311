// The report of a run: its numbers as Markdown, and beside each target by how much it is met or missed.

const count = (n) => Math.round(n).toLocaleString("en-US");
const percent = (share) => `${Math.round(share * 100)} %`;
const time = (milliseconds) => `${milliseconds.toFixed(milliseconds < 1 ? 3 : 1)} ms`;

/** What became of a target: `better` is the measured value over the target, or the other way for a ceiling. */
const verdict = (better) => (better >= 1 ? `met, ${better.toFixed(2)}x` : `missed, ${better.toFixed(2)}x of it`);
const atLeast = (measured, target) => verdict(measured / target);
const atMost = (measured, target) => verdict(target / measured);

function table(head, rows) {
  return [head, head.map(() => "---"), ...rows].map((row) => `| ${row.join(" | ")} |`).join("\n");
}

function targets({ small, large, server, serverSmall, events, smallName, largeName }) {
  const { checks } = server;
  const perTuple = server.resident / large.tuples;
  const flat = small.checks.mixed / large.checks.mixed;
  const [few, many, all] = large.lists;
  const row = (what, measured, target, judged) => [what, measured, target, judged];
  return [
    row(`checks a second in process, world ${largeName}`, count(large.checks.mixed), "500,000",
      atLeast(large.checks.mixed, 500_000)),
    row(`the same, world ${smallName}`, count(small.checks.mixed), "500,000", atLeast(small.checks.mixed, 500_000)),
    row(`${smallName} to ${largeName}`, `${flat.toFixed(2)}x`, "2x", atMost(flat, 2)),
    row(`/check by HTTP, world ${largeName}, requests a second`, count(checks.check), "", ""),
    row("the bare echo in the same run", count(checks.echo), "", ""),
    row("/check against the echo", percent(checks.ratio), "80 %", atLeast(checks.ratio, 0.8)),
    row("p99 of /check against the echo's", `${checks.p99Ratio.toFixed(2)}x`, "1.5x", atMost(checks.p99Ratio, 1.5)),
    ...(serverSmall === undefined ? [] : [
      row(`/check against the echo, world ${smallName}`, percent(serverSmall.checks.ratio), "80 %",
        atLeast(serverSmall.checks.ratio, 0.8)),
      row(`checks a second by /batch-check of 50, world ${smallName}`, count(serverSmall.checks.batched), "250,000",
        atLeast(serverSmall.checks.batched, 250_000)),
    ]),
    row(`checks a second by /batch-check of 50, world ${largeName}`, count(checks.batched), "250,000",
      atLeast(checks.batched, 250_000)),
    ...[[few, 0.2], [many, 3], [all, 50]].map(([list, most]) =>
      row(`list-objects in process: ${list.what} (${count(list.objects)})`, time(list.median), time(most),
        atMost(list.median, most))),
    ...large.userLists.map((list) =>
      row(`list-users in process: ${list.what} (${list.users})`, time(list.median), "", "")),
    row("events one at a time, a second", count(events.one), "", ""),
    row("the bare driver with the same rows", count(events.bare), "", ""),
    row("events against the driver", percent(events.ratio), "70 %", atLeast(events.ratio, 0.7)),
    row(`events a second by ${events.senders} senders`, count(events.grouped), "10,000",
      atLeast(events.grouped, 10_000)),
    row(`start of world ${largeName}, from the process to being ready`, time(server.start), "4000 ms",
      atMost(server.start, 4000)),
    row("memory a tuple, the whole process", `${Math.round(perTuple)} bytes`, "200 bytes", atMost(perTuple, 200)),
  ];
}

function openfgaSection({ openfga, serverSmall }) {
  if (openfga === undefined || serverSmall === undefined) return "OpenFGA was not measured in this run.";
  const { checks, lists } = serverSmall;
  const times = (ours, theirs) => (theirs === 0 ? "none answered in the run" : `${(ours / theirs).toFixed(0)}x`);
  const rows = [
    ["checks a second by /check", count(checks.check), count(openfga.check), times(checks.check, openfga.check)],
    ["checks a second by /batch-check", count(checks.batched), count(openfga.batched),
      times(checks.batched, openfga.batched)],
    ...lists.map(({ what, median, found }, i) => [`list by HTTP: ${what} (${found})`, time(median),
      time(openfga.lists[i].median), times(openfga.lists[i].median, median)]),
  ];
  return `OpenFGA ${openfga.version} with the ${openfga.datastore} store, the same questions and load. It holds only `
    + `the tuples of access,\n${count(openfga.tuples)} of world ${openfga.world}: its memory store takes too long to `
    + `fill with more.\n\n${table(["", "Sideline", "OpenFGA", "ahead"], rows)}`;
}

/** The whole report. @param {any} found */
export function report(found) {
  const { growth, profile, large, small } = found;
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
${table(["", "measured", "target", ""], targets(found))}

## Against OpenFGA

${openfgaSection(found)}

## How the cost of a check grows

Checks a second in process:

${worlds}

${grown}

## Where the time goes

While the server answers /check on the smaller world: ${files ?? "not measured in this run"}.

## What is missed, why, and what was tried

In the larger world a check waits for memory more than it computes: its tables are larger than the caches near the core,
and a read beyond them costs up to 200 ns on such a machine. Tried and kept: names as bytes in flat arrays in
place of a map of strings; the relations of one object in one line of the cache; an object's own few rows before the
table of all rows; marks of an object before any look-up. Tried without effect: huge pages. Batches follow the same
figure. Memory and start stand above their targets because a world made by events holds more than a
million tuples, with the names of its event markers, each read, summed and indexed twice at the start.
`;
}
