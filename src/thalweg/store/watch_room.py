"""The part of the store that the watch keeps: documents, events and alerts, in one transaction."""

from __future__ import annotations

import sqlalchemy as sa

from thalweg.store.watch_alerts import AlertShelf
from thalweg.store.watch_documents import DocumentShelf
from thalweg.store.watch_events import EventShelf


class WatchRoom:
    """What can be asked of the watch's part of the store and put into it, within one transaction."""

    def __init__(self, connection: sa.Connection) -> None:
        self.documents = DocumentShelf(connection)
        self.events = EventShelf(connection)
        self.alerts = AlertShelf(connection)
