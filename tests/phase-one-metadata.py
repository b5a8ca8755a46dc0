"""Serves EC2 metadata, version 2: a token, and user data for requests with the token. Usage: phase-one-metadata.py USER-DATA READY [ADDRESS]"""

import http.server
import pathlib
import socket
import sys

USER_DATA, READY = map(pathlib.Path, sys.argv[1:3])
ADDRESS = sys.argv[3] if len(sys.argv) > 3 else "169.254.169.254"
TOKEN = "a-token-of-phase-one"


class Metadata(http.server.BaseHTTPRequestHandler):
    def do_PUT(self):
        if self.path == "/latest/api/token" and self.headers["X-aws-ec2-metadata-token-ttl-seconds"]:
            self.answer(200, TOKEN.encode())
        else:
            self.answer(404)

    def do_GET(self):
        if self.headers["X-aws-ec2-metadata-token"] != TOKEN:
            self.answer(401)
        elif self.path == "/latest/user-data":
            self.answer(200, USER_DATA.read_bytes())
        else:
            self.answer(404)

    def answer(self, status, body=b""):
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


class Server(http.server.ThreadingHTTPServer):
    address_family = socket.AF_INET6 if ":" in ADDRESS else socket.AF_INET


server = Server((ADDRESS, 80), Metadata)
READY.touch()
server.serve_forever()
