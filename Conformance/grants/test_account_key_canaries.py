"""A service account's key that goes round by itself is nowhere outside its seal. The new one is made by Deputy, which tells it
nobody: it is looked for by its public half."""

import base64
import pathlib
import signal

from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from halves import leaks
from test_account_keys import KEYS, Uploader, changed, go_round, let, listing, now, shown, until, world  # noqa: F401

FORMATS = ("jsonl", "cloudevents", "ocsf")


def uploaded(world):
    """The public keys that the stand-in knows, by their ids."""
    account = Uploader(world)
    found = {}
    for entry in account.send("GET", "?keyTypes=USER_MANAGED").json()["keys"]:
        name = entry["name"].rsplit("/", 1)[1]
        public = account.send("GET", f"/{name}?publicKeyType=TYPE_X509_PEM_FILE").json().get("publicKeyData")
        if entry["keyOrigin"] == "USER_PROVIDED":
            found[name] = x509.load_pem_x509_certificate(base64.b64decode(public)).public_key().public_numbers().n
    return found


def own(world):
    key = serialization.load_pem_private_key(world.robot.key["private_key"].encode(), None)
    return key.public_key().public_numbers().n


class Heard:
    """Everything that a home says, writes and leaves behind."""

    def __init__(self, world, folder):
        self.world, self.folder, self.places = world, folder, {}

    def command(self, *words):
        result = self.world.home.command(*words)
        self.places["$ " + " ".join(words)] = (result.stdout + result.stderr).encode()

    def process(self, when):
        process = pathlib.Path(f"/proc/{self.world.home.gateway.pid}")
        for name in ("environ", "cmdline", "status", "limits"):
            self.places[f"{when} /proc/{name}"] = (process / name).read_bytes()
        line, = [line for line in (process / "limits").read_text().splitlines() if line.startswith("Max core file size")]
        assert line.split()[4:6] == ["0", "0"], "no core is written"

    def ask(self, when):
        world = self.world
        for words in (("doctor",), ("connections", "list"), ("connections", "show", world.id), ("connections", "attention"),
                      ("ledger", "show"), ("keys", "list"), ("export", str(self.folder / f"{when}.definitions")),
                      *(("ledger", "export", str(self.folder / f"{when}.{name}"), "--format", name) for name in FORMATS)):
            self.command(*words)
        self.process(when)
        self.files(when)

    def files(self, when):
        for path in {*self.world.home.files, *self.folder.rglob("*")}:
            if path.is_file() and path.name != "key.json":
                self.places[f"{when} {path}"] = path.read_bytes()


def test_row_17_a_key_that_goes_round_is_found_nowhere(world, tmp_path):  # noqa: F811
    home = world.home
    port = int(home.url.rsplit(":", 1)[1])
    home.gateway.send_signal(signal.SIGTERM)
    home.gateway.wait(60)
    home.serve(port, flags=("--log-level", "trace", "--trace-providers"))
    heard = Heard(world, tmp_path)
    # Without the right each step that says something fails first.
    go_round(world)
    now(world)
    until(world, lambda row: row["automatic"].get("problem") == "PERMISSION_DENIED")
    heard.ask("refused")
    let(world)
    now(world)
    until(world, lambda row: row["automatic"].get("problem") == "old_key_left")
    heard.ask("replaced")
    first, = uploaded(world).values()
    now(world)
    until(world, lambda row: [call for call, _, _ in changed(world)].count("delete") == 1
          and row["automatic"]["step"] == "waiting")
    second, = uploaded(world).values()
    assert first != second
    assert listing(world) == "done"
    heard.ask("again")
    home.gateway.send_signal(signal.SIGTERM)
    home.gateway.wait(60)
    heard.files("stopped")
    assert heard.places[f"stopped {tmp_path / 'gateway.log'}"], "it logs"
    moduli = [own(world), first, second]
    assert leaks(heard.places, moduli) == []
    # The file that the first came in says it, and so would what was heard.
    file = (tmp_path / "key.json").read_bytes()
    assert leaks({name: heard.places[name] + file for name in ("$ doctor", "replaced /proc/environ")}, moduli) == [
        "$ doctor", "replaced /proc/environ"]


def test_a_private_key_would_be_found_in_whatever_form():
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    modulus = key.public_key().public_numbers().n

    def written(encoding, form):
        return key.private_bytes(encoding, form, serialization.NoEncryption())

    formats = (serialization.PrivateFormat.PKCS8, serialization.PrivateFormat.TraditionalOpenSSL)
    forms = [written(serialization.Encoding.DER, form) for form in formats]
    pems = [written(serialization.Encoding.PEM, form) for form in formats]
    half = key.private_numbers().p.to_bytes(128, "big")
    forms += [half, half[::-1], *pems, *[pem.replace(b"\n", b"\\n") for pem in pems]]
    for raw in list(forms):
        forms += [raw.hex().encode(), raw.hex().upper().encode()]
        forms += [b"x" * more + base64.b64encode(b"\0" * more + raw) for more in range(3)]
        forms += [base64.urlsafe_b64encode(raw)]
    for number, form in enumerate(forms):
        assert leaks({"planted": b"before " + form + b" after"}, [modulus]) == ["planted"], number
    public = key.public_key().public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    other = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    quiet = public + other.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    assert leaks({"quiet": quiet}, [modulus]) == []
