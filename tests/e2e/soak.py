"""soak.py - a server under mixed load for a while, and what it takes of the machine meanwhile.

    soak.py URL PID SECONDS SEED KEYS_FILE PEOPLE_FILE INVITATION

Four clients decide, ask for permits, track batches, change consents, read and erase people, open pages as an
operator, send what is malformed and leave in the middle of requests. Once a second the server's resident
memory, descriptors and threads are read from /proc, and the latencies of that second kept.

After a warm-up of a third a line is fitted through the memory by least squares. What it may climb over the rest
of the time: a tenth of where it begins, BYTES_PER_ENTRY for each entry that the ledger grew (its tree and what is
known of people stay in memory), and what the page caches of the two databases still lack, 32 MiB each, while they
fill with what is written; but never more than BYTES_PER_REQUEST, so that twenty seconds tell something too.
It fails when it climbs more, when descriptors do not come back to those of the start, when threads change, when anything is answered
with 5xx or nothing at all, and when a well-formed request is refused.

Nothing but Python's own library.
"""
import http.client
import json
import os
import random
import re
import socket
import statistics
import sys
import threading
import time
import urllib.parse

CLIENTS = 4
LINGERING = 64  # connections that were given up a moment ago
ERASED_MAX = 40
BYTES_PER_ENTRY = 256
BYTES_PER_REQUEST = 2560
MIB = 1 << 20
CACHES = 64 * MIB
PATIENCE_S = 60


class Watch:
    """What the process takes, once a second."""

    def __init__(self, pid):
        self.pid = pid
        self.rows = []  # seconds, resident bytes, descriptors, threads

    def look(self, seconds):
        with open("/proc/%d/status" % self.pid) as status:
            text = status.read()
        memory = int(re.search(r"VmRSS:\s*(\d+)", text).group(1)) * 1024
        threads = int(re.search(r"Threads:\s*(\d+)", text).group(1))
        self.rows.append((seconds, memory, len(os.listdir("/proc/%d/fd" % self.pid)), threads))
        return self.rows[-1]


def fitted(rows, column):
    """Where a line through the rows begins, and how much it climbs."""
    xs = [row[0] for row in rows]
    ys = [row[column] for row in rows]
    x, y = statistics.fmean(xs), statistics.fmean(ys)
    spread = sum((a - x) ** 2 for a in xs)
    slope = sum((a - x) * (b - y) for a, b in zip(xs, ys)) / spread if spread > 0 else 0.0
    return y + slope * (xs[0] - x), slope * (xs[-1] - xs[0])


