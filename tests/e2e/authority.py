"""A certificate authority of the tests' own, made by the openssl program when it is needed, and gone with them."""

import shutil
import ssl
import subprocess
import tempfile
from pathlib import Path

OPENSSL = shutil.which("openssl")


class Authority:
    def __init__(self):
        self.home = Path(tempfile.mkdtemp(prefix="courant-ca-"))
        self.certificate = self.home / "ca.crt"
        self._request("ca", "-x509", "-days", "30", "-subj", "/CN=courant test authority", "-out", self.certificate)

    def _run(self, *arguments):
        subprocess.run([OPENSSL, *map(str, arguments)], check=True, capture_output=True, stdin=subprocess.DEVNULL)

    def _request(self, name, *arguments):
        self._run("req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-keyout", self.home / f"{name}.key", *arguments)
        (self.home / f"{name}.key").chmod(0o600)

    def issue(self, name, names="DNS:localhost,IP:127.0.0.1", not_before="200101000000Z", not_after=None):
        """(certificate, key) for the names, signed by this authority; the dates as openssl writes them (YYMMDDHHMMSSZ)."""
        request, certificate = self.home / f"{name}.csr", self.home / f"{name}.crt"
        self._request(name, "-subj", f"/CN={name}", "-out", request)
        (self.home / "index").write_text("")
        (self.home / "index.attr").write_text("unique_subject = no\n")
        (self.home / "ca.cnf").write_text(
            f"[ca]\ndefault_ca = us\n[us]\ndatabase = {self.home}/index\nnew_certs_dir = {self.home}\nrand_serial = yes\n"
            f"default_md = sha256\npolicy = any\nx509_extensions = names\n[any]\ncommonName = supplied\n"
            f"[names]\nsubjectAltName = {names}\n")
        when = ["-startdate", not_before, "-enddate", not_after] if not_after else ["-days", "10"]
        self._run("ca", "-batch", "-notext", "-config", self.home / "ca.cnf", "-cert", self.certificate, "-keyfile", self.home / "ca.key",
                  "-in", request, "-out", certificate, *when)
        return certificate, self.home / f"{name}.key"

    def self_signed(self):
        certificate = self.home / "self.crt"
        self._request("self", "-x509", "-days", "10", "-subj", "/CN=localhost", "-addext", "subjectAltName = DNS:localhost,IP:127.0.0.1",
                      "-out", certificate)
        return certificate, self.home / "self.key"

    def context(self, certificate, key, clients=False):
        """A server's side; `clients`: those must show a certificate of this authority."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate, key)
        context.set_alpn_protocols(["http/1.1"])
        if clients:
            context.verify_mode = ssl.CERT_REQUIRED
            context.load_verify_locations(self.certificate)
        return context

    def remove(self):
        shutil.rmtree(self.home, ignore_errors=True)
