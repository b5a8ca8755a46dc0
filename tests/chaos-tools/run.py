#!/usr/bin/env python3
"""Runs a cluster under load, injects faults, writes the records, and asks the judge. Usage: run.py PROGRAM RECORDS FAULTS SEED [KIND...]"""
import json
import os
import random
import signal
import subprocess
import sys
import time

from cluster import Cluster
from load import Load

# After a fault the load continues for this time before the next one.
REST = 8


class Faults:
    """Injects faults and records them."""

    def __init__(self, cluster, load, chance, is_long):
        self.cluster, self.load, self.chance = cluster, load, chance
        self.durations = (3, 40) if is_long else (3, 8)

    def inject(self, fault):
        begin = time.monotonic()
        servers = getattr(self, fault.replace("-", "_"))()
        self.load.faulty.difference_update(servers)
        self.load.record(kind="fault", fault=fault, servers=servers, begin=begin, end=time.monotonic())

    def wait(self):
        time.sleep(self.chance.uniform(*self.durations))

    def one(self):
        server = self.chance.choice(self.cluster.servers)
        self.load.faulty.add(server.number)
        return server

    def kill(self):
        server = self.one()
        server.signal(signal.SIGKILL)
        self.cluster.wait_until_ready(60)
        return [server.number]

    def freeze(self):
        server = self.one()
        server.signal(signal.SIGSTOP)
        self.wait()
        server.signal(signal.SIGCONT)
        time.sleep(1)
        self.cluster.wait_until_ready(60)
        return [server.number]

    def partition(self):
        server = self.one()
        self.cluster.partition(server.number, "add")
        try:
            self.wait()
        finally:
            self.cluster.partition(server.number, "delete")
        time.sleep(1)
        self.cluster.wait_until_ready(60)
        return [server.number]

    def restart_database(self):
        self.cluster.database.stop()
        self.cluster.database.start()
        self.cluster.wait_until_ready(60)
        return []

    def freeze_database(self):
        self.cluster.database.signal(signal.SIGSTOP)
        self.wait()
        self.cluster.database.signal(signal.SIGCONT)
        self.cluster.wait_until_ready(60)
        return []

    def kill_and_restart_database(self):
        self.cluster.database.stop()
        killed = self.kill_without_wait()
        self.cluster.database.start()
        self.cluster.wait_until_ready(60)
        return killed

    def freeze_and_kill(self):
        frozen, killed = self.chance.sample(self.cluster.servers, 2)
        self.load.faulty.update((frozen.number, killed.number))
        frozen.signal(signal.SIGSTOP)
        killed.signal(signal.SIGKILL)
        self.wait()
        frozen.signal(signal.SIGCONT)
        time.sleep(1)
        self.cluster.wait_until_ready(60)
        return [frozen.number, killed.number]

    def kill_without_wait(self):
        server = self.one()
        server.signal(signal.SIGKILL)
        return [server.number]


SHORT = ["freeze", "kill", "partition", "restart-database"]
ALL = SHORT + ["freeze-database", "freeze-and-kill", "kill-and-restart-database"]


def choose(count, kinds, chance):
    """Returns the faults to inject, in order: each kind equally often."""
    kinds = kinds or (ALL if count > len(SHORT) else SHORT)
    faults = (kinds * (count // len(kinds) + 1))[:count]
    if count > len(SHORT):
        chance.shuffle(faults)
    return faults


def main(program, path, count, seed, kinds):
    chance = random.Random(seed)
    is_long = count > len(SHORT)
    kinds = choose(count, kinds, chance)
    cluster = Cluster(program)
    verdict = 1
    try:
        load = Load(cluster.servers, 10, seed)
        load.register()
        load.start()
        time.sleep(3)
        faults = Faults(cluster, load, chance, is_long)
        for number, fault in enumerate(kinds, start=1):
            print(f"{number} of {count}: {fault}", flush=True)
            faults.inject(fault)
            time.sleep(REST)
        load.stop()
        load.read_finally(90)
        with open(path, "w", encoding="utf-8") as lines:
            lines.writelines(json.dumps(record, separators=(",", ":")) + "\n" for record in load.records)
        judge = os.path.join(os.path.dirname(os.path.abspath(__file__)), "judge.py")
        verdict = subprocess.run([sys.executable, "-B", judge, path]).returncode
        return verdict
    finally:
        cluster.close(keep=verdict != 0)
        if verdict:
            print(f"The servers' logs are in {cluster.directory}")


if __name__ == "__main__":
    if len(sys.argv) < 5:
        sys.exit(__doc__)
    if unknown := set(sys.argv[5:]) - set(ALL):
        sys.exit(f"There is no fault {', '.join(sorted(unknown))}. The faults are {', '.join(ALL)}.")
    sys.exit(main(sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4]), sys.argv[5:]))
