"""guard_streams.py PORT GUARD_PORT KEY PID STREAMS - a provider and its clients on one clock: how long a request takes
to the provider, and a piece of the answer back, directly and through the guard."""
import asyncio
import json
import re
import sys
import time

PORT, GUARD_PORT, KEY, PID, STREAMS = int(sys.argv[1]), int(sys.argv[2]), sys.argv[3], sys.argv[4], int(sys.argv[5])
ARRIVED = {}
SENT = {}
FILLER = "The shop sells hats and shoes in the old town. " * 83  # with the rest about 4 KB


def memory():
    with open(f"/proc/{PID}/status", encoding="utf-8") as file:
        return int(re.search(r"VmRSS:\s+(\d+)", file.read()).group(1)) / 1024


async def read_request(reader):
    head = await reader.readuntil(b"\r\n\r\n")
    length = int(re.search(rb"content-length: (\d+)", head, re.I).group(1))
    return await reader.readexactly(length)


async def provide(reader, writer):
    try:
        while True:
            body = (await read_request(reader)).decode()
            now = time.perf_counter()
            ask, pieces, pause = re.search(r"ask (\d+) (\d+) (\d+)", body).groups()
            ARRIVED[int(ask)] = now
            mail = re.search(r"write to (\S+)", body).group(1)
            writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n")
            for piece in range(int(pieces)):
                await asyncio.sleep(int(pause) / 1e6)
                event = f'data: {{"id":"x","choices":[{{"index":0,"delta":{{"content":"{mail} at {ask}.{piece} "}}}}]}}\n\n'
                SENT[int(ask), piece] = time.perf_counter()
                writer.write(b"%x\r\n%s\r\n" % (len(event), event.encode()))
            end = b"data: [DONE]\n\n"
            writer.write(b"%x\r\n%s\r\n0\r\n\r\n" % (len(end), end))
            await writer.drain()
    except (asyncio.IncompleteReadError, asyncio.CancelledError, ConnectionError):
        writer.close()


async def chat(port, ask, pieces, pause, there, back):
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    text = f"ask {ask} {pieces} {pause}: write to ada.l{ask}@shop-of-ada.de about this. {FILLER}"
    body = json.dumps({"model": "m", "stream": True, "messages": [{"role": "user", "content": text}]}).encode()
    head = f"POST /v1/chat/completions HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer {KEY}\r\nContent-Length: {len(body)}\r\n\r\n"
    begun = time.perf_counter()
    writer.write(head.encode() + body)
    seen = b""
    count = 0
    while b"[DONE]" not in seen:
        data = await reader.read(65536)
        now = time.perf_counter()
        if not data:
            raise RuntimeError(f"broken off: {seen[-300:]}")
        seen = seen[-200:] + data
        for one in re.finditer(rb"ada\.l(\d+)@shop-of-ada\.de at (\d+)\.(\d+) ", seen):
            assert one.group(1) == one.group(2), "another's value"
            key = int(one.group(2)), int(one.group(3))
            if key in SENT:
                back.append(now - SENT.pop(key))
                count += 1
    assert count == pieces, f"{count} of {pieces} pieces"
    there.append(ARRIVED.pop(ask) - begun)
    writer.close()


def at(values, share):
    return sorted(values)[min(len(values) - 1, int(len(values) * share))] * 1000


def tell(name, direct, guarded):
    line = ", ".join(f"{label} {at(direct, p):.2f} -> {at(guarded, p):.2f} ms (+{at(guarded, p) - at(direct, p):.2f})"
                     for label, p in (("p50", 0.5), ("p99", 0.99)))
    print(f"{name}: {line}")


async def main():
    server = await asyncio.start_server(provide, "127.0.0.1", PORT, backlog=4096)
    ask = 0
    there = {PORT: [], GUARD_PORT: []}
    back = {PORT: [], GUARD_PORT: []}
    for _ in range(200):
        for port in (PORT, GUARD_PORT):
            ask += 1
            await chat(port, ask, 20, 1000, there[port], back[port])
    print("one stream at a time, prompts of 4 KB, direct -> guarded")
    tell("  to the provider, with its entry on the ledger", there[PORT], there[GUARD_PORT])
    tell("  a piece back", back[PORT], back[GUARD_PORT])
    many_there = {PORT: [], GUARD_PORT: []}
    many_back = {PORT: [], GUARD_PORT: []}
    before = memory()
    peak = before
    for port in (PORT, GUARD_PORT):
        tasks = []
        for _ in range(STREAMS):
            ask += 1
            tasks.append(asyncio.create_task(chat(port, ask, 10, 1000000, many_there[port], many_back[port])))
            await asyncio.sleep(0.001)
        while not all(task.done() for task in tasks):
            await asyncio.sleep(0.5)
            peak = max(peak, memory())
        await asyncio.gather(*tasks)
    print(f"{STREAMS} streams at once, a piece of each every second")
    tell("  to the provider, with its entry on the ledger", many_there[PORT], many_there[GUARD_PORT])
    tell("  a piece back", many_back[PORT], many_back[GUARD_PORT])
    print(f"  memory of the server: {before:.1f} MiB before, {peak:.1f} MiB at most, {(peak - before) * 1024 / STREAMS:.0f} KiB a stream")
    server.close()


asyncio.run(main())
