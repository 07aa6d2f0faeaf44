"""receiver.py FOLDER - somebody who takes webhooks, as their side would be written: signatures are checked against
FOLDER/secrets, one a line, before anything else.

FOLDER/mode says how it answers: a code; "500x3", the first three so and then 204; "slow", after longer than anybody
waits. What came is in FOLDER/got, one JSON a line; FOLDER/port is written when it listens.
"""
import base64
import hashlib
import hmac
import http.server
import json
import os
import sys
import threading
import time

FOLDER = sys.argv[1]
LOCK = threading.Lock()
SEEN = 0  # since the mode changed
MODE = ""


def text(name):
    with open(os.path.join(FOLDER, name), encoding="utf-8") as file:
        return file.read().strip()


def verified(headers, body):
    """Which of the secrets signed it, by number; -1: none did."""
    said = headers.get("webhook-signature", "").split(" ")
    head = f"{headers.get('webhook-id')}.{headers.get('webhook-timestamp')}.".encode()
    for number, line in enumerate(text("secrets").splitlines()):
        key = base64.b64decode(line.removeprefix("whsec_"))
        mac = base64.b64encode(hmac.new(key, head + body, hashlib.sha256).digest()).decode()
        if any(hmac.compare_digest(f"v1,{mac}", one) for one in said):
            return number
    return -1


def code_now():
    global SEEN, MODE
    mode = text("mode")
    with LOCK:
        SEEN = SEEN + 1 if mode == MODE else 1
        MODE = mode
        if mode == "slow":
            return 0
        code, _, first = mode.partition("x")
        return int(code) if not first or SEEN <= int(first) else 204


class Receiver(http.server.BaseHTTPRequestHandler):
    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        who = verified(self.headers, body)
        code = code_now() if who >= 0 else 401
        parsed = json.loads(body)
        events = parsed.get("data", {}).get("events", [])
        row = {
            "path": self.path,
            "id": self.headers.get("webhook-id"),
            "key": self.headers.get("Idempotency-Key"),
            "signatures": len(self.headers.get("webhook-signature", "").split(" ")),
            "secret": who,
            "code": code,
            "events": [event["ledger_index"] for event in events],
            "body": body.decode(),
        }
        with LOCK, open(os.path.join(FOLDER, "got"), "a", encoding="utf-8") as file:
            file.write(json.dumps(row) + "\n")
        if code == 0:
            time.sleep(60)
        self.send_response(code or 204)
        if 300 <= code < 400:
            self.send_header("Location", "/elsewhere")
        self.send_header("Content-Length", "0")
        self.end_headers()

    def do_GET(self):
        with LOCK, open(os.path.join(FOLDER, "got"), "a", encoding="utf-8") as file:
            file.write(json.dumps({"path": self.path, "id": "GET", "events": []}) + "\n")
        self.send_error(405)

    def log_message(self, *_):
        pass


class Server(http.server.ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request, client_address):
        pass  # whoever was killed while we were slow


SERVER = Server(("127.0.0.1", 0), Receiver)
with open(os.path.join(FOLDER, "port.new"), "w", encoding="utf-8") as port:
    port.write(str(SERVER.server_address[1]))
os.rename(os.path.join(FOLDER, "port.new"), os.path.join(FOLDER, "port"))
SERVER.serve_forever()
