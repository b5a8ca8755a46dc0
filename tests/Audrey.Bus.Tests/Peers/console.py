"""A console of QMF v2 on python3-qpid-proton. It shares no code with Audrey.

Usage: console.py URL USER SECRET TARGET SOURCE
TARGET is the node to send to; SOURCE is the node to receive from, with {key} for the key.
It reads one command per line from its input, as a list of JSON, and answers each with one line of JSON.
"""
import json
import sys
import uuid

from proton import Message
from proton.utils import BlockingConnection

TIMEOUT = 20


def plain(value):
    if isinstance(value, (bytes, memoryview)):
        return bytes(value).decode()
    if isinstance(value, dict):
        return {plain(key): plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(item) for item in value]
    if isinstance(value, uuid.UUID):
        return str(value)
    return value


class Console:
    def __init__(self, url, user, secret, target, source):
        self.connection = BlockingConnection(url, timeout=TIMEOUT, user=user, password=secret, allowed_mechs="PLAIN")
        self.reply_to = "direct-console." + str(uuid.uuid4())
        self.answers = self.connection.create_receiver(source.replace("{key}", self.reply_to), credit=100)
        self.news = self.connection.create_receiver(source.replace("{key}", "agent.#"), credit=100)
        self.sender = self.connection.create_sender(target)
        self.number = 0

    def send(self, opcode, subject, body):
        self.number += 1
        self.sender.send(Message(
            body=body, subject=subject, correlation_id=str(self.number), reply_to="qmf.default.topic/" + self.reply_to,
            content_type="amqp/map" if isinstance(body, dict) else "amqp/list", user_id=b"",
            properties={"x-amqp-0-10.app-id": "qmf2", "method": "request", "qmf.opcode": opcode}))

    def take(self, receiver):
        message = receiver.receive(timeout=TIMEOUT)
        receiver.accept()
        return message

    def ask(self, opcode, subject, body):
        self.send(opcode, subject, body)
        items = []
        while True:
            answer = self.take(self.answers)
            if answer.correlation_id != str(self.number):
                continue
            opcode = plain(answer.properties["qmf.opcode"])
            if opcode != "_query_response":
                return {"opcode": opcode, "body": plain(answer.body)}
            items += plain(answer.body)
            if "partial" not in answer.properties:
                return {"opcode": opcode, "content": plain(answer.properties["qmf.content"]), "body": items}

    def run(self, command, *arguments):
        if command == "locate":
            where = ["and"] + [["eq", name, ["quote", value]] for name, value in arguments[0].items()]
            return self.ask("_agent_locate_request", "console.request.agent_locate", where)
        if command == "query":
            subject, what, name = arguments
            return self.ask("_query_request", subject, {"_what": what, "_schema_id": {"_package_name": "audrey", "_class_name": name}})
        if command == "call":
            subject, method, values = arguments
            return self.ask("_method_request", subject, {"_method_name": method, "_arguments": values})
        if command == "raw":
            return self.ask(*arguments)
        if command == "news":
            while True:
                message = self.take(self.news)
                if plain(message.properties["qmf.opcode"]) == arguments[0]:
                    return {"subject": message.subject, "user": plain(message.user_id), "body": plain(message.body)}
        raise ValueError(command)


console = Console(*sys.argv[1:6])
print('"ready"', flush=True)
for line in sys.stdin:
    print(json.dumps(console.run(*json.loads(line))), flush=True)
