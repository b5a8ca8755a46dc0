#!/usr/bin/env python3
"""Judges the records of a chaos run. Shares no code with the product or with the load.

Usage: judge.py FILE...

A file has one JSON object on each line. Times are seconds of one monotonic clock. A call without an answer has "end": null.

  {"kind": "put", "instance": I, "value": N, "attempt": 1, "server": S, "begin": T, "end": T, "status": 200}
  {"kind": "read", "instance": I, "provider": P, "server": S, "begin": T, "end": T, "status": 200, "value": N}
  {"kind": "events", "deployable": D, "reader": R, "after": N, "begin": T, "end": T, "status": 200, "numbers": [N...], "digests": [X...]}
  {"kind": "final", ...}     a read after the last fault, with the fields of "read"
  {"kind": "fault", "fault": "freeze", "servers": [S], "begin": T, "end": T}

The value of a read is null if the configuration lacks the value. A provider also reads its own value. The exit code is 1 if a rule is
broken, and 2 if the records prove nothing.
"""
import bisect
import collections
import json
import statistics
import sys

# An answer to a PUT within this time proves that the push of its value has ended. The server waits up to 200 ms for the push.
PUSH_ENDED = 0.15
# Recovery is searched in this time after the begin of a fault.
RECOVERY = 30.0
ACCEPTED = {200, 202, 204, 304, 503}

# The rules. docs/grains.md says which routes each of them covers, and a test compares the names.
RULES = {
    "no-error": "a fault showed as an error of the caller or the server",
    "nothing-invented": "a value was never sent",
    "no-way-back": "a reader went back",
    "not-older": "a read is older than what was acknowledged",
    "read-at-last": "an instance was not read after the last fault",
    "events-in-order": "an event is missing or comes twice",
    "events-unique": "an event has two contents",
    "events-resume": "a reader of events did not go on where it was",
}


class Maximum:
    """Answers what the highest value was before a time."""

    def __init__(self, pairs):
        self.times, self.values = [], []
        for time, value in sorted(pairs):
            self.times.append(time)
            self.values.append(max(value, self.values[-1] if self.values else 0))

    def before(self, time):
        index = bisect.bisect_left(self.times, time)
        return self.values[index - 1] if index else 0


def rule(name, what):
    return f"{name}: {RULES[name]}: {what}"


def judge(records):
    """Returns the list of broken rules, as sentences that begin with the name of the rule."""
    broken = []
    by_kind = collections.defaultdict(list)
    for record in records:
        by_kind[record["kind"]].append(record)
    puts = collections.defaultdict(list)
    for put in by_kind["put"]:
        puts[put["instance"]].append(put)
    reads = collections.defaultdict(list)
    for read in by_kind["read"] + by_kind["final"]:
        if read["end"] is not None and read["status"] == 200:
            reads[read["instance"]].append(read)

    for record in by_kind["put"] + by_kind["read"] + by_kind["final"] + by_kind["events"]:
        if record["end"] is not None and record["status"] not in ACCEPTED:
            broken.append(rule("no-error", describe(record)))

    acknowledged, pushed, sent = {}, {}, {}
    for provider, made in puts.items():
        done = [put for put in made if put["end"] is not None and put["status"] in (200, 202)]
        acknowledged[provider] = Maximum((put["end"], put["value"]) for put in done)
        pushed[provider] = Maximum(
            (put["end"], put["value"]) for put in done if put["attempt"] == 1 and put["end"] - put["begin"] < PUSH_ENDED)
        sent[provider] = Maximum((put["begin"], put["value"]) for put in made)

    for instance, read_ in reads.items():
        seen = Maximum((read["end"], read["value"] or 0) for read in read_)
        for read in read_:
            value = read["value"] or 0
            provider = read["provider"]
            newest = sent[provider].before(read["end"]) if provider in sent else 0
            if value > newest:
                broken.append(rule("nothing-invented", describe(read)))
            if value < seen.before(read["begin"]):
                broken.append(rule("no-way-back", f"from {seen.before(read['begin'])}: {describe(read)}"))
            if provider not in acknowledged:
                continue
            certain = acknowledged if instance == provider or read["kind"] == "final" else pushed
            if value < certain[provider].before(read["begin"]):
                broken.append(rule("not-older", f"{certain[provider].before(read['begin'])}: {describe(read)}"))
    for instance in {read["instance"] for read in by_kind["read"]} - {read["instance"] for read in by_kind["final"]}:
        broken.append(rule("read-at-last", instance))
    return broken + judge_events(by_kind["events"])


