"""The device's own HTTPS certificate: a local authority that tablets trust once, and what it signs.

No certificate of the public web can name a device without a public name, and none of those would outlive a
clinic without internet. The authority is therefore made here, on first use, and can sign for local names and
private addresses alone (name constraints, RFC 5280 4.2.1.10), so trusting it gives nobody a way into anything
else. Validity begins in 2019 and ends in 2049: the device has no clock while it is off, and tablets by Apple
limit certificates that begin after June 2019 to 825 days.
"""

import hashlib
import ipaddress
import json
import socket
import ssl
import subprocess
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from device.errors import ServerError
from device.storage.disk import write_whole

if TYPE_CHECKING:
    from cryptography import x509
    from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey

BEGINS, ENDS = datetime(2019, 1, 1, tzinfo=UTC), datetime(2049, 12, 31, tzinfo=UTC)
PRIVATE_NETWORKS = (
    "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10", "169.254.0.0/16", "127.0.0.0/8",
    "fc00::/7", "fe80::/10", "::1/128",
)  # fmt: skip
LOCAL_DOMAINS = ("local", "localhost")
MAKING_S = 30.0


@dataclass(frozen=True, slots=True)
class CertificateFiles:
    """Where authority and certificate are kept.

    folder: made with mode 0700. authority: what tablets trust, without secrets. server: key, certificate and
    authority in one file, so that they always fit together. subject: the names the certificate bears.
    """

    folder: Path

    @property
    def authority(self) -> Path:
        """The authority's certificate, PEM."""
        return self.folder / "authority.crt"

    @property
    def server(self) -> Path:
        """The server's key and its certificate chain, PEM."""
        return self.folder / "server.pem"

    @property
    def subject(self) -> Path:
        """The subject the server's certificate was made for, JSON."""
        return self.folder / "server.json"

    def fits(self, subject: Sequence[str]) -> bool:
        """Tell whether there is a certificate for exactly this subject."""
        try:
            kept = json.loads(self.subject.read_text("utf-8"))
        except (OSError, ValueError):
            return False
        return kept == list(subject) and self.server.is_file() and self.authority.is_file()


def subject_of(name: str, addresses: Iterable[str]) -> list[str]:
    """Give what the certificate must bear: the device's names, then its private addresses, sorted.

    name: the device's name in the network, without a domain. An address of the public internet is left out:
    the authority may not sign for it.
    """
    host = socket.gethostname().lower().partition(".")[0]
    names = dict.fromkeys([f"{name}.local", f"{host}.local", "localhost"])
    private = [address for address in addresses if _is_private(address)]
    return [*names, *sorted({"127.0.0.1", *private})]


def keep_certificate(folder: Path, subject: Sequence[str]) -> CertificateFiles:
    """Give the certificate for `subject`; what is missing or made for another subject is made first.

    Takes about a second when something is to be made. Raises ServerError when the folder cannot be used.
    """
    files = CertificateFiles(folder)
    if not files.fits(subject):
        maker = start_making(folder, subject)
        try:
            _, errors = maker.communicate(timeout=MAKING_S)
        except subprocess.TimeoutExpired:
            maker.kill()
            _, errors = maker.communicate()
        if maker.returncode != 0:
            reason = (errors.strip().splitlines() or ["no answer"])[-1]
            raise ServerError(
                f"The certificate in {folder} cannot be made ({reason}). Check the disk's space and the "
                "folder's rights, or set web.https = false."
            )
    return files


def start_making(folder: Path, subject: Sequence[str]) -> subprocess.Popen[str]:
    """Start to make the certificate in a process of its own, which takes its 30 MB of libraries with it."""
    return subprocess.Popen(
        [sys.executable, "-m", "device.host.certificate", str(folder), *subject],
        cwd=Path(__file__).parents[2],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    )


def fingerprint(certificate: Path) -> str:
    """Give a certificate's SHA-256 as tablets show it, in pairs of hexadecimal digits."""
    der = ssl.PEM_cert_to_DER_cert(certificate.read_text("ascii"))
    return hashlib.sha256(der).digest().hex(":").upper()


