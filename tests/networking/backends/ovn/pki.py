"""Keys and certificates of a day, and what is wrong with some of them."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

DAY = timedelta(days=1)


class Authority:
    """Signs for whoever asks; its own certificate is `NAME-ca.pem` in the folder."""

    def __init__(self, folder: Path, name: str) -> None:
        self.file = folder / f"{name}-ca.pem"
        self._folder = folder
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._name = _name(f"{name} authority")
        is_one = x509.BasicConstraints(ca=True, path_length=0)
        own = _certificate(self._name, self._name, self._key.public_key(), datetime.now(UTC) + DAY)
        signed = own.add_extension(is_one, critical=True).sign(self._key, hashes.SHA256())
        self.file.write_bytes(signed.public_bytes(serialization.Encoding.PEM))

    def sign(self, name: str, *hosts: str, until: timedelta = DAY) -> tuple[Path, Path]:
        """The files of a new key and its certificate, which names these hosts."""
        key = ec.generate_private_key(ec.SECP256R1())
        made = _certificate(_name(name), self._name, key.public_key(), datetime.now(UTC) + until)
        if hosts:
            names = x509.SubjectAlternativeName([x509.DNSName(host) for host in hosts])
            made = made.add_extension(names, critical=False)
        certificate = made.sign(self._key, hashes.SHA256())
        private = key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        files = self._folder / f"{name}.key", self._folder / f"{name}.pem"
        files[0].write_bytes(private)
        files[1].write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
        return files


def _name(text: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])


def _certificate(
    subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePublicKey, until: datetime
) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(until - 9 * DAY)
        .not_valid_after(until)
    )
