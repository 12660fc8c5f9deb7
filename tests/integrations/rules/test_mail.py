"""SMTP, as a small server of our own speaks it: plain, with STARTTLS, with TLS from the start."""

import asyncio
import base64
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import UTC, datetime, timedelta
from email import message_from_string, policy
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from meydan.config import Mail, MailSecurity
from meydan.integrations import Message, SendingFailed, Undeliverable
from meydan.integrations.mail import Smtp

MESSAGE = Message("ayşe@example.org".replace("ş", "s"), "123456 — kodunuz ğüşi", subject="Meydan kodunuz: 123456")


class MailServer:
    """Takes letters; ``refuse`` answers a command differently from usual."""

    def __init__(self, context: ssl.SSLContext | None = None) -> None:
        self.letters: list[tuple[str, str, str]] = []
        self.refuse: dict[str, str] = {}
        self.logins: list[str] = []
        self.was_encrypted: list[bool] = []
        self.context = context
        self.port = 0

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        envelope = {"MAIL": "", "RCPT": ""}
        writer.write(b"220 here\r\n")
        try:
            while line := (await reader.readline()).decode().rstrip("\r\n"):
                command = line.split(" ")[0].upper()
                answer = self.refuse.get(command) or self._answer(command, line, writer)
                writer.write(f"{answer}\r\n".encode())
                await writer.drain()
                if answer == "220 go on":
                    await writer.start_tls(self.context)  # type: ignore[arg-type]  # only offered with one
                elif answer == "354 go on":
                    body = (await reader.readuntil(b"\r\n.\r\n")).decode()
                    self.letters.append((envelope["MAIL"], envelope["RCPT"], body))
                    self.was_encrypted.append(writer.get_extra_info("ssl_object") is not None)
                    writer.write(b"250 taken\r\n")
                elif command in envelope:
                    envelope[command] = line
        finally:
            writer.close()

    def _answer(self, command: str, line: str, writer: asyncio.StreamWriter) -> str:
        if command == "EHLO":
            can_encrypt = self.context and writer.get_extra_info("ssl_object") is None
            return "\r\n".join(
                ["250-here", "250-AUTH PLAIN LOGIN", *["250-STARTTLS"] * bool(can_encrypt), "250 SIZE 9999"]
            )
        if command == "AUTH":
            self.logins.append(base64.b64decode(line.split(" ")[2]).decode())
            return "235 welcome"
        return {"STARTTLS": "220 go on", "DATA": "354 go on", "QUIT": "221 bye"}.get(command, "250 ok")


Start = Callable[..., Awaitable[MailServer]]


@pytest.fixture
async def start() -> AsyncIterator[Start]:
    servers: list[asyncio.Server] = []

    async def start(context: ssl.SSLContext | None = None, *, from_the_start: bool = False) -> MailServer:
        fake = MailServer(context)
        server = await asyncio.start_server(fake.serve, "127.0.0.1", 0, ssl=context if from_the_start else None)
        fake.port = server.sockets[0].getsockname()[1]
        servers.append(server)
        return fake

    yield start
    for server in servers:
        server.close()
        await server.wait_closed()


@pytest.fixture
def context(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ssl.SSLContext:
    """A certificate of our own, which this process trusts for the test."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "localhost")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    file = tmp_path / "server.pem"
    file.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
        + certificate.public_bytes(serialization.Encoding.PEM)
    )
    trusted = tmp_path / "trusted.pem"
    trusted.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    monkeypatch.setenv("SSL_CERT_FILE", str(trusted))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(file)
    return context


def smtp(server: MailServer, security: MailSecurity = MailSecurity.none, **more: str) -> Smtp:
    return Smtp(
        Mail(
            host="localhost" if security is not MailSecurity.none else "127.0.0.1",
            port=server.port,
            security=security,
            sender="Meydan <no-reply@example.org>",
            **more,
        )
    )


async def test_a_letter_arrives_as_it_was_written(start: Start):
    server = await start()
    await smtp(server).send(MESSAGE)
    ((sender, recipient, text),) = server.letters
    assert "<no-reply@example.org>" in sender
    assert f"<{MESSAGE.to}>" in recipient
    letter = message_from_string(text.removesuffix("\r\n.\r\n"), policy=policy.default)
    assert letter["Subject"] == MESSAGE.subject
    assert letter["From"] == "Meydan <no-reply@example.org>"
    assert letter["To"] == MESSAGE.to
    assert letter["Auto-Submitted"] == "auto-generated"
    assert letter["Message-ID"]
    assert letter["Date"]
    body = letter.get_content()
    assert body.strip() == MESSAGE.body


async def test_it_logs_in_where_there_is_a_user(start: Start):
    server = await start()
    await smtp(server, username="postman", password="a secret").send(MESSAGE)
    assert server.logins == ["\0postman\0a secret"]


@pytest.mark.parametrize("security", [MailSecurity.starttls, MailSecurity.tls])
async def test_the_connection_is_encrypted(start: Start, context: ssl.SSLContext, security: MailSecurity):
    server = await start(context, from_the_start=security is MailSecurity.tls)
    await smtp(server, security).send(MESSAGE)
    assert server.was_encrypted == [True]


async def test_without_the_promised_encryption_nothing_is_sent(start: Start):
    server = await start()
    with pytest.raises(SendingFailed):
        await smtp(server, MailSecurity.starttls).send(MESSAGE)
    assert server.letters == []


async def test_a_certificate_that_nobody_vouches_for_is_refused(
    start: Start, context: ssl.SSLContext, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.delenv("SSL_CERT_FILE")
    server = await start(context)
    with pytest.raises(SendingFailed):
        await smtp(server, MailSecurity.starttls).send(MESSAGE)
    assert server.letters == []


async def test_an_address_that_does_not_exist_is_not_tried_again(start: Start):
    server = await start()
    server.refuse["RCPT"] = "550 no such person"
    with pytest.raises(Undeliverable):
        await smtp(server).send(MESSAGE)


@pytest.mark.parametrize(
    ("command", "answer"),
    [("RCPT", "450 mailbox busy"), ("MAIL", "421 too many"), ("DATA", "451 later"), ("EHLO", "500 what")],
)
async def test_trouble_over_there_may_pass(start: Start, command: str, answer: str):
    server = await start()
    server.refuse[command] = answer
    server.refuse.setdefault("HELO", "500 what")
    with pytest.raises(SendingFailed):
        await smtp(server).send(MESSAGE)


async def test_nobody_listening_is_told_as_such():
    with pytest.raises(SendingFailed):
        await Smtp(Mail(host="127.0.0.1", port=9, security=MailSecurity.none)).send(MESSAGE)


async def test_a_line_break_in_an_address_does_not_become_a_header(start: Start):
    server = await start()
    with pytest.raises((ValueError, SendingFailed, Undeliverable)):
        await smtp(server).send(Message("a@example.org\r\nBcc: b@example.org", "text", subject="x"))
    assert server.letters == []
