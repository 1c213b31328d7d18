"""TLS from files: what is refused at start, what is spoken, and a renewal that drops nobody."""

import os
import shutil
import signal
import socket
import ssl
import subprocess
import time

import pytest
from cryptography import x509
from facing import Identity, gateway

GET = b"GET /healthz HTTP/1.1\r\nhost: localhost\r\n\r\n"


def made(tmp_path, name, **options):
    folder = tmp_path / name
    folder.mkdir()
    return Identity(folder, **options)


def shown(connection):
    return x509.load_der_x509_certificate(connection.getpeercert(True)).serial_number


def test_bad_files_are_refused_with_a_way_out(tmp_path, refuse):
    good, other = made(tmp_path, "good"), made(tmp_path, "other")
    no_key = str(tmp_path / "no-key.pem")
    with open(os.open(no_key, os.O_CREAT | os.O_WRONLY, 0o600), "w") as file:
        file.write("nothing\n")
    locked = made(tmp_path, "locked", password=b"open sesame")

    def said(certificate, key):
        code, error, hint = refuse("--tls-certificate", certificate, "--tls-key", key)
        assert code == 1
        return error, hint

    assert "doesn't fit the certificate" in said(good.certificate, other.key)[0]
    error, hint = said(*made(tmp_path, "late", starts=-30, ends=-1).options[1::2])
    assert "no longer valid" in error and "renew it" in hint
    assert "isn't valid yet" in said(*made(tmp_path, "early", starts=1).options[1::2])[0]
    assert "no certificate in PEM form" in said(good.key, good.key)[0]
    assert "no private key in PEM form" in said(good.certificate, no_key)[0]
    error, hint = said(locked.certificate, locked.key)
    assert "passphrase" in error and "openssl pkey" in hint
    assert "can't be read: No such file" in said(good.certificate, good.key + ".gone")[0]
    assert "isn't a file" in said(good.certificate, str(tmp_path))[0]
    for mode in (0o644, 0o604, 0o660, 0o602):
        os.chmod(good.key, mode)
        error, hint = said(good.certificate, good.key)
        assert f"open to others (mode {mode:o})" in error and "chmod 600" in hint
    os.chmod(good.key, 0o640)
    if os.geteuid() == 0:
        os.chown(good.key, 12345, -1)
        assert "belongs to another user" in said(good.certificate, good.key)[0]


def test_certificate_and_key_come_together(tmp_path, refuse):
    done = subprocess.run([gateway.DEPUTY, "serve", "--tls-key", "x"], capture_output=True, text=True, timeout=30)
    assert done.returncode == 64 and "come together" in done.stderr


def test_tls_1_2_at_least_with_forward_secrecy(tmp_path, serve):
    served = serve(*made(tmp_path, "good").options)

    def handshake(**options):
        context = ssl.create_default_context()
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
        for name, value in options.items():
            if callable(getattr(context, name)):
                getattr(context, name)(value)
            else:
                setattr(context, name, value)
        with socket.create_connection(("127.0.0.1", served.port), 10) as plain, context.wrap_socket(plain) as secure:
            return secure.version(), secure.cipher()[0], secure.selected_alpn_protocol()

    two = ssl.TLSVersion.TLSv1_2
    assert handshake(set_alpn_protocols=["h2", "http/1.1"])[0::2] == ("TLSv1.3", "http/1.1")
    assert handshake(maximum_version=two)[0] == "TLSv1.2"
    for old in (ssl.TLSVersion.TLSv1, ssl.TLSVersion.TLSv1_1):
        with pytest.raises(ssl.SSLError), pytest.warns(DeprecationWarning):
            handshake(set_ciphers="ALL:@SECLEVEL=0", minimum_version=ssl.TLSVersion.TLSv1, maximum_version=old)
    for weak in ("AES128-SHA", "ECDHE-ECDSA-AES128-SHA", "AES256-GCM-SHA384", "ECDHE-ECDSA-AES128-SHA256"):
        with pytest.raises(ssl.SSLError):
            handshake(set_ciphers=weak + ":@SECLEVEL=0", maximum_version=two)
    assert handshake(set_ciphers="ECDHE-ECDSA-CHACHA20-POLY1305", maximum_version=two)[1] == "ECDHE-ECDSA-CHACHA20-POLY1305"


def test_plain_http_is_no_way_in(tmp_path, serve):
    served = serve(*made(tmp_path, "good").options)
    with socket.create_connection(("127.0.0.1", served.port), 10) as plain:
        plain.sendall(GET)
        assert plain.recv(100)[:5] != b"HTTP/"
    assert served.get().startswith(b"HTTP/1.1 200")


def is_answered(connection):
    connection.sendall(GET)
    answer = b""
    while not answer.endswith(b"}"):
        answer += connection.recv(65536)
    return answer.startswith(b"HTTP/1.1 200")


def wait_for(served, words, seconds=60):
    end = time.monotonic() + seconds
    while words not in served.said():
        assert time.monotonic() < end, served.said()
        time.sleep(0.02)


def test_renewal_at_sighup_drops_nobody_and_a_bad_file_keeps_the_old_one(tmp_path, serve):
    identity = made(tmp_path, "used", serial=111)
    served = serve(*identity.options)
    with served.connect() as open_before:
        assert shown(open_before) == 111 and is_answered(open_before)

        with open(identity.certificate, "w") as bad:
            bad.write("-----BEGIN CERTIFICATE-----\nnothing\n-----END CERTIFICATE-----\n")
        served.child.send_signal(signal.SIGHUP)
        wait_for(served, "holds no certificate")
        with served.connect() as after:
            assert shown(after) == 111

        fresh = made(tmp_path, "fresh", serial=222)
        shutil.copy(fresh.certificate, identity.certificate)
        shutil.copy(fresh.key, identity.key)
        served.child.send_signal(signal.SIGHUP)
        wait_for(served, "renewed certificate")
        with served.connect() as after:
            assert shown(after) == 222
        # Who came before goes on.
        assert is_answered(open_before)
    assert served.child.poll() is None


def test_strict_transport_is_said_over_tls_with_a_public_url_alone(tmp_path, serve):
    identity = made(tmp_path, "used")
    header = b"strict-transport-security: max-age=31536000\r\n"
    served = serve(*identity.options, "--public-url", "https://deputy.example")
    for path in ("/healthz", "/nothing-here", "/mcp/nobody", "/style.css"):
        assert header in served.get(path).lower(), path
    served.stop()
    served = serve(*identity.options)
    assert b"strict-transport" not in served.get().lower()
    served.stop()
    served = serve("--public-url", "https://deputy.example")
    assert b"strict-transport" not in served.get().lower()


def test_a_public_url_in_clear_contradicts_tls(tmp_path, refuse):
    code, error, hint = refuse(*made(tmp_path, "used").options, "--public-url", "http://deputy.example")
    assert code == 1 and "begins with http" in error and "https" in hint