class Client(threading.Thread):
    def __init__(self, where, keys, people, number, seed, cookie):
        super().__init__()
        self.where = where
        self.keys = keys
        self.people = people
        self.erased = 0
        self.number = number
        self.random = random.Random(seed * 100 + number)
        self.cookie = cookie
        self.is_over = False
        self.connection = None
        self.took = []  # (instant, seconds)
        self.codes = {}
        self.faults = []
        self.count = 0

    # ---- asking ----------------------------------------------------------------------------------

    def ask(self, method, path, body=None, headers=None, wanted=(200,)):
        headers = dict(headers or {})
        if isinstance(body, dict):
            headers["Content-Type"] = "application/json"
            body = json.dumps(body)
        began = time.monotonic()
        for attempt in range(2):
            try:
                if self.connection is None:
                    self.connection = http.client.HTTPConnection(*self.where, timeout=PATIENCE_S)
                self.connection.request(method, path, body, headers)
                answer = self.connection.getresponse()
                answer.read()
                break
            except (OSError, http.client.HTTPException) as fault:
                self.connection = None  # an idle one may have ended: once more
                if attempt == 1:
                    self.faults.append((method, path, repr(fault)))
                    return
        ended = time.monotonic()
        if answer.getheader("Connection", "").lower() == "close":
            self.connection.close()
            self.connection = None
        self.took.append((ended, ended - began))
        self.codes[answer.status] = self.codes.get(answer.status, 0) + 1
        self.count += 1
        if answer.status not in wanted:
            self.faults.append((method, path, answer.status))

    def machine(self, method, path, body=None, wanted=(200,)):
        self.ask(method, path, body, {"Authorization": "Bearer " + self.keys["machine"]}, wanted)

    def someone(self):
        return self.random.choice(self.people)

    # ---- what is asked ---------------------------------------------------------------------------

    def decide(self):
        self.machine("POST", "/v1/decide", {"identifier": self.someone(), "campaign": "spring"})

    def permit(self):
        self.machine("POST", "/v1/permit", {"identifier": self.someone(), "purpose": "email_marketing"})

    def consent(self):
        self.machine("PUT", "/v1/subjects/%s/consents" % self.someone(),
                     {"purpose": "email_marketing", "decision": self.random.choice(("give", "withdraw"))})

    def access(self):
        self.machine("GET", "/v1/subjects/%s%s" % (self.someone(), self.random.choice(("", "/consents", "/decisions", "/export"))))

    def erase(self):
        if self.erased < ERASED_MAX and len(self.people) > 20 and self.random.random() < 0.1:
            person = self.people.pop()
            self.erased += 1
            self.machine("DELETE", "/v1/subjects/" + person)
            self.machine("GET", "/v1/subjects/" + person, wanted=(404,))

    def track(self):
        batch = [{"type": "track", "userId": self.someone(), "event": "Product Viewed",
                  "messageId": "s%d-%d-%d" % (self.number, self.count, i),
                  "properties": {"category": self.random.choice(("garden", "home"))}} for i in range(8)]
        self.ask("POST", "/v1/batch", {"batch": batch}, {"Authorization": "Bearer " + self.keys["tracker"]})

    def page(self):
        path = self.random.choice(("/", "/campaigns", "/campaigns/spring", "/models", "/data", "/board/", "/operators",
                                   "/account", "/login", "/style.css", "/candor.js"))
        self.ask("GET", path, None, {"Cookie": self.cookie}, (303,) if path == "/login" else (200,))

    def bad(self):
        machine = {"Authorization": "Bearer " + self.keys["machine"]}
        method, path, body, headers, code = self.random.choice((
            ("POST", "/v1/decide", "{", machine, 400),
            ("POST", "/v1/decide", "{\"identifier\": 7}", machine, 400),
            ("POST", "/v1/decide", "{}", {}, 401),
            ("GET", "/v1/subjects/nobody-at-all", None, machine, 404),
            ("GET", "/nowhere", None, {}, 404),
            ("DELETE", "/v1/decide", None, machine, 405),
            ("POST", "/operators", "act=add&name=eve&role=owner", {"Cookie": self.cookie,
             "Content-Type": "application/x-www-form-urlencoded"}, 403),
            ("POST", "/v1/decide", " " * 70000, machine, 413)))
        self.ask(method, path, body, headers, (code,))

    def leave(self):
        """Connections that are given up: at once, in the head, in the body, before the answer."""
        text = ("POST /v1/decide HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer %s\r\nContent-Length: 60\r\n\r\n"
                "{\"identifier\": \"%s\", \"campaign\": \"spring\"}" % (self.keys["machine"], self.someone()))
        length = self.random.choice((0, 20, 120, len(text)))
        try:
            with socket.create_connection(self.where, PATIENCE_S) as connection:
                connection.sendall((text + " " * 60)[:length if length < len(text) else len(text) + 60].encode())
        except OSError:
            pass  # it was ours to leave

    def run(self):
        acts = [self.decide] * 30 + [self.permit] * 20 + [self.track] * 10 + [self.consent] * 10 + \
            [self.access] * 8 + [self.page] * 10 + [self.bad] * 7 + [self.leave] * 4 + [self.erase]
        only = os.environ.get("SOAK_ONLY")  # to find out which of them it is
        acts = [act for act in acts if not only or act.__name__ in only.split(",")]
        while not self.is_over:
            self.random.choice(acts)()


def come_in(where, path):
    """The cookie of an operator who chose a password."""
    connection = http.client.HTTPConnection(*where, timeout=PATIENCE_S)
    connection.request("POST", path, urllib.parse.urlencode({"password": "four words put together"}),
                       {"Content-Type": "application/x-www-form-urlencoded"})
    answer = connection.getresponse()
    answer.read()
    connection.close()
    cookies = [value.split(";")[0] for name, value in answer.getheaders() if name.lower() == "set-cookie"]
    if answer.status != 303 or not cookies:
        sys.exit("nobody can sign in: %d" % answer.status)
    return "; ".join(cookies)


