"""proxy.py URL FILE - stand before a server and write down what passes, one JSON object a line.

Says its own address on standard output, and ends with its standard input. Nothing is changed on the way.
"""
import base64, http.client, http.server, json, sys, threading, urllib.parse

target = urllib.parse.urlsplit(sys.argv[1])
record = open(sys.argv[2], "a", encoding="utf-8")
writing = threading.Lock()
HOP = {"connection", "keep-alive", "transfer-encoding", "te", "trailer", "upgrade", "expect"}


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_):
        pass

    def body_of_request(self):
        if "chunked" in self.headers.get("Transfer-Encoding", "").lower():
            body = b""
            while size := int(self.rfile.readline().split(b";")[0], 16):
                body += self.rfile.read(size)
                self.rfile.readline()
            while self.rfile.readline().strip():
                pass
            return body
        length = self.headers.get("Content-Length")
        return self.rfile.read(int(length)) if length else None

    def pass_on(self):
        body = self.body_of_request()
        connection = http.client.HTTPConnection(target.hostname, target.port, timeout=60)
        connection.putrequest(self.command, self.path, skip_host=True, skip_accept_encoding=True)
        for name, value in self.headers.items():
            if name.lower() not in HOP and name.lower() != "content-length":
                connection.putheader(name, value)
        if body is not None:
            connection.putheader("Content-Length", str(len(body)))
        connection.endheaders(body)
        answer = connection.getresponse()
        content = answer.read()
        connection.close()
        self.send_response_only(answer.status, answer.reason)
        for name, value in answer.getheaders():
            if name.lower() not in HOP and name.lower() != "content-length":
                self.send_header(name, value)
        if self.command == "HEAD":
            self.send_header("Content-Length", answer.getheader("Content-Length", "0"))
        elif answer.status not in (204, 304):
            self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)
        with writing:
            record.write(json.dumps({
                "method": self.command, "path": self.path, "status": answer.status,
                "type": self.headers.get("Content-Type"), "sent": base64.b64encode(body or b"").decode(),
                "encoding": self.headers.get("Content-Encoding"),
                "head": {name.lower(): value for name, value in answer.getheaders()},
                "body": base64.b64encode(content).decode()}) + "\n")
            record.flush()

    do_GET = do_HEAD = do_POST = do_PUT = do_DELETE = do_OPTIONS = do_PATCH = pass_on


class Server(http.server.ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128


server = Server(("127.0.0.1", 0), Handler)
print("http://127.0.0.1:%d" % server.server_port, flush=True)
threading.Thread(target=server.serve_forever, daemon=True).start()
sys.stdin.read()
