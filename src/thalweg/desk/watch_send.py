"""Sending alerts: to a terminal, a file of JSON Lines, an RSS feed, by mail, or to a webhook; each arrives, and is marked only then."""

from __future__ import annotations

import datetime as dt
import hashlib
import hmac
import json
import os
import smtplib
import ssl
from collections.abc import Callable, Iterable, Mapping
from email.message import EmailMessage
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from thalweg.evidence import BadInput, ThalwegError
from thalweg.evidence.text import one_line, visible

if TYPE_CHECKING:
    from thalweg.store import RaisedAlert, Sending, Store
    from thalweg.watch.alert_rules import Email, Outlet, Webhook

WAITS: Final = (60, 300, 1_800, 7_200, 21_600)
"""Seconds until a sending that did not arrive is tried again, after the first, second ... try; the last one holds for all later ones."""
IN_A_FEED: Final = 200
"""Alerts that an RSS feed holds, the latest."""
_TIMEOUT: Final = 20.0
_QUICK: Final = 3


def send_due(
    store: Store,
    outlets: Mapping[str, Outlet],
    *,
    now: dt.datetime,
    tell: Callable[[str], object],
    environment: Mapping[str, str] | None = None,
) -> tuple[int, list[str]]:
    """Send what is due; return how many arrived and, a line each, what did not.

    An alert is marked as sent after it arrived. A program that is killed in between sends it again, under the same id: a file and a feed do
    not hold it twice, a mail has the same Message-ID, a webhook the same Thalweg-Delivery.

    Args:
        store: the open store.
        outlets: the outlets of the rules, by name.
        now: the instant, with its time zone.
        tell: writes a line to the terminal.
        environment: where passwords and secrets are read; that of the program if left out.

    Raises:
        StoreError: if the store cannot be read or written, or another program is sending: two would send the same.
    """
    with store.alone("send"):
        return _send_due(store, outlets, now, tell, os.environ if environment is None else environment)


def _send_due(
    store: Store, outlets: Mapping[str, Outlet], now: dt.datetime, tell: Callable[[str], object], held: Mapping[str, str]
) -> tuple[int, list[str]]:
    at = now.astimezone(dt.UTC).isoformat(timespec="seconds")
    with store.watch() as room:
        due = room.alerts.due(at)
    arrived, failed = 0, []
    for sending in due:
        try:
            _send(store, sending, outlets.get(sending.outlet), tell, held)
        except Exception as error:  # noqa: BLE001  (whatever is wrong with one, those behind it are sent)
            said = one_line(f"{sending.outlet}: {_reason(error)}")
            failed.append(f"{said} (alert {sending.alert.id}; tried {sending.tries + 1} times)")
            wait = WAITS[min(sending.tries, len(WAITS) - 1)]
            later = (now.astimezone(dt.UTC) + dt.timedelta(seconds=wait)).isoformat(timespec="seconds")
            with store.watch(write=True) as room:
                room.alerts.failed(sending.number, said, later)
            continue
        arrived += 1
        with store.watch(write=True) as room:
            room.alerts.sent(sending.number, at)
    return arrived, failed


def _reason(error: Exception) -> str:
    known = isinstance(error, (ThalwegError, OSError, smtplib.SMTPException))
    return str(error) if known else f"{type(error).__name__}: {error}"


def _send(store: Store, sending: Sending, outlet: Outlet | None, tell: Callable[[str], object], environment: Mapping[str, str]) -> None:
    alert = sending.alert
    if sending.outlet == "terminal":
        tell(line_of(alert))
    elif outlet is None:
        raise BadInput("is no outlet of the file of alert rules any more; put it back, or send to another")
    elif outlet.jsonl:
        _append(Path(outlet.jsonl), alert)
    elif outlet.rss:
        with store.watch() as room:
            latest = room.alerts.sent_to(sending.outlet, IN_A_FEED)
        write_feed(Path(outlet.rss), sending.outlet, latest)
    elif outlet.email:
        _mail(outlet.email, alert, environment)
    elif outlet.webhook:
        _post(outlet.webhook, alert, environment)


def line_of(alert: RaisedAlert) -> str:
    """Return an alert as a line for a person: what happened, how sure, why it fired, where it is read."""
    body = alert.body
    sources = body.get("sources") or []
    where = f" [{sources[0].get('publisher', '')} {sources[0].get('url', '')}]".replace(" ]", "]") if sources else ""
    sure = f" ({str(body.get('certainty', '')).replace('_', ' ')})" if body.get("certainty") else ""
    why = "; ".join(map(str, body.get("why", ())))
    return one_line(
        f"{body.get('day', '')} {alert.rule}: {body.get('headline', '')}{sure}, {alert.state.replace('_', ' ')}. Why: {why}{where}"
    )


