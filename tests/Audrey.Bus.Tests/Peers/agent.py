"""An agent of QMF v2 on python3-qpid-proton, which writes strings as binary like agents in C++. It shares no code with Audrey.

Usage: agent.py URL USER SECRET TARGET SOURCE
Each line of its input is a new value of the property sshd-port, which it sends as a data indication.
"""
import select
import sys
import uuid

from proton import Message, Timeout, ulong
from proton.utils import BlockingConnection

NAME = "matahariproject.org:Sysconfig:3c0f"
SCHEMA = {b"_package_name": b"org.matahariproject", b"_class_name": b"Sysconfig", b"_type": b"_data", b"_hash": uuid.UUID(int=7)}


def text(value):
    return bytes(value).decode() if isinstance(value, (bytes, memoryview)) else value


class Agent:
    def __init__(self, url, user, secret, target, source):
        self.user = user
        self.connection = BlockingConnection(url, timeout=20, user=user, password=secret, allowed_mechs="PLAIN")
        self.subject = "direct-agent.route." + str(uuid.uuid4())
        self.receivers = [
            self.connection.create_receiver(source.replace("{key}", key), credit=100) for key in ("console.#", self.subject)]
        self.sender = self.connection.create_sender(target)
        self.port = 2200

    def send(self, subject, method, opcode, body, content=None, correlation=None, partial=False):
        # The app-id is left out, as qpidd does for its own events.
        properties = {"method": method, "qmf.opcode": opcode.encode(), "qmf.agent": NAME.encode()}
        if content:
            properties["qmf.content"] = content.encode()
        if partial:
            properties["partial"] = None
        self.sender.send(Message(
            body=body, subject=subject, correlation_id=correlation, user_id=self.user.encode(), properties=properties,
            content_type="amqp/map" if isinstance(body, dict) else "amqp/list"))

    def description(self):
        vendor, product, instance = NAME.split(":")
        return {b"_values": {
            b"_vendor": vendor.encode(), b"_product": product.encode(), b"_instance": instance.encode(), b"_name": NAME.encode(),
            b"_direct_subject": self.subject.encode(), b"_heartbeat_interval": 10, b"_epoch": 1, b"_timestamp": ulong(5),
            b"hostname": b"fedora"}}

    def object(self):
        return {
            b"_values": {b"sshd-port": self.port, b"is_postboot_configured": True},
            b"_object_id": {b"_agent_name": NAME.encode(), b"_object_name": b"Sysconfig", b"_agent_epoch": 1},
            b"_schema_id": SCHEMA, b"_update_ts": ulong(1700000000000000000)}

    def heartbeat(self):
        # libqmf2 keeps the dots of the vendor.
        self.send("agent.ind.heartbeat.matahariproject.org.Sysconfig", "indication", "_agent_heartbeat_indication", self.description())

    def answer(self, request):
        opcode = text(request.properties["qmf.opcode"])
        reply = request.reply_to.rsplit("/", 1)[-1]
        correlation = request.correlation_id
        if opcode == "_agent_locate_request":
            self.send(reply, "response", "_agent_locate_response", self.description(), None, correlation)
        elif opcode == "_query_request" and text(request.body["_what"]) == "OBJECT":
            self.send(reply, "response", "_query_response", [self.object()], "_data", correlation, True)
            self.send(reply, "response", "_query_response", [], "_data", correlation)
        elif opcode == "_query_request" and text(request.body["_what"]) == "SCHEMA_ID":
            self.send(reply, "response", "_query_response", [SCHEMA], "_schema_id", correlation)
        elif opcode == "_query_request":
            self.send(reply, "response", "_query_response", [{
                b"_schema_id": SCHEMA,
                b"_properties": [{b"_name": b"sshd-port", b"_type": b"TYPE_INT", b"_access": b"RO", b"_unit": b"", b"_index": False}],
                b"_methods": [{b"_name": b"query", b"_arguments": [{b"_name": b"text", b"_type": b"TYPE_STRING", b"_dir": b"I"}]}],
            }], "_schema", correlation)
        elif text(request.body["_method_name"]) == "query":
            found = {b"data": b"port of " + text(request.body["_arguments"]["text"]).encode()}
            self.send(reply, "response", "_method_response", {b"_arguments": found}, None, correlation)
        else:
            self.send(reply, "response", "_exception", {b"_values": {b"error_text": b"no such method"}}, None, correlation)

    def run(self):
        self.heartbeat()
        print("ready", flush=True)
        while True:
            if select.select([sys.stdin], [], [], 0)[0]:
                line = sys.stdin.readline()
                if not line:
                    return
                self.port = int(line)
                self.send("agent.ind.data.org_matahariproject.Sysconfig.matahariproject_org.Sysconfig.3c0f", "indication",
                          "_data_indication", [self.object()], "_data")
            for receiver in self.receivers:
                try:
                    self.answer(receiver.receive(timeout=0.02))
                    receiver.accept()
                except Timeout:
                    pass


Agent(*sys.argv[1:6]).run()
