"""raw.py - what a well-behaved client cannot do: bytes as they are, slowly, and codes of a telephone.

    raw.py send HOST:PORT            standard input, as it is; prints the codes of all answers, in order,
                                     and "closed" when the server ended the connection
    raw.py slow HOST:PORT head|body|form [KEY]   a byte a second, until the server has had enough: prints as
                                     above; a body needs a good key, or it is refused by its head
    raw.py hold HOST:PORT COUNT      open so many connections at once; prints how many stay open
    raw.py totp SECRET [STEPS]       the code of now, or so many half minutes later
    raw.py bomb KIND                 a hostile JSON text
    raw.py type LINE LINE -- COMMAND...   type the lines at a terminal, or without any Ctrl-C: exit 0 when
                                     none of them is shown, the terminal is as it was, and the command
                                     ended well (or, after Ctrl-C, did not)

Nothing but Python's own library.
"""
import base64
import hashlib
import hmac
import os
import pty
import re
import select
import socket
import struct
import sys
import termios
import time


def connect(where):
    host, port = where.rsplit(":", 1)
    return socket.create_connection((host, int(port)), 20)


def read_all(connection, seconds):
    """What comes until the other side closes, or is silent for so long."""
    got = b""
    closed = False
    while select.select([connection], [], [], seconds)[0]:
        try:
            part = connection.recv(65536)
        except ConnectionResetError:
            part = b""
        if not part:
            closed = True
            break
        got += part
    return got, closed


def tell(got, closed):
    codes = [int(code) for code in re.findall(rb"HTTP/1\.[01] (\d{3}) ", got)]
    print(*codes, *(["closed"] if closed else []))


def send(where, data):
    connection = connect(where)
    try:
        connection.sendall(data)
    except (BrokenPipeError, ConnectionResetError):
        pass
    tell(*read_all(connection, 3))


def slow(where, kind, key):
    start = {
        "head": b"GET /healthz HTTP/1.1\r\nHost: a\r\n",
        "body": b"POST /v1/decide HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer " + key.encode() +
        b"\r\nContent-Length: 1000\r\n\r\n",
        "form": b"POST /login HTTP/1.1\r\nHost: a\r\nContent-Length: 1000\r\n"
        b"Content-Type: application/x-www-form-urlencoded\r\n\r\n",
    }[kind]
    drop = b"X-A: a\r\n" if kind == "head" else b"a"
    connection = connect(where)
    connection.sendall(start)
    for _ in range(120):
        got, closed = read_all(connection, 1)
        if got or closed:
            tell(got, closed)
            return
        try:
            connection.sendall(drop)
        except (BrokenPipeError, ConnectionResetError):
            tell(got, True)
            return
    print("still open")


def hold(where, count):
    connections = []
    for _ in range(count):
        try:
            connections.append(connect(where))
        except ConnectionResetError:
            pass
    time.sleep(1)
    print(sum(1 for connection in connections if not read_all(connection, 0)[1]))


def totp(secret, steps):
    key = base64.b32decode(secret + "=" * (-len(secret) % 8))
    count = int(time.time()) // 30 + steps
    digest = hmac.new(key, struct.pack(">Q", count), hashlib.sha1).digest()
    at = digest[-1] & 15
    print("%06d" % ((struct.unpack(">I", digest[at:at + 4])[0] & 0x7FFFFFFF) % 1000000))


def bomb(kind):
    head = '{"identifier":"anna","campaign":"welcome","channel":'
    text = {
        "depth": "[" * 30000 + "]" * 30000,
        "maps": '{"a":' * 5000 + "1" + "}" * 5000,
        "count": "[" + ",".join(["1"] * 20000) + "]",
        "digits": "9" * 20000,
        "exponent": "1e999999999",
        "fraction": "0." + "0" * 20000 + "1",
        "text": '"' + "a" * 40000 + '"',
        "surrogate": '"\\ud800"',
        "nul": '"a\\u0000b"',
        "unfinished": '"' + "a" * 100,
    }[kind]
    sys.stdout.write(head + text + "}")


def type_at(lines, command):
    leader, follower = pty.openpty()
    before = termios.tcgetattr(follower)
    child = os.fork()
    if child == 0:
        os.setsid()
        for fd in (0, 1, 2):
            os.dup2(follower, fd)
        os.execv(command[0], command)
    shown = b""
    prompts = 0
    typed = [line.encode() + b"\n" for line in lines] or [b"\x03"]
    ended, status = 0, 0
    while True:
        ready = select.select([leader], [], [], 0.1)[0]
        if ready:
            shown += os.read(leader, 65536)
        if shown.count(b": ") > prompts and prompts < len(typed) and b"candor: " not in shown:
            os.write(leader, typed[prompts])
            prompts += 1
        if not ended:
            ended, status = os.waitpid(child, os.WNOHANG)
        elif not ready:
            break
    is_hidden = not any(line.encode() in shown for line in lines)
    is_as_it_was = termios.tcgetattr(follower)[3] == before[3]
    code = os.waitstatus_to_exitcode(status)
    good = (code == 0) == bool(lines) and (lines or code == 2)
    print(shown.decode(), "hidden" if is_hidden else "shown", is_as_it_was, code)
    sys.exit(0 if is_hidden and is_as_it_was and good else 1)


def main():
    word = sys.argv[1:]
    if word[0] == "send":
        send(word[1], sys.stdin.buffer.read())
    elif word[0] == "slow":
        slow(word[1], word[2], word[3] if len(word) > 3 else "")
    elif word[0] == "hold":
        hold(word[1], int(word[2]))
    elif word[0] == "totp":
        totp(word[1], int(word[2]) if len(word) > 2 else 0)
    elif word[0] == "bomb":
        bomb(word[1])
    elif word[0] == "type":
        at = word.index("--")
        type_at(word[1:at], word[at + 1:])


main()
