"""A partner's side of the bridge, to read and to try: Python alone, nothing to install.

export SPORTELLO_BRIDGE_SECRET=...          # the same on both sides
python bridge_client.py say --to https://sportello.example.it "Buongiorno"
python bridge_client.py listen --port 9000 --to https://sportello.example.it
"""

import argparse
import hashlib
import hmac
import json
import os
import sys
import time
import urllib.request
import uuid
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

SECRET = "SPORTELLO_BRIDGE_SECRET"
FRESH = 300  # seconds
LARGEST = 1_000_000  # bytes


def signature(secret, timestamp, body):
    signed = timestamp.encode() + b"." + body
    return "sha256=" + hmac.new(secret.encode(), signed, hashlib.sha256).hexdigest()


def post(sportello, secret, content):
    """Bring a message or a status in. Raises on anything but 2xx: then post the same again."""
    body, timestamp = json.dumps(content).encode(), str(int(time.time()))
    request = urllib.request.Request(
        f"{sportello}/webhooks/bridge",
        data=body,
        headers={
            "Content-Type": "application/json",
            "X-Sportello-Timestamp": timestamp,
            "X-Sportello-Signature": signature(secret, timestamp, body),
        },
    )
    with urllib.request.urlopen(request, timeout=10) as response:
        return json.load(response)


def is_genuine(secret, headers, body):
    timestamp = headers.get("X-Sportello-Timestamp", "")
    given = headers.get("X-Sportello-Signature", "")
    if not hmac.compare_digest(signature(secret, timestamp, body).encode(), given.encode()):
        return False
    return timestamp.isdigit() and abs(time.time() - int(timestamp)) <= FRESH


def words(message):
    """The text, with the choices below it where the network has no buttons."""
    choices = [f"{n}. {b['title']}" for n, b in enumerate(message.get("buttons", []), 1)]
    return "\n".join([message["text"], *choices])


class Gateway(ThreadingHTTPServer):
    def __init__(self, port, secret, sportello=None):
        super().__init__(("127.0.0.1", port), Handler)
        self.secret, self.sportello = secret, sportello
        self.known = {}  # our ids by theirs: keep this in a database, for 24 hours at least

    def take(self, message):
        """Hand a message to the network, once: the same key again gets the same answer."""
        key = message["key"]
        if key not in self.known:
            self.known[key] = uuid.uuid4().hex
            show({"network": message["network"], "to": message["to"], "text": words(message)})
            if self.sportello:
                status = {"key": key, "id": self.known[key], "state": "delivered"}
                show(post(self.sportello, self.secret, {"status": status}))
        return {"id": self.known[key]}


class Handler(BaseHTTPRequestHandler):
    def do_POST(self):
        length = int(self.headers.get("Content-Length", 0))
        if length > LARGEST:
            return self.answer(413, {"error": "refused"})
        body = self.rfile.read(length)
        if not is_genuine(self.server.secret, self.headers, body):
            return self.answer(401, {})
        message = json.loads(body)
        return self.answer(200, {} if message.get("ping") else self.server.take(message))

    def answer(self, status, content):
        body = json.dumps(content).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


def show(content):
    sys.stdout.write(json.dumps(content, ensure_ascii=False) + "\n")
    sys.stdout.flush()


def arguments():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    commands = parser.add_subparsers(dest="command", required=True)
    say = commands.add_parser("say", help="bring a citizen's message in")
    say.add_argument("--to", required=True, help="where Sportello is, without a slash at the end")
    say.add_argument("--network", default="linkedin")
    say.add_argument("--from", dest="who", default="ada")
    say.add_argument("--name", default="Ada Melis")
    say.add_argument("--id", default=uuid.uuid4().hex, help="the network's id of the message")
    say.add_argument("text")
    listen = commands.add_parser("listen", help="take what Sportello sends, and show it")
    listen.add_argument("--port", type=int, default=9000)
    listen.add_argument("--to", help="where Sportello is, to tell it what was delivered")
    return parser.parse_args()


def main():
    asked, secret = arguments(), os.environ[SECRET]
    if asked.command == "say":
        message = {"id": asked.id, "from": asked.who, "name": asked.name, "text": asked.text}
        show(post(asked.to, secret, {**message, "network": asked.network}))
        return
    gateway = Gateway(asked.port, secret, asked.to)
    show({"listening": gateway.server_address[1]})
    gateway.serve_forever()


if __name__ == "__main__":
    main()
