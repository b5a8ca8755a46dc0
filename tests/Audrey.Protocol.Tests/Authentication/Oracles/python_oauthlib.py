"""Signs and verifies requests with oauthlib. Reads a JSON array of cases from stdin and writes a JSON array of answers to stdout.

For the cases "guest-1.5" and "guest-1.2", the script builds the request as that version of python-oauth2 does. For these cases it uses
only the standard library.
"""
import base64
import hashlib
import hmac
import json
import sys
from urllib.parse import parse_qsl, quote, urlencode

from oauthlib.oauth1 import SIGNATURE_TYPE_AUTH_HEADER, SIGNATURE_TYPE_BODY, SIGNATURE_TYPE_QUERY, Client
from oauthlib.oauth1.rfc5849 import signature

FORM = "application/x-www-form-urlencoded"
TYPES = {"header": SIGNATURE_TYPE_AUTH_HEADER, "query": SIGNATURE_TYPE_QUERY, "form": SIGNATURE_TYPE_BODY}


def url(c):
    return c["scheme"] + "://" + c["host"] + c["path"] + ("?" + c["query"] if c["query"] else "")


def answer(uri, headers, form):
    path = "/" + uri.split("://", 1)[1].split("/", 1)[1]
    path, _, query = path.partition("?")
    return {"path": path, "query": query, "authorization": headers.get("Authorization", ""), "form": form or ""}


def sign(c):
    client = Client(c["key"], client_secret=c["secret"], signature_type=TYPES[c["where"]])
    headers = {"Content-Type": FORM} if c["form"] else {}
    uri, headers, body = client.sign(url(c), c["method"], c["form"] or None, headers, realm=c["realm"])
    return answer(uri, headers, body)


def guest(c):
    protocol = {
        "oauth_consumer_key": c["key"],
        "oauth_nonce": "54321",
        "oauth_timestamp": "1349000000",
        "oauth_signature_method": "HMAC-SHA1",
        "oauth_version": "1.0",
    }
    fields = dict(parse_qsl(c["form"]))
    signed = dict(protocol)
    signed.update(parse_qsl(c["query"]))
    if c["where"] == "guest-1.5":
        if c["form"]:
            signed.update(fields)
        else:
            signed["oauth_body_hash"] = base64.b64encode(hashlib.sha1(b"").digest()).decode()
    encoded = urlencode(sorted(signed.items())).replace("+", "%20")
    encoded = encoded.replace("%7E", "~") if c["where"] == "guest-1.5" else encoded
    where = c["scheme"] + "://" + c["host"] + (c["signedPath"] or c["path"])
    base = "&".join(quote(part, safe="~") for part in (c["method"], where, encoded))
    digest = hmac.new((quote(c["secret"], safe="~") + "&").encode(), base.encode(), hashlib.sha1).digest()
    signed["oauth_signature"] = base64.b64encode(digest).decode()
    if c["method"] == "GET":
        c = dict(c, query=urlencode(signed))
        return answer(url(c), {}, "")
    if c["where"] == "guest-1.5":
        return answer(url(c), {}, urlencode(signed).replace("+", "%20"))
    header = ", ".join('%s="%s"' % (k, quote(v, safe="~")) for k, v in signed.items() if k.startswith("oauth_"))
    return answer(url(c), {"Authorization": 'OAuth realm="", ' + header}, c["form"])


class Received:
    def __init__(self, c):
        headers = {"Authorization": c["authorization"]} if c["authorization"] else {}
        parameters = signature.collect_parameters(c["query"], c["form"] or [], headers, exclude_oauth_signature=False)
        self.params = [p for p in parameters if p[0] != "oauth_signature"]
        self.signature = dict(parameters)["oauth_signature"]
        self.uri = url(c)
        self.http_method = c["method"]


def respond(c):
    if c["do"] == "verify":
        return {"valid": signature.verify_hmac_sha1(Received(c), c["secret"], "")}
    return guest(c) if c["where"].startswith("guest") else sign(c)


json.dump([respond(c) for c in json.load(sys.stdin)], sys.stdout)
