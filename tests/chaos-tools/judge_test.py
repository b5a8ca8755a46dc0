#!/usr/bin/env python3
"""Tests of the judge: it must find each kind of fault in records that are right otherwise."""
import copy
import unittest

import judge


def history():
    """Two dependents read each value of a provider after its push."""
    records = []
    for value in range(1, 6):
        time = value * 10.0
        records.append({"kind": "put", "instance": "db", "value": value, "attempt": 1, "server": 0,
                        "begin": time, "end": time + 0.1, "status": 200})
        for offset, instance in enumerate(("db", "web-1", "web-2"), start=1):
            records.append({"kind": "read", "instance": instance, "provider": "db", "server": 1, "begin": time + offset,
                            "end": time + offset + 0.1, "status": 200, "value": value})
    for instance in ("db", "web-1", "web-2"):
        records.append({"kind": "final", "instance": instance, "provider": "db", "server": 2, "begin": 100.0, "end": 100.1,
                        "status": 200, "value": 5})
    for after in (0, 2):
        records.append({"kind": "events", "deployable": "shop", "reader": 0, "after": after, "begin": 50.0 + after,
                        "end": 50.1 + after, "status": 200, "numbers": [after + 1, after + 2], "digests": [f"{after}a", f"{after}b"]})
    return records


class JudgeTest(unittest.TestCase):
    def setUp(self):
        self.records = history()

    def reads(self, instance):
        return [record for record in self.records if record["kind"] == "read" and record["instance"] == instance]

    def assert_broken(self, sentence):
        broken = judge.judge(self.records)
        self.assertTrue(any(sentence in line for line in broken), broken)

    def test_right_records_break_no_rule(self):
        self.assertEqual([], judge.judge(self.records))

    def test_swapped_answers_are_found(self):
        first, second = self.reads("web-1")[1:3]
        first["value"], second["value"] = second["value"], first["value"]
        self.assert_broken("no-way-back")
        self.assert_broken("nothing-invented")

    def test_a_dropped_write_is_found(self):
        for record in self.records:
            if record["kind"] in ("read", "final") and record["value"] == 5:
                record["value"] = 4
        self.assert_broken("not-older: a read is older than what was acknowledged: 5")

    def test_a_write_that_only_the_final_reads_lack_is_found(self):
        for record in self.records:
            if record["kind"] == "final":
                record["value"] = 4
        self.assert_broken("no-way-back")

    def test_a_replayed_body_is_found(self):
        replayed = copy.deepcopy(self.reads("web-2")[1])
        replayed["begin"], replayed["end"] = 60.0, 60.1
        self.records.append(replayed)
        self.assert_broken("no-way-back: a reader went back: from 5")

    def test_a_value_that_disappears_is_found(self):
        self.reads("web-1")[4]["value"] = None
        self.assert_broken("no-way-back")

    def test_an_old_answer_of_a_provider_about_itself_is_found_also_after_a_slow_push(self):
        put = [record for record in self.records if record["kind"] == "put"][4]
        put["end"] = put["begin"] + 0.5
        self.reads("db")[4]["value"] = 4
        self.assert_broken("not-older: a read is older than what was acknowledged: 5")

    def test_a_dependent_may_be_behind_while_a_push_continues(self):
        put = [record for record in self.records if record["kind"] == "put"][4]
        put["end"] = put["begin"] + 0.5
        self.reads("web-1")[4]["value"] = 4
        self.assertEqual([], judge.judge(self.records))

    def test_a_write_without_an_answer_may_be_seen_or_not(self):
        put = [record for record in self.records if record["kind"] == "put"][4]
        put["end"] = put["status"] = None
        self.assertEqual([], judge.judge(self.records))
        for record in self.records:
            if record["kind"] in ("read", "final") and record["value"] == 5:
                record["value"] = 4
        self.assertEqual([], judge.judge(self.records))

    def test_errors_that_a_fault_must_not_cause_are_found(self):
        for status in (401, 404, 500):
            self.reads("web-1")[0]["status"] = status
            self.assert_broken("no-error")

    def test_an_instance_without_a_final_read_is_found(self):
        self.records = [record for record in self.records if not (record["kind"] == "final" and record["instance"] == "web-2")]
        self.assert_broken("read-at-last: an instance was not read after the last fault: web-2")

    def test_a_missing_a_repeated_and_a_changed_event_are_found(self):
        page = self.records[-1]
        page["numbers"] = [4, 5]
        self.assert_broken("event 4 of shop follows 2")
        page["numbers"] = [3, 3]
        self.assert_broken("event 3 of shop follows 3")
        page["numbers"] = [3, 4]
        self.records.append({**page, "reader": 1, "digests": ["other", page["digests"][1]]})
        self.assert_broken("events-unique: an event has two contents: event 3 of shop")

    def test_a_page_that_was_skipped_is_found(self):
        self.records[-1]["after"] = 3
        self.assert_broken("asked after 3, not 2")

    def test_the_wait_of_a_guest_at_another_server_is_measured(self):
        self.records.append({"kind": "fault", "fault": "kill", "servers": [0], "begin": 21.5, "end": 25.0})
        self.assertEqual({"kill": [10.0]}, judge.recoveries(self.records))


if __name__ == "__main__":
    unittest.main()
