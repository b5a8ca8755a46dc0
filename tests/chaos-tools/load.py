"""The load: guests of version 3 that give values and read configurations, and readers of events. Each call becomes a record."""
import base64
import hashlib
import http.client
import json
import random
import threading
import time

from cluster import CONDUCTOR, HTTP_PORT

DEPENDENTS = 3
QUICK_TIMEOUT = 15
PATIENT_TIMEOUT = 90
PAUSE = 0.15


def call(server, method, path, key, secret, body=None, revision=None, timeout=QUICK_TIMEOUT):
    """Returns the status, the body and the revision of an answer. The status is None if there was no answer."""
    headers = {"Authorization": "Basic " + base64.b64encode(f"{key}:{secret}".encode()).decode()}
    if body is not None:
        headers["Content-Type"] = "application/json"
    if revision:
        headers["If-None-Match"] = revision
    connection = http.client.HTTPConnection(server.network.address, HTTP_PORT, timeout=timeout)
    try:
        connection.request(method, path, None if body is None else json.dumps(body), headers)
        answer = connection.getresponse()
        return answer.status, answer.read(), answer.getheader("ETag")
    except (OSError, http.client.HTTPException):
        return None, b"", None
    finally:
        connection.close()


def secret_of(instance):
    return f"the-secret-of-{instance}"