def entries(where):
    connection = http.client.HTTPConnection(*where, timeout=PATIENCE_S)
    connection.request("GET", "/v1/ledger/checkpoint")
    lines = connection.getresponse().read().decode().splitlines()
    connection.close()
    return int(lines[1])


def quantile(took, share):
    took = sorted(took)
    return 1000 * took[min(len(took) - 1, int(share * len(took)))] if took else 0.0


def report(clients, watch, after, grown, seconds):
    faults = [fault for client in clients for fault in client.faults]
    codes = {}
    for client in clients:
        for code, count in client.codes.items():
            codes[code] = codes.get(code, 0) + count
    took = sorted(one for client in clients for one in client.took)
    third = len(took) // 3
    first = [seconds for _, seconds in took[:third]]
    last = [seconds for _, seconds in took[-third:]]
    warm = watch.rows[len(watch.rows) // 3:]
    level, climb = fitted(warm, 1)
    lacking = max(0, watch.rows[0][1] + CACHES - level)
    allowed = min(level / 10 + BYTES_PER_ENTRY * grown + lacking, 4 * MIB + BYTES_PER_REQUEST * len(took) * 2 / 3)
    descriptors = fitted(warm, 2)
    threads = {row[3] for row in warm}
    print("%d requests in %d s, %d erased; codes %s" % (len(took), seconds, sum(c.erased for c in clients), codes))
    print("memory: %.1f MiB at the start, %.1f after the warm-up, %.1f at the end; the line climbs %.2f MiB, allowed %.2f "
          "(%d entries)" % (watch.rows[0][1] / MIB, level / MIB, watch.rows[-1][1] / MIB, climb / MIB, allowed / MIB, grown))
    print("descriptors: %d at the start, %d at the end, %d when all had left; the line climbs %.1f" %
          (watch.rows[0][2], watch.rows[-1][2], after[2], descriptors[1]))
    print("threads: %s" % sorted(threads))
    print("latency: p50 %.1f ms, p99 %.1f ms in the first third; %.1f and %.1f in the last" %
          (quantile(first, 0.5), quantile(first, 0.99), quantile(last, 0.5), quantile(last, 0.99)))
    if climb > allowed:
        faults.append("memory grows")
    if max(row[2] for row in watch.rows) > watch.rows[0][2] + LINGERING or after[2] > watch.rows[0][2] + 2:
        faults.append("descriptors grow")
    if len(threads) != 1:
        faults.append("threads change")
    if any(code >= 500 for code in codes):
        faults.append("something was answered with 5xx")
    if len(took) < 10 * CLIENTS:
        faults.append("hardly anything was asked")
    for fault in faults[:10]:
        print("not true:", fault)
    return 1 if faults else 0


def main():
    url, pid, seconds, seed, keys_file, people_file, invitation = sys.argv[1:]
    host, port = url.split("//")[1].rstrip("/").split(":")
    where = (host, int(port))
    with open(keys_file) as file:
        keys = json.load(file)
    with open(people_file) as file:
        people = file.read().split()
    cookie = come_in(where, invitation)
    share = len(people) // CLIENTS
    clients = [Client(where, keys, people[i * share:(i + 1) * share], i, int(seed), cookie) for i in range(CLIENTS)]
    watch = Watch(int(pid))
    before = entries(where)
    began = time.monotonic()
    watch.look(0)
    for client in clients:
        client.start()
    while time.monotonic() - began < int(seconds):
        time.sleep(1)
        watch.look(time.monotonic() - began)
        if os.environ.get("SOAK_TRACE"):
            print("%d s %.1f MiB, %d entries" % (watch.rows[-1][0], watch.rows[-1][1] / MIB, entries(where) - before), flush=True)
    for client in clients:
        client.is_over = True
    for client in clients:
        client.join()
        if client.connection is not None:
            client.connection.close()
    time.sleep(1)
    after = Watch(int(pid)).look(0)
    sys.exit(report(clients, watch, after, entries(where) - before, int(seconds)))


if __name__ == "__main__":
    main()
