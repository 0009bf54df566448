"""Clients that ask the same over and over while something happens to the catalog."""

import json
import threading

from raw import Connection


class Load:
    """`clients` threads, each with a connection of its own; `seen` counts what `look(document)` makes of each answer."""

    def __init__(self, port, target, look, clients=4):
        self.port, self.target, self.look = port, target, look
        self.stopping = threading.Event()
        self.lock = threading.Lock()
        self.seen, self.failures, self.order = {}, [], []
        self.threads = [threading.Thread(target=self._run) for _ in range(clients)]

    def _ask(self, connection):
        connection.send(f"GET {self.target} HTTP/1.1\r\nHost: a\r\n\r\n".encode())
        answer = connection.answer()
        if answer is None or answer.status != 200:
            self.failures.append(answer)
            return False
        what = self.look(json.loads(answer.body))
        with self.lock:
            self.seen[what] = self.seen.get(what, 0) + 1
            if not self.order or self.order[-1] != what:
                self.order.append(what)
        return True

    def _run(self):
        try:
            with Connection(self.port, timeout=30) as connection:
                while not self.stopping.is_set() and self._ask(connection):
                    pass
        except Exception as error:  # noqa: BLE001
            self.failures.append(error)

    def total(self):
        with self.lock:
            return sum(self.seen.values())

    def count(self, what):
        with self.lock:
            return self.seen.get(what, 0)

    def __enter__(self):
        for thread in self.threads:
            thread.start()
        return self

    def __exit__(self, *_):
        self.stopping.set()
        for thread in self.threads:
            thread.join()
