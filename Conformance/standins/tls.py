"""A certificate authority for one test, and a front that speaks TLS for a server that doesn't."""

import contextlib
import datetime
import ipaddress
import socket
import ssl
import threading

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import NameOID


def name(text):
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])


def certificate(subject, key, issuer=None, signer=None, days=2):
    now = datetime.datetime.now(datetime.UTC)
    builder = (
        x509.CertificateBuilder().subject_name(name(subject)).issuer_name(issuer or name(subject))
        .public_key(key.public_key()).serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(hours=1)).not_valid_after(now + datetime.timedelta(days=days))
        .add_extension(x509.BasicConstraints(ca=signer is None, path_length=None), critical=True))
    if signer is not None:
        names = [x509.DNSName("localhost"), x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]
        builder = builder.add_extension(x509.SubjectAlternativeName(names), critical=False)
    return builder.sign(signer or key, hashes.SHA256())


def pem(made):
    return made.public_bytes(serialization.Encoding.PEM).decode()


def private_pem(key):
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()).decode()


def app_certificate():
    """A key and a self-signed certificate, as an app has them."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    return private_pem(key), pem(certificate("deputy", key))


class Front:
    """Listens with TLS and hands every byte on to a port of this machine."""

    def __init__(self, folder, port):
        authority = ec.generate_private_key(ec.SECP256R1())
        root = certificate("test authority", authority)
        key = ec.generate_private_key(ec.SECP256R1())
        chain, secret = folder / "front.pem", folder / "front.key"
        chain.write_text(pem(certificate("localhost", key, root.subject, authority)))
        secret.write_text(private_pem(key))
        self.authority = folder / "authority.pem"
        self.authority.write_text(pem(root))
        self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.context.load_cert_chain(chain, secret)
        self.port, self.listener = port, socket.create_server(("127.0.0.1", 0))
        self.origin = f"https://localhost:{self.listener.getsockname()[1]}"
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self):
        with contextlib.suppress(OSError):
            while True:
                threading.Thread(target=self.serve, args=(self.listener.accept()[0],), daemon=True).start()

    def serve(self, plain):
        with contextlib.suppress(OSError), self.context.wrap_socket(plain, server_side=True) as outer:
            with socket.create_connection(("127.0.0.1", self.port)) as inner:
                back = threading.Thread(target=pump, args=(inner, outer), daemon=True)
                back.start()
                pump(outer, inner)
                back.join()

    def stop(self):
        self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()


def pump(source, sink):
    with contextlib.suppress(OSError):
        while data := source.recv(65536):
            sink.sendall(data)
    with contextlib.suppress(OSError):
        sink.shutdown(socket.SHUT_WR)
