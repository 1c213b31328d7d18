"""A gateway served in whichever way a test asks for, and certificates of our own making."""

import datetime
import ipaddress
import os
import pathlib
import re
import socket
import ssl
import subprocess

import gateway_home as gateway
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID


class Identity:
    """A certificate and its key, each in a file."""

    def __init__(self, folder, serial=1, starts=-1, ends=30, password=None):
        self.certificate, self.key, self.serial = str(folder / "cert.pem"), str(folder / "key.pem"), serial
        self.private = ec.generate_private_key(ec.SECP256R1())
        name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
        now = datetime.datetime.now(datetime.timezone.utc)
        self.public = (
            x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(self.private.public_key())
            .serial_number(serial).not_valid_before(now + datetime.timedelta(days=starts))
            .not_valid_after(now + datetime.timedelta(days=ends))
            .add_extension(x509.SubjectAlternativeName(
                [x509.DNSName("localhost"), x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), False)
            .sign(self.private, hashes.SHA256()))
        lock = serialization.BestAvailableEncryption(password) if password else serialization.NoEncryption()
        pathlib.Path(self.certificate).write_bytes(self.public.public_bytes(serialization.Encoding.PEM))
        pathlib.Path(self.key).write_bytes(
            self.private.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, lock))
        os.chmod(self.key, 0o600)

    @property
    def options(self):
        return "--tls-certificate", self.certificate, "--tls-key", self.key


class Served:
    """A gateway, and what it says on standard error."""

    def __init__(self, home, log, options):
        self.log = log
        with open(log, "ab") as errors:
            self.child = subprocess.Popen(
                [gateway.DEPUTY, "serve", "--home", home, "--port", "0", *options], stdout=subprocess.PIPE, stderr=errors,
                stdin=subprocess.DEVNULL, text=True, env=gateway.ENVIRONMENT)
        line = self.child.stdout.readline()
        found = re.search(r"(https?)://\S+?(?=/mcp)", line)
        assert found, f"the gateway didn't start: {line!r} {self.said()}"
        self.is_secure = "--tls-key" in options
        self.port = self._port()

    def _port(self):
        """Where it listens, whatever it is called."""
        inodes = set()
        for entry in os.scandir(f"/proc/{self.child.pid}/fd"):
            try:
                inodes.add(os.readlink(entry.path).removeprefix("socket:[").removesuffix("]"))
            except OSError:
                pass
        for table in ("tcp", "tcp6"):
            for line in open(f"/proc/{self.child.pid}/net/{table}").readlines()[1:]:
                fields = line.split()
                if fields[3] == "0A" and fields[9] in inodes:
                    return int(fields[1].rsplit(":", 1)[1], 16)
        raise AssertionError("it listens nowhere")

    def said(self):
        return pathlib.Path(self.log).read_text()

    def connect(self, source=None, timeout=10):
        """A socket, with TLS where the gateway has it."""
        plain = socket.create_connection(("127.0.0.1", self.port), timeout, source_address=(source, 0) if source else None)
        if not self.is_secure:
            return plain
        context = ssl.create_default_context()
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
        return context.wrap_socket(plain, server_hostname="localhost")

    def ask(self, head, body=b"", source=None, timeout=10):
        """The whole answer to one request, until the gateway closes."""
        with self.connect(source, timeout) as connection:
            connection.sendall(head.replace("\n", "\r\n").encode() + body)
            return drain(connection)

    def get(self, path="/healthz", source=None, **headers):
        lines = "".join(f"{name.replace('_', '-')}: {value}\n" for name, value in headers.items())
        return self.ask(f"GET {path} HTTP/1.1\nhost: localhost\nconnection: close\n{lines}\n", source=source)

    def stop(self):
        self.child.terminate()
        self.child.wait(20)


def drain(connection):
    answer = b""
    while True:
        try:
            part = connection.recv(65536)
        except (ConnectionResetError, ssl.SSLError):
            return answer
        if not part:
            return answer
        answer += part


def is_closed(connection, seconds):
    """Whether the gateway closes the connection within so many seconds."""
    connection.settimeout(seconds)
    try:
        while connection.recv(65536):
            pass
        return True
    except (ConnectionResetError, BrokenPipeError, ssl.SSLError):
        return True
    except TimeoutError:
        return False
