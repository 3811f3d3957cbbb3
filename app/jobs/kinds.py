"""Which function does which kind of run."""

from __future__ import annotations

from collections.abc import Callable

from app.jobs.enrichment import run_enrichment
from app.services.publishing import site_job
from app.services.runs import Lease
from app.services.sync import run_sync
from app.services.workplace import Workplace

Job = Callable[[Workplace, Lease, Callable[[], bool]], None]

KINDS: dict[str, Job] = {
    "sync": run_sync,
    "enrich": run_enrichment,
    site_job.KIND: site_job.run_publish,
    site_job.LOOK: site_job.run_look,
    site_job.PREVIEW: site_job.run_preview,
}
