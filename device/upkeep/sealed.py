"""An encrypted file written and read as a stream: scrypt for the passphrase, AES-256-GCM for the pieces.

Each piece is sealed for its place, and the last one as the last (the STREAM construction, Hoang and others
2015, doi:10.1007/978-3-662-47989-6_24): pieces cannot be changed, exchanged, left out or cut off unnoticed.

Layout: MAGIC, one line of JSON with the parameters, then pieces of PIECE_BYTES and their 16-byte tags.
"""

import hashlib
import hmac
import io
import json
import secrets
from types import TracebackType
from typing import IO, Any

from device.errors import BackupError

MAGIC = b"treadlight backup 1\n"
PIECE_BYTES = 1 << 18
TAG_BYTES = 16
SCRYPT = {"n": 1 << 15, "r": 8, "p": 1}
"""32 MB and a tenth of a second here, about half a second on a Raspberry Pi 4."""
LONGEST_HEADER = 1000
DAMAGED = "Use another backup; this one cannot be trusted."


class SealedWriter(io.RawIOBase):
    """Encrypts what is written to it; leaving its `with` block without an error completes the file."""

    def __init__(self, file: IO[bytes], passphrase: str) -> None:
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM

        salt, self._prefix = secrets.token_bytes(16), secrets.token_bytes(7)
        key, proof = _keys(passphrase, salt, **SCRYPT)
        header = {**SCRYPT, "salt": salt.hex(), "prefix": self._prefix.hex(), "proof": proof}
        self._head = MAGIC + json.dumps(header).encode() + b"\n"
        self._file, self._cipher = file, AESGCM(key)
        self._waiting = bytearray()
        self._count = 0
        file.write(self._head)

    def writable(self) -> bool:
        """Tell that this is for writing."""
        return True

    def write(self, data: Any) -> int:
        """Take bytes; whole pieces are sealed at once."""
        self._waiting += data
        while len(self._waiting) > PIECE_BYTES:
            self._seal(bytes(self._waiting[:PIECE_BYTES]), last=False)
            del self._waiting[:PIECE_BYTES]
        return len(data)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if kind is None:
            self._seal(bytes(self._waiting), last=True)
        self.close()

    def _seal(self, piece: bytes, last: bool) -> None:
        nonce = _nonce(self._prefix, self._count, last)
        self._file.write(self._cipher.encrypt(nonce, piece, self._head))
        self._count += 1


class SealedReader(io.RawIOBase):
    """Decrypts a file; nothing comes out that was not sealed with this passphrase for this place.

    Raises BackupError: not a backup, another passphrase, damaged, cut off.
    """

    def __init__(self, file: IO[bytes], passphrase: str) -> None:
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM

        magic = file.read(len(MAGIC))
        if magic != MAGIC:
            raise BackupError("This is no backup of treadlight, or a newer one. Choose another file.")
        line = file.readline(LONGEST_HEADER)
        try:
            header = json.loads(line)
            parameters = {name: int(header[name]) for name in SCRYPT}
            if parameters["n"] * parameters["r"] > 1 << 20 or parameters["p"] > 16:
                raise ValueError("parameters out of range")
            key, proof = _keys(passphrase, bytes.fromhex(header["salt"]), **parameters)
            self._prefix = bytes.fromhex(header["prefix"])
            wrong = not hmac.compare_digest(proof, str(header["proof"]))
        except (ValueError, KeyError, TypeError) as error:
            raise BackupError(f"The backup's beginning is damaged. {DAMAGED}") from error
        if wrong:
            raise BackupError("The passphrase is not the one of this backup. Type it again.")
        self._file, self._head = file, magic + line
        self._cipher = AESGCM(key)
        self._count, self._ready = 0, b""
        self._next: bytes | None = file.read(PIECE_BYTES + TAG_BYTES)

    def readable(self) -> bool:
        """Tell that this is for reading."""
        return True

    def read(self, size: int = -1) -> bytes:
        """Give the next bytes, fewer than asked for at the end of a piece; all of them for -1."""
        if size < 0:
            return b"".join(iter(lambda: self.read(PIECE_BYTES), b""))
        if not self._ready and self._next is not None:
            self._ready = self._open()
        given, self._ready = self._ready[:size], self._ready[size:]
        return given

    def _open(self) -> bytes:
        from cryptography.exceptions import InvalidTag

        sealed, following = self._next or b"", self._file.read(PIECE_BYTES + TAG_BYTES)
        last = not following
        try:
            piece = self._cipher.decrypt(_nonce(self._prefix, self._count, last), sealed, self._head)
        except (InvalidTag, ValueError) as error:
            where = len(self._head) + self._count * (PIECE_BYTES + TAG_BYTES)
            raise BackupError(f"The backup is damaged or cut off after byte {where}. {DAMAGED}") from error
        self._count += 1
        self._next = None if last else following
        return piece


def _nonce(prefix: bytes, count: int, last: bool) -> bytes:
    return prefix + count.to_bytes(4, "big") + bytes([last])


def _keys(passphrase: str, salt: bytes, n: int, r: int, p: int) -> tuple[bytes, str]:
    """Give the key, and what tells a wrong passphrase from a damaged file without telling the key."""
    both = hashlib.scrypt(passphrase.encode(), salt=salt, n=n, r=r, p=p, maxmem=1 << 28, dklen=64)
    return both[:32], hashlib.sha256(both[32:]).hexdigest()
