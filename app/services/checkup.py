"""Is everything in order? What `doctor` looks at, in plain words."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

from app.clients.discogs_credential import DISCOGS
from app.errors import GatefoldError
from app.extensions import db
from app.queries import health
from app.services.backups import report
from app.services.enrich import desk
from app.services.findings import Finding
from app.services.providers import discogs_for
from app.services.service_checks import ServiceChecks, trouble
from app.services.sync import nobody_called
from app.services.vault import VaultError
from app.services.workplace import Workplace

LEAST_BYTES_FREE = 200 * 2**20


def findings(workplace: Workplace, owner_id: int) -> Iterator[Finding]:
    """All findings, the quick ones first; then each service that is set up is asked once."""
    house = house_findings(workplace)
    yield from house
    if all(finding.is_good for finding in house if finding.name == "database"):
        yield _discogs(workplace, owner_id)
        yield from ServiceChecks(workplace, owner_id).findings()


def house_findings(workplace: Workplace) -> list[Finding]:
    """What can be said of settings, disk and database without asking anybody outside."""
    problem = health.why_not_ready()
    return [
        Finding("settings", True, "All settings can be used."),
        _folder(workplace.settings.instance_path),
        Finding("database", problem is None, problem or f"Ready ({db.engine.dialect.name})."),
        *([report.finding(workplace)] if problem is None else []),
    ]


def _folder(path: Path) -> Finding:
    if not os.access(path, os.W_OK):
        return Finding("disk", False, f"Nothing can be written into {path}.")
    free = shutil.disk_usage(path).free
    if free < LEAST_BYTES_FREE:
        return Finding("disk", False, f"Only {free // 2**20} MB are free at {path}.")
    return Finding("disk", True, f"{free / 2**30:.1f} GB free at {path}.")


def _discogs(workplace: Workplace, owner_id: int) -> Finding:
    """Whether Discogs accepts what is connected. One call; none when nothing is."""
    if off := desk.why_off(workplace, owner_id, "discogs"):
        return Finding("discogs", True, off)
    try:
        access = discogs_for(workplace, owner_id, tries=1)
    except VaultError as error:
        return Finding("discogs", False, str(error))
    except GatefoldError:
        return Finding("discogs", True, "Not connected; Gatefold works without, too.")
    db.session.rollback()
    try:
        with closing(access.client) as client:
            if access.is_owner:
                return Finding("discogs", True, f"Connected as {client.identity().username}.")
            profile = client.profile(access.username)
    except GatefoldError as error:
        return trouble("discogs", error)
    if profile is None:
        return Finding("discogs", False, nobody_called(access.username))
    if profile.num_collection is None:
        sentence = f"The collection of {profile.username} is private. {DISCOGS.private_advice}"
        return Finding("discogs", False, sentence)
    return Finding("discogs", True, f"Looking at the public collection of {profile.username}.")
