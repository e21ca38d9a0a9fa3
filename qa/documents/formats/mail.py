"""E-mail (.eml): subject, sender and date, then the text; what is attached is read as files inside."""

from __future__ import annotations

import email
import email.policy
from collections.abc import Iterator
from email.message import EmailMessage

from qa.documents.decode import decode
from qa.documents.formats.source import Draft, Member, Source, drawn_by
from qa.documents.formats.web import page
from qa.errors import LoadError

_HEADERS = (("From", "发件人"), ("To", "收件人"), ("Date", "日期"))


def _message(data: bytes) -> EmailMessage:
    return email.message_from_bytes(data, policy=email.policy.default)


def read(data: bytes, encoding: str | None) -> Source:
    """The text of a mail: what it says in plain text, else the page it is. Raises LoadError."""
    message = _message(data)
    if not message.keys():
        raise LoadError("is no e-mail: it has no headers.")
    draft = Draft()
    if subject := " ".join(str(message.get("Subject", "")).split()):
        draft.paragraph(f"# {subject}")
    for name, said in _HEADERS:
        if message.get(name):
            draft.paragraph(f"{said}：{' '.join(str(message[name]).split())}")
    body, read_as = message.get_body(("plain", "html")), "eml"
    if body is not None:
        held = body.get_payload(decode=True)
        text = _text(held if isinstance(held, bytes) else b"", encoding or body.get_content_charset())
        if body.get_content_type() == "text/html":
            page(draft, text)
            read_as = drawn_by("trafilatura", "eml")
        else:
            draft.paragraph(text)
    return draft.source(read_as)


def _text(held: bytes, charset: str | None) -> str:
    """The text of a body: as its header says where that fits, else as the likeliest encoding reads it."""
    named = (charset or "utf-8").lower()
    try:
        return held.decode("gb18030" if named in ("gb2312", "gbk") else named)
    except (LookupError, UnicodeError):
        return decode(held)[0]


def attached(data: bytes) -> Iterator[Member]:
    """The files attached to a mail, mails within it among them."""
    for n, part in enumerate(_message(data).iter_attachments(), 1):
        name = part.get_filename() or ("mail.eml" if part.get_content_type() == "message/rfc822" else "")
        if part.get_content_type() == "message/rfc822":
            inner = part.get_content()
            yield Member(f"{n}-{name}", inner.as_bytes())
        elif name:
            held = part.get_payload(decode=True)
            yield Member(name, held if isinstance(held, bytes) else b"")
