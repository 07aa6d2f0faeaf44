"""restart.py - a server that is ended and begun again, by its terminal or under load.

    restart.py terminal COMMAND...   serve with a terminal of its own, take the terminal away: exit 0 when the
                                     server ended well by that, and no sooner by a SIGHUP while it was there
    restart.py load KEY KEY SEED ROUNDS COMMAND...
                                     hold a socket and serve on it as systemd does, with clients that decide,
                                     track and change consents; end it again and again, by SIGTERM and by
                                     SIGKILL in turn, and begin it again; then ask for all that was answered.
                                     The keys are of roles machine,privacy and tracker; SIGINT is not used.

Nothing but Python's own library.
"""
import http.client
import json
import os
import pty
import random
import signal
import socket
import sys
import threading
import time

PATIENCE_S = 60


def fail(*words):
    print("     ", *words)
    sys.exit(1)


# ---- a terminal ----------------------------------------------------------------------------------

def terminal(command):
    pid, fd = pty.fork()
    if pid == 0:
        os.execv(command[0], command)
    seen = b""
    while b"Serving on" not in seen:
        seen += os.read(fd, 4096)
    os.kill(pid, signal.SIGHUP)  # with the terminal there: a reload
    while b"reloaded" not in seen:
        seen += os.read(fd, 4096)
    if os.waitpid(pid, os.WNOHANG) != (0, 0):
        fail("SIGHUP ended it though its terminal was there")
    os.close(fd)
    until = time.monotonic() + PATIENCE_S
    while time.monotonic() < until:
        ended, status = os.waitpid(pid, os.WNOHANG)
        if ended == pid:
            if not os.WIFEXITED(status) or os.WEXITSTATUS(status) != 0:
                fail("it ended with", status)
            return
        time.sleep(0.05)
    os.kill(pid, signal.SIGKILL)
    fail("it went on without its terminal")


# ---- load ----------------------------------------------------------------------------------------

class Server:
    """One server after the other on a socket that stays."""

    def __init__(self, command):
        self.command = command
        self.socket = socket.socket()
        self.socket.bind(("127.0.0.1", 0))
        self.socket.listen(1024)
        self.port = self.socket.getsockname()[1]
        self.pid = 0

    def begin(self):
        said, says = os.pipe()
        self.pid = os.fork()
        if self.pid == 0:
            os.dup2(says, 1)
            os.dup2(self.socket.fileno(), 3, inheritable=True)
            os.set_inheritable(3, True)  # it may have been 3 before
            os.environ["LISTEN_PID"] = str(os.getpid())
            os.environ["LISTEN_FDS"] = "1"
            os.execv(self.command[0], self.command)
        os.close(says)
        with open(said) as line:
            if "Serving on" not in line.readline():
                fail("the server does not begin")

    def end(self, how):
        os.kill(self.pid, how)
        status = os.waitpid(self.pid, 0)[1]
        if how == signal.SIGTERM and status != 0:
            fail("SIGTERM ended it with", status)