def judge_events(pages):
    broken = []
    contents = {}
    last = {}
    for page in sorted((page for page in pages if page["end"] is not None and page["status"] == 200), key=lambda page: page["begin"]):
        for offset, (number, digest) in enumerate(zip(page["numbers"], page["digests"])):
            if number != page["after"] + 1 + offset:
                broken.append(rule("events-in-order", f"event {number} of {page['deployable']} follows {page['after'] + offset}"))
                break
            if contents.setdefault((page["deployable"], number), digest) != digest:
                broken.append(rule("events-unique", f"event {number} of {page['deployable']}"))
        reader = (page["deployable"], page["reader"])
        if page["after"] != last.get(reader, page["after"]):
            broken.append(rule(
                "events-resume", f"reader {page['reader']} of {page['deployable']} asked after {page['after']}, not {last[reader]}"))
        last[reader] = page["numbers"][-1] if page["numbers"] else page["after"]
    return broken


def recoveries(records):
    """Returns, for each kind of fault, how long guests at other servers waited for an answer, in seconds."""
    answered = collections.defaultdict(list)
    for record in records:
        if record["kind"] == "read" and record["end"] is not None and record["status"] == 200 and not record.get("wait"):
            answered[record["instance"]].append((record["end"], record["server"]))
    for ends in answered.values():
        ends.sort()
    waits = collections.defaultdict(list)
    faults = sorted((record for record in records if record["kind"] == "fault"), key=lambda fault: fault["begin"])
    for index, fault in enumerate(faults):
        until = min([fault["begin"] + RECOVERY] + [later["begin"] for later in faults[index + 1:index + 2]])
        worst = 0.0
        for ends in answered.values():
            times = [end for end, server in ends if fault["begin"] - 1 <= end <= until and server not in fault["servers"]]
            worst = max([worst] + [later - earlier for earlier, later in zip(times, times[1:])])
        waits[fault["fault"]].append(worst)
    return waits


def describe(record):
    return json.dumps(record, separators=(",", ":"))


def main(paths):
    records = []
    for path in paths:
        with open(path, encoding="utf-8") as lines:
            records += [json.loads(line) for line in lines]
    kinds = collections.Counter(record["kind"] for record in records)
    print("records:", ", ".join(f"{count} {kind}" for kind, count in sorted(kinds.items())))
    unknown = sum(1 for record in records if record["kind"] in ("put", "read", "events") and record["end"] is None)
    busy = sum(1 for record in records if record.get("status") == 503)
    print(f"calls without an answer: {unknown}; answered with 503: {busy}")
    for kind, waits in sorted(recoveries(records).items()):
        print(f"longest wait of a guest at another server, {kind}: median {statistics.median(waits):.1f} s, worst {max(waits):.1f} s,"
              f" {len(waits)} faults")
    if not kinds["put"] or not kinds["read"] or not kinds["final"]:
        print("The records prove nothing: puts, reads or final reads are missing.")
        return 2
    broken = judge(records)
    for line in broken[:20]:
        print("BROKEN:", line)
    print(f"{len(broken)} rules were broken" if broken else "No rule was broken.")
    return 1 if broken else 0


if __name__ == "__main__":
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    sys.exit(main(sys.argv[1:]))