def _append(path: Path, alert: RaisedAlert) -> None:
    """Add an alert to a file as a line, unless the file has it."""
    line = json.dumps(alert.body, ensure_ascii=False) + "\n"
    mark = json.dumps(alert.id)
    path.parent.mkdir(parents=True, exist_ok=True)
    ends = True
    if path.exists():
        with path.open(encoding="utf-8", errors="replace") as file:
            for held in file:
                if f'"id": {mark}' in held and held.endswith("\n"):
                    return
                ends = held.endswith("\n")
    with path.open("a", encoding="utf-8") as file:
        file.write(line if ends else "\n" + line)
        file.flush()
        os.fsync(file.fileno())


def write_feed(path: Path, name: str, latest: Iterable[RaisedAlert]) -> None:
    """Write an RSS 2.0 feed of alerts, whole or not at all.

    Raises:
        OSError: if the file cannot be written.
    """
    from email.utils import format_datetime
    from xml.sax.saxutils import escape

    from thalweg.pack.files import write_atomically

    items = []
    for alert in latest:
        body = alert.body
        links = [s.get("url", "") for s in body.get("sources", ())]
        link = next((u for u in links if u.startswith(("https://", "http://"))), "")
        text = "\n".join([*(f"Why: {w}" for w in body.get("why", ())), *map(str, body.get("evidence", ()))])
        when = format_datetime(dt.datetime.fromisoformat(alert.at))
        items.append(
            f'<item><title>{escape(_plain(str(body.get("headline", ""))))}</title><guid isPermaLink="false">{escape(alert.id)}</guid>'
            f"<pubDate>{when}</pubDate><category>{escape(alert.rule)}</category>{f'<link>{escape(link)}</link>' if link else ''}"
            f"<description>{escape(_plain(text))}</description></item>"
        )
    page = (
        '<?xml version="1.0" encoding="UTF-8"?>\n<rss version="2.0"><channel>'
        f"<title>Thalweg alerts: {escape(name)}</title><link>https://pypi.org/project/thalweg/</link>"
        "<description>Events that fit the alert rules, with why each fits</description>\n" + "\n".join(items) + "\n</channel></rss>\n"
    )
    write_atomically(path, page.encode())


def _plain(text: str) -> str:
    """Return text that XML takes."""
    return visible(text, keep="\n\t")


def _mail(outlet: Email, alert: RaisedAlert, environment: Mapping[str, str]) -> None:
    message = EmailMessage()
    message["From"], message["To"] = outlet.sender, ", ".join(outlet.to)
    message["Subject"] = one_line(f"[thalweg {alert.rule}] {alert.body.get('headline', '')}")[:200]
    message["Message-ID"] = f"<{alert.id}@thalweg>"
    message["Date"] = dt.datetime.fromisoformat(alert.at)
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(text_of(alert))
    context = ssl.create_default_context()
    if outlet.security == "tls":
        server: smtplib.SMTP = smtplib.SMTP_SSL(outlet.host, outlet.port, timeout=_TIMEOUT, context=context)
    else:
        server = smtplib.SMTP(outlet.host, outlet.port, timeout=_TIMEOUT)
    with server:
        if outlet.security == "starttls":
            server.starttls(context=context)
        if outlet.user:
            server.login(outlet.user, _secret(outlet.password_env or "", environment))
        server.send_message(message)


def text_of(alert: RaisedAlert) -> str:
    """Return an alert as a short text: the headline, how it stands, why it fired, conflicts, what it touches, and the sources."""
    body: Mapping[str, Any] = alert.body
    stands = f"{alert.state.replace('_', ' ')}; {str(body.get('certainty', '')).replace('_', ' ')}"
    lines = [str(body.get("headline", "")), f"{body.get('day', '')}; {stands}", "", f"Why this alert (rule {alert.rule}):"]
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


def _post(outlet: Webhook, alert: RaisedAlert, environment: Mapping[str, str]) -> None:
    """Post an alert, signed, to the address that was checked; tried a few times before it waits for the next round.

    What is said of a failure names the host only: the rest of such an address is often a secret. The answer's body is not read.
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
        "Thalweg-Timestamp": when,
        "Thalweg-Signature": f"sha256={signature(secret, when, content)}",
    }
    options: dict[str, Any] = {"timeout": _TIMEOUT, "follow_redirects": False, "trust_env": False, "proxy": where.proxy or None}
    try:
        with httpx.Client(**options) as client:
            for attempt in stamina.retry_context(on=_again, attempts=_QUICK, wait_initial=0.2, wait_max=2.0, timeout=None):
                with attempt:
                    more: dict[str, Any] = {"content": content, "headers": headers, "extensions": {"sni_hostname": where.name}}
                    with client.stream("POST", where.url, **more) as answer:
                        answer.raise_for_status()
    except httpx.HTTPStatusError as error:
        moved = " (a redirection is not followed; name the address it leads to)" if error.response.is_redirect else ""
        raise BadInput(f"{where.host}: answered {error.response.status_code} {error.response.reason_phrase}{moved}") from None
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