class Client(threading.Thread):
    """Writes, and remembers what was answered. A connection that breaks leaves a request open: what it asked
    for may be there or not. A connection that is refused is counted."""

    def __init__(self, port, keys, number, seed):
        super().__init__()
        self.port = port
        self.keys = keys
        self.number = number
        self.random = random.Random(seed * 1000 + number)
        self.is_over = False
        self.refused = 0
        self.broken = 0
        self.faults = []
        self.indexes = []
        self.messages = []
        self.consents = {}  # person -> what they may be now
        self.connection = None

    def ask(self, method, path, body, key):
        """The answer's code and JSON, or None when the connection broke."""
        try:
            if self.connection is None:
                self.connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE_S)
                try:
                    self.connection.connect()
                except ConnectionRefusedError:
                    self.refused += 1
                    self.connection = None
                    time.sleep(0.01)
                    return None
            self.connection.request(method, path, None if body is None else json.dumps(body),
                                    {"Authorization": "Bearer " + key, "Content-Type": "application/json"})
            answer = self.connection.getresponse()
            text = answer.read()
            if answer.getheader("Connection", "").lower() == "close":
                self.connection.close()
                self.connection = None
            return answer.status, json.loads(text) if text else None
        except (OSError, http.client.HTTPException):
            self.connection = None
            self.broken += 1
            return None

    def write(self):
        person = "p%d-%d" % (self.number, self.random.randrange(5))
        kind = self.random.randrange(3)
        if kind == 0:
            answer = self.ask("POST", "/v1/decide", {"identifier": person, "campaign": "welcome"}, self.keys[0])
            if answer and answer[0] == 200:
                self.indexes.append(answer[1]["receipt"]["ledger_index"])
        elif kind == 1:
            before = self.consents.get(person, {"unknown"})
            decision = "withdraw" if before == {"given"} else "give"
            after = "withdrawn" if decision == "withdraw" else "given"
            answer = self.ask("PUT", "/v1/subjects/%s/consents" % person,
                              {"purpose": "news", "decision": decision}, self.keys[0])
            if answer and answer[0] == 200:
                self.consents[person] = {after}
                self.indexes.append(answer[1]["ledger_index"])
            elif answer is None:
                self.consents[person] = before | {after}
        else:
            message = "m%d-%d" % (self.number, len(self.messages) + self.broken)
            answer = self.ask("POST", "/v1/track", self.event(person, message), self.keys[1])
            if answer and answer[0] == 200:
                self.messages.append((person, message))
        if answer and answer[0] != 200:
            self.faults.append(answer)

    @staticmethod
    def event(person, message):
        return {"userId": person, "messageId": message, "event": "Order Completed", "properties": {"total": 1}}

    def run(self):
        try:
            while not self.is_over:
                self.write()
        except (KeyError, TypeError, ValueError) as fault:
            self.faults.append(fault)

    def check(self):
        """All that was answered is there."""
        self.connection = None
        for index in self.indexes:
            answer = self.ask("GET", "/v1/ledger/entry/%d" % index, None, self.keys[0])
            if not answer or answer[0] != 200:
                self.faults.append(("entry", index, answer))
        for person, may_be in self.consents.items():
            answer = self.ask("GET", "/v1/subjects/%s/consents" % person, None, self.keys[0])
            state = answer and [one["state"] for one in answer[1]["purposes"] if one["purpose"] == "news"][0]
            if state == "renewed":  # given again, after a request that broke off
                state = "given"
            if state not in may_be:
                self.faults.append(("consent", may_be, state))
        for person, message in self.messages:
            answer = self.ask("POST", "/v1/track", self.event(person, message), self.keys[1])
            if not answer or answer[0] != 200 or answer[1].get("duplicates") != 1:
                self.faults.append(("message", message, answer))


def load(keys, seed, rounds, command):
    dice = random.Random(seed)
    server = Server(command)
    server.begin()
    clients = [Client(server.port, keys, number, seed) for number in range(4)]
    for client in clients:
        client.start()
    for number in range(rounds):
        time.sleep(0.3 + dice.random() * 0.5)
        server.end((signal.SIGTERM, signal.SIGKILL)[number % 2])
        server.begin()
    time.sleep(0.3)
    for client in clients:
        client.is_over = True
    for client in clients:
        client.join()
        client.check()
    server.end(signal.SIGTERM)
    faults = [fault for client in clients for fault in client.faults]
    indexes = [index for client in clients for index in client.indexes]
    print("      %d restarts, half of them kills; %d entries, %d messages, %d broken off, %d refused" %
          (rounds, len(indexes), sum(len(client.messages) for client in clients),
           sum(client.broken for client in clients), sum(client.refused for client in clients)))
    if len(set(indexes)) != len(indexes):
        faults.append("two answers name one entry")
    if any(client.refused for client in clients):
        faults.append("a connection was refused")
    if not indexes or not all(client.messages for client in clients):
        faults.append("nothing was written")
    if faults:
        fail(len(faults), "faults:", *faults[:5])


if __name__ == "__main__":
    if sys.argv[1] == "terminal":
        terminal(sys.argv[2:])
    else:
        load(sys.argv[2:4], int(sys.argv[4]), int(sys.argv[5]), sys.argv[6:])