class Load:
    """Threads that run until they are stopped."""

    def __init__(self, servers, deployables, seed):
        self.servers = servers
        self.faulty = set()
        self.deployables = [f"shop-{number}" for number in range(deployables)]
        self.providers = {f"{name}-db": name for name in self.deployables}
        self.provider_of = {
            instance: f"{name}-db" for name in self.deployables
            for instance in [f"{name}-db"] + [f"{name}-web-{number}" for number in range(DEPENDENTS)]}
        self.records = []
        self.lock = threading.Lock()
        self.seed = seed
        self.stopping = threading.Event()
        self.threads = []

    def register(self):
        for index, name in enumerate(self.deployables):
            provider = f"{name}-db"
            instances = [{"id": provider, "assembly": "db", "secret": secret_of(provider), "provide": [{"name": "port"}]}]
            instances += [{"id": f"{name}-web-{number}", "assembly": f"web{number}", "secret": secret_of(f"{name}-web-{number}")}
                          for number in range(DEPENDENTS)]
            for instance in instances:
                instance["services"] = [{
                    "name": "http", "executable": {"contents": "#!/bin/sh\n"},
                    "parameters": [{"name": "port", "type": "integer", "from": {"instance": provider, "parameter": "port"}}]}]
            server = self.servers[index % len(self.servers)]
            deployable = {"name": name, "instances": instances}
            status, body, _ = call(server, "PUT", f"/v3/deployables/{name}", *CONDUCTOR, deployable)
            if status not in (200, 201):
                raise RuntimeError(f"{name} was not registered: {status} {body}")

    def start(self):
        for index, provider in enumerate(self.providers):
            self.begin(self.write, provider, random.Random(self.seed + index))
        for index, instance in enumerate(self.provider_of):
            self.begin(self.read, instance, random.Random(self.seed + 1000 + index))
            if index % 3 == 0:
                self.begin(self.poll, instance, random.Random(self.seed + 2000 + index))
        for server in self.servers:
            self.begin(self.read_steadily, server, random.Random(self.seed + 4000 + server.number))
        for index, name in enumerate(self.deployables[:2]):
            self.begin(self.read_events, name, index, random.Random(self.seed + 3000 + index))

    def stop(self):
        self.stopping.set()
        for thread in self.threads:
            thread.join(PATIENT_TIMEOUT + 10)

    def begin(self, target, *arguments):
        self.threads.append(threading.Thread(target=target, args=arguments, daemon=True))
        self.threads[-1].start()

    def record(self, **record):
        with self.lock:
            self.records.append(record)

    def choose(self, chance):
        """Chooses a server as a load balancer would that knows which ones are faulty."""
        return chance.choice([server for server in self.servers if server.number not in self.faulty] or self.servers)

    def write(self, provider, chance):
        value = 0
        while not self.stopping.is_set():
            value += 1
            body = {"generation": 1, "revision": value, "values": {"port": value}}
            for attempt in range(1, 1000):
                server = self.choose(chance)
                begin = time.monotonic()
                status, _, _ = call(server, "PUT", f"/v3/instances/{provider}/values", provider, secret_of(provider), body)
                end = time.monotonic()
                self.record(kind="put", instance=provider, value=value, attempt=attempt, server=server.number, begin=begin,
                            end=None if status is None else end, status=status)
                if status == 200 or self.stopping.is_set():
                    break
                time.sleep(PAUSE)
            time.sleep(chance.uniform(0, 4 * PAUSE))

    def read_once(self, server, instance, revision=None, wait=None, timeout=QUICK_TIMEOUT):
        begin = time.monotonic()
        status, body, revision = call(
            server, "GET", f"/v3/instances/{instance}/configuration{f'?wait={wait}s' if wait else ''}", instance, secret_of(instance),
            revision=revision, timeout=timeout)
        end = time.monotonic()
        value = None
        if status == 200:
            parameters = json.loads(body)["services"][0]["parameters"]
            value = parameters[0].get("value") if parameters else None
        read = {"kind": "read", "instance": instance, "provider": self.provider_of[instance], "server": server.number,
                "begin": begin, "end": None if status is None else end, "status": status, "value": value, "wait": wait}
        self.record(**read)
        return read, revision

    def read(self, instance, chance):
        while not self.stopping.is_set():
            self.read_once(self.choose(chance), instance)
            time.sleep(PAUSE)

    def poll(self, instance, chance):
        revision = None
        while not self.stopping.is_set():
            read, newer = self.read_once(self.choose(chance), instance, revision, wait=5, timeout=QUICK_TIMEOUT + 5)
            revision = newer if read["status"] in (200, 304) else None
            if read["status"] != 200:
                time.sleep(PAUSE)

    def read_steadily(self, server, chance):
        """Sends reads to one server at a steady rate, also while it is frozen. So its first answers after that are seen."""
        while not self.stopping.is_set():
            instance = chance.choice(list(self.provider_of))
            threading.Thread(
                target=self.read_once, args=(server, instance), kwargs={"timeout": PATIENT_TIMEOUT}, daemon=True).start()
            self.stopping.wait(PAUSE)

    def read_events(self, name, reader, chance):
        after = 0
        while not self.stopping.is_set():
            server = self.choose(chance)
            begin = time.monotonic()
            status, body, _ = call(server, "GET", f"/v3/deployables/{name}/events?after={after}", *CONDUCTOR)
            end = time.monotonic()
            events = json.loads(body)["events"] if status == 200 else []
            self.record(kind="events", deployable=name, reader=reader, after=after, server=server.number, begin=begin,
                        end=None if status is None else end, status=status, numbers=[event["number"] for event in events],
                        digests=[hashlib.sha256(json.dumps(event, sort_keys=True).encode()).hexdigest()[:16] for event in events])
            after = events[-1]["number"] if events else after
            time.sleep(4 * PAUSE)

    def read_finally(self, seconds):
        """Reads every instance at every server until it has the last value, or until the time is over."""
        last = {}
        for record in self.records:
            if record["kind"] == "put":
                last[record["instance"]] = max(record["value"], last.get(record["instance"], 0))
        deadline = time.monotonic() + seconds
        for server in self.servers:
            for instance, provider in self.provider_of.items():
                while True:
                    read, _ = self.read_once(server, instance)
                    if (read["value"] or 0) >= last[provider] - 1 or time.monotonic() > deadline:
                        break
                    time.sleep(PAUSE)
                self.record(**{**read, "kind": "final"})
