"""What leaves the machine: mail over SMTP, and signed posts to webhooks; each within a limit, and told apart by a stable id."""

from __future__ import annotations

import contextlib
import datetime as dt
import hashlib
import hmac
import json
import smtplib
import socket
import ssl
from collections.abc import Mapping
from email.message import EmailMessage
from typing import TYPE_CHECKING, Any, Final

from thalweg.evidence import BadInput
from thalweg.evidence.text import one_line, visible
from thalweg.sources.deadline import Deadline, deadline

if TYPE_CHECKING:
    from thalweg.store import RaisedAlert
    from thalweg.watch.alert_rules import Email, Webhook

LONGEST: Final = 60.0
"""Seconds in which a mail or a post, with its tries, is to be over."""
_TIMEOUT: Final = 20.0
"""Seconds until a connection stands, and for each answer."""
_QUICK: Final = 3


class _Smtp(smtplib.SMTP):
    """A connection to a mail server within a limit."""

    limit: Deadline
    _host: str
    """The name that its certificate is held to; the library sets it only where it connects at once."""

    def _get_socket(self, host: str, port: int, timeout: float) -> socket.socket:
        found = socket.create_connection((host, port), timeout)
        self.limit.holds(found)
        return found


class _SmtpTls(smtplib.SMTP_SSL, _Smtp):
    """The same, encrypted from its start."""


def send_mail(outlet: Email, alert: RaisedAlert, environment: Mapping[str, str]) -> list[str]:
    """Send an alert by mail; return, a line each, the receivers that the server did not take, if it took some.

    The Message-ID is made from the id of the alert, so that a receiver can tell one that comes twice.

    Raises:
        TimeoutError: if it is not over in time.
        OSError: if the server cannot be reached, or does not take it.
    """
    message = EmailMessage()
    message["From"], message["To"] = outlet.sender, ", ".join(outlet.to)
    message["Subject"] = one_line(f"[thalweg {alert.rule}] {alert.body.get('headline', '')}")[:200]
    message["Message-ID"] = f"<{alert.id}@thalweg>"
    message["Date"] = dt.datetime.fromisoformat(alert.at)
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(text_of(alert))
    context = ssl.create_default_context()
    server = _SmtpTls(timeout=_TIMEOUT, context=context) if outlet.security == "tls" else _Smtp(timeout=_TIMEOUT)
    server._host = outlet.host  # noqa: SLF001
    with deadline(LONGEST) as server.limit, contextlib.closing(server):
        server.connect(outlet.host, outlet.port)
        if outlet.security == "starttls":
            server.starttls(context=context)
        if outlet.user:
            server.login(outlet.user, _secret(outlet.password_env or "", environment))
        refused = server.send_message(message)
        with contextlib.suppress(OSError, smtplib.SMTPException):  # the mail is taken, however the server takes its leave
            server.quit()
    return [one_line(f"{who}: refused ({code} {said.decode(errors='replace')})") for who, (code, said) in refused.items()]


def text_of(alert: RaisedAlert) -> str:
    """Return an alert as a short text: the headline, how it stands, why it fired, conflicts, what it touches, and the sources."""
    body: Mapping[str, Any] = alert.body
    stands = f"{alert.state.replace('_', ' ')}; {str(body.get('certainty', '')).replace('_', ' ')}"
    lines = [str(body.get("headline", "")), f"{body.get('dated') or body.get('day', '')}; {stands}"]
    lines += [f"Says: {body['standing']}"] if body.get("standing") else []
    lines += ["", f"Why this alert (rule {alert.rule}):"]
    lines += [f"- {w}" for w in body.get("why", ())]
    for title, rows in (
        ("What it says:", [str(s) for s in body.get("evidence", ())]),
        ("Accounts differ:", [f"{c['field']}: {'; '.join(f'{v} ({who})' for v, who in c['values'])}" for c in body.get("conflicts", ())]),
        ("Touches:", [f"{t['kind']} {t['title']}" for t in body.get("touches", ())][:12]),
        (
            "Read at:",
            [
                f"{s.get('publisher', '')}, {s.get('published', '')}: {s.get('title', '')} {s.get('url', '')}"
                for s in body.get("sources", ())
            ],
        ),
    ):
        lines += ["", title, *(f"- {r}" for r in rows)] if rows else []
    return "\n".join(visible(line) for line in lines) + "\n\nNot legal advice.\n"


def post(outlet: Webhook, alert: RaisedAlert, environment: Mapping[str, str]) -> None:
    """Post an alert, signed, to the address that was checked; tried a few times before it waits for the next round.

    The id of the alert stands in `Thalweg-Delivery` and `Idempotency-Key`, the same at every try, so that a receiver can tell one that
    comes twice. What is said of a failure names the host only, since the rest of such an address is often a secret. The answer's body is
    not read.
    """
    import httpx
    import stamina

    from thalweg.sources.addresses import target

    secret = _secret(outlet.secret_env, environment)
    content = json.dumps(alert.body, ensure_ascii=False, separators=(",", ":")).encode()
    try:
        where = target(outlet.url, outlet.allow)
    except BadInput as error:
        raise BadInput(str(error).replace(outlet.url, _host(outlet.url))) from None
    when = str(int(dt.datetime.now(dt.UTC).timestamp()))
    headers = {
        "Host": where.host,
        "Content-Type": "application/json",
        "User-Agent": "thalweg",
        "Thalweg-Delivery": alert.id,
        "Idempotency-Key": alert.id,
        "Thalweg-Timestamp": when,
        "Thalweg-Signature": f"sha256={signature(secret, when, content)}",
    }
    options: dict[str, Any] = {"timeout": _TIMEOUT, "follow_redirects": False, "trust_env": False, "proxy": where.proxy or None}
    try:
        with deadline(LONGEST) as limit, httpx.Client(**options) as client:
            for attempt in stamina.retry_context(on=_again, attempts=_QUICK, wait_initial=0.2, wait_max=2.0, timeout=None):
                with attempt:
                    more: dict[str, Any] = {
                        "content": content,
                        "headers": headers,
                        "extensions": {"sni_hostname": where.name, "trace": limit.traces},
                    }
                    with client.stream("POST", where.url, **more) as answer:
                        answer.raise_for_status()
    except httpx.HTTPStatusError as error:
        moved = " (a redirection is not followed; name the address it leads to)" if error.response.is_redirect else ""
        raise BadInput(f"{where.host}: answered {error.response.status_code} {error.response.reason_phrase}{moved}") from None
    except TimeoutError as error:
        raise TimeoutError(f"{where.host}: {error}") from None
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        raise BadInput(f"{where.host}: {type(error).__name__}: {str(error).replace(where.url, where.host)}") from None


def _host(url: str) -> str:
    """Return the host of an address, which may be shown."""
    from urllib.parse import urlsplit

    try:
        return urlsplit(url).hostname or "the webhook"
    except ValueError:
        return "the webhook"


def _again(error: Exception) -> bool:
    import httpx

    if isinstance(error, httpx.HTTPStatusError):
        return error.response.status_code in {408, 425, 429, 500, 502, 503, 504}
    return isinstance(error, httpx.TransportError)


def signature(secret: str, when: str, content: bytes) -> str:
    """Return the signature of a webhook: HMAC-SHA256 over the time stamp, a dot and the body, as hexadecimal digits."""
    return hmac.new(secret.encode(), when.encode() + b"." + content, hashlib.sha256).hexdigest()


def _secret(name: str, environment: Mapping[str, str]) -> str:
    found = environment.get(name, "")
    if not found:
        raise BadInput(f"the environment variable {name or '(none named)'} holds no secret; set it where thalweg runs")
    return found
