"""A mail server that lies, stalls and shouts. It keeps what it heard."""

import base64
import re
import socket
import ssl
import threading


class Hostile:
    """`answers` holds what it says to a command instead of the truth: bytes, or a function of the connection and the tag."""

    def __init__(self, certificate, implicit=True):
        self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.context.load_cert_chain(certificate + ".crt", certificate + ".key")
        self.implicit, self.listener = implicit, socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        self.honest()
        threading.Thread(target=self.accept, daemon=True).start()

    def honest(self):
        self.greeting, self.answers, self.heard, self.passwords = b"* OK hello\r\n", {}, [], []
        self.capabilities = b"IMAP4rev1 AUTH=PLAIN MOVE"

    def accept(self):
        while True:
            try:
                connection, _ = self.listener.accept()
            except OSError:
                return
            threading.Thread(target=self.serve, args=(connection,), daemon=True).start()

    def serve(self, connection):
        try:
            with connection:
                connection.settimeout(30)
                if self.implicit:
                    connection = self.context.wrap_socket(connection, server_side=True)
                self.talk(connection)
        except (OSError, ValueError):
            pass

    def talk(self, connection):
        if callable(self.greeting):
            return self.greeting(connection)
        connection.sendall(self.greeting)
        lines, secure = connection.makefile("rb"), self.implicit
        while line := lines.readline():
            self.heard.append((secure, line))
            tag, verb = re.match(rb"(\S+) ((?:UID )?\S+)", line).groups()
            verb = verb.decode().upper()
            if verb in self.answers:
                answer = self.answers[verb]
                connection.sendall(answer(tag) if callable(answer) else answer + tag + b" OK done\r\n")
            elif verb == "CAPABILITY":
                connection.sendall(b"* CAPABILITY " + self.capabilities + b"\r\n" + tag + b" OK done\r\n")
            elif verb == "STARTTLS":
                connection.sendall(tag + b" OK begin\r\n")
            elif verb == "AUTHENTICATE":
                connection.sendall(b"+ \r\n")
                self.passwords.append(base64.b64decode(lines.readline()))
                connection.sendall(tag + b" OK in\r\n")
            elif verb in ("SELECT", "EXAMINE"):
                connection.sendall(b"* 3 EXISTS\r\n* OK [UIDVALIDITY 7] v\r\n" + tag + b" OK done\r\n")
            elif verb == "UID SEARCH":
                connection.sendall(b"* SEARCH 1\r\n" + tag + b" OK done\r\n")
            else:
                connection.sendall(tag + b" OK done\r\n")
            if verb == "STARTTLS":
                connection = self.context.wrap_socket(connection, server_side=True)
                lines, secure = connection.makefile("rb"), True
            if verb == "LOGOUT":
                return

    def stop(self):
        self.listener.close()