def make_certificate(folder: Path, subject: Sequence[str]) -> None:
    """Make the server's certificate, and the authority when there is none."""
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes
    from cryptography.hazmat.primitives.asymmetric import ec
    from cryptography.x509.oid import ExtendedKeyUsageOID

    files = CertificateFiles(folder)
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    authority, signer = _authority(files, subject)
    key = ec.generate_private_key(ec.SECP256R1())
    names = [*map(_general_name, subject)]
    server = (
        _builder(_name(subject[0]), authority.subject, key)
        .add_extension(x509.SubjectAlternativeName(names), critical=False)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_usage(digital_signature=True), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(signer.public_key()), False)
        .sign(signer, hashes.SHA256())
    )
    # First what it replaces becomes invalid, last the subject: a power cut between leads to a new one.
    files.subject.unlink(missing_ok=True)
    write_whole(files.server, _pem(key) + _pem(server) + _pem(authority))
    write_whole(files.subject, json.dumps(list(subject)).encode())


def _authority(
    files: CertificateFiles, subject: Sequence[str]
) -> "tuple[x509.Certificate, EllipticCurvePrivateKey]":
    """Read the authority, or make one that may sign for local names and private addresses only."""
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    kept = files.folder / "authority.pem"
    if kept.is_file():
        pem = kept.read_bytes()
        key = serialization.load_pem_private_key(pem, None)
        if not isinstance(key, ec.EllipticCurvePrivateKey):
            raise ServerError(f"{kept} holds no key of treadlight. Move it away; a new one is then made.")
        authority = x509.load_pem_x509_certificate(pem)
    else:
        key = ec.generate_private_key(ec.SECP256R1())
        own = x509.SubjectKeyIdentifier.from_public_key(key.public_key())
        label = _name(f"treadlight {subject[0].partition('.')[0]} {own.digest.hex()[:6]}")
        allowed = [x509.DNSName(domain) for domain in LOCAL_DOMAINS]
        networks = [x509.IPAddress(ipaddress.ip_network(network)) for network in PRIVATE_NETWORKS]
        authority = (
            _builder(label, label, key)
            .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
            .add_extension(_usage(key_cert_sign=True, crl_sign=True), critical=True)
            .add_extension(x509.NameConstraints([*allowed, *networks], None), critical=True)
            .add_extension(own, critical=False)
            .sign(key, hashes.SHA256())
        )
        write_whole(kept, _pem(key) + _pem(authority))
    if not files.authority.is_file() or files.authority.read_bytes() != _pem(authority):
        write_whole(files.authority, _pem(authority))
    return authority, key


def _builder(
    subject: "x509.Name", issuer: "x509.Name", key: "EllipticCurvePrivateKey"
) -> "x509.CertificateBuilder":
    from cryptography import x509

    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(BEGINS)
        .not_valid_after(ENDS)
    )


def _usage(**allowed: bool) -> "x509.KeyUsage":
    from cryptography import x509

    every = (
        "digital_signature", "content_commitment", "key_encipherment", "data_encipherment", "key_agreement",
        "key_cert_sign", "crl_sign", "encipher_only", "decipher_only",
    )  # fmt: skip
    return x509.KeyUsage(**{use: allowed.get(use, False) for use in every})


def _name(common_name: str) -> "x509.Name":
    from cryptography import x509
    from cryptography.x509.oid import NameOID

    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common_name[:64])])


def _general_name(name: str) -> "x509.GeneralName":
    from cryptography import x509

    try:
        return x509.IPAddress(ipaddress.ip_address(name))
    except ValueError:
        return x509.DNSName(name)


def _pem(part: "x509.Certificate | EllipticCurvePrivateKey") -> bytes:
    from cryptography import x509
    from cryptography.hazmat.primitives import serialization

    if isinstance(part, x509.Certificate):
        return part.public_bytes(serialization.Encoding.PEM)
    return part.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )


def _is_private(address: str) -> bool:
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return False
    networks = map(ipaddress.ip_network, PRIVATE_NETWORKS)
    return any(found.version == network.version and found in network for network in networks)


if __name__ == "__main__":
    make_certificate(Path(sys.argv[1]), sys.argv[2:])
