"""Raw HTTP over a socket, for what no client library would send."""

import socket
import time


class Answer:
    """One parsed answer; `closed` says whether the server closed the connection after the last one."""

    def __init__(self, status, headers, body):
        self.status = status
        self.headers = headers  # lower-case names; repeated fields joined by ", "
        self.body = body

    def __repr__(self):
        return f"<{self.status} {self.headers} {self.body[:200]!r}>"


def parse_head(head):
    lines = head.decode("latin-1").split("\r\n")
    headers = {}
    for line in lines[1:]:
        name, _, value = line.partition(":")
        name, value = name.lower(), value.strip()
        headers[name] = f"{headers[name]}, {value}" if name in headers else value
    return int(lines[0].split()[1]), headers


def take_answer(data, head_only=False):
    """(Answer, rest) from the front of `data`, or (None, data) when it is not whole."""
    end = data.find(b"\r\n\r\n")
    if end < 0:
        return None, data
    status, headers = parse_head(bytes(data[:end]))
    length = int(headers.get("content-length", "0"))
    if head_only or status in (204, 304) or status < 200:
        length = 0
    if len(data) < end + 4 + length:
        return None, data
    return Answer(status, headers, bytes(data[end + 4 : end + 4 + length])), data[end + 4 + length :]


class Connection:
    def __init__(self, port, timeout=10, host="127.0.0.1"):
        self.socket = socket.create_connection((host, port), timeout=timeout)
        self.data = bytearray()

    def send(self, data):
        self.socket.sendall(data)

    def answer(self, head_only=False):
        """The next answer; None when the server closes the connection first."""
        while True:
            answer, self.data = take_answer(self.data, head_only)
            if answer:
                return answer
            try:
                more = self.socket.recv(65536)
            except ConnectionResetError:
                return None
            if not more:
                return None
            self.data += more

    def is_closed(self, within=0.5):
        """True when the server closes within so many seconds and sends nothing before."""
        self.socket.settimeout(within)
        try:
            return self.socket.recv(65536) == b""
        except ConnectionResetError:
            return True
        except (TimeoutError, socket.timeout):
            return False

    def close(self):
        self.socket.close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()


def ask(port, request, head_only=False):
    """(answer, whether the connection was closed after it)."""
    with Connection(port) as connection:
        connection.send(request)
        answer = connection.answer(head_only)
        return answer, answer is None or connection.is_closed()


def get(port, target="/", method="GET", headers=(), body=b"", version="HTTP/1.1", host="a"):
    """One request, well formed; the answer."""
    lines = [f"{method} {target} {version}".encode("latin-1")]
    if host is not None:
        lines.append(f"Host: {host}".encode())
    lines += [f"{name}: {value}".encode("latin-1") for name, value in headers]
    if body:
        lines.append(b"Content-Length: %d" % len(body))
    with Connection(port) as connection:
        connection.send(b"\r\n".join(lines) + b"\r\n\r\n" + body)
        return connection.answer(method == "HEAD")


def seconds_until_closed(connection, at_most):
    start = time.monotonic()
    connection.socket.settimeout(at_most)
    try:
        while connection.socket.recv(65536):
            pass
    except ConnectionResetError:
        pass
    return time.monotonic() - start
