#!/usr/bin/env python3
"""A config server of protocol version 2 with one instance and no service, for tests in network namespaces.

Usage: version2-server.py PORT OUTPUT NAME...
It requests the values NAME..., writes each value that it receives as a line NAME=VALUE to OUTPUT, and checks no signature.
"""
import base64
import http.server
import socket
import sys
import urllib.parse

port, output, names = int(sys.argv[1]), sys.argv[2], sys.argv[3:]
given = set()


class Handler(http.server.BaseHTTPRequestHandler):
    def answer(self, text):
        body = text.encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def missing(self):
        return "|" + "&".join(name for name in names if name not in given) + "|"

    def do_GET(self):
        is_version = self.path.startswith("/version")
        self.answer("<config-server><api-version>2</api-version></config-server>" if is_version else self.missing() + "|")

    def do_PUT(self):
        form = urllib.parse.parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode())
        with open(output, "a") as file:
            for entry in form["audrey_data"][0].strip("|").split("|"):
                name, value = entry.split("&")
                given.add(name)
                file.write(f"{name}={base64.b64decode(value).decode()}\n")
        self.answer(self.missing())

    def log_message(self, *arguments):
        pass


class Server(http.server.ThreadingHTTPServer):
    address_family = socket.AF_INET6


server = Server(("::", port), Handler)
print("ready", flush=True)
server.serve_forever()
