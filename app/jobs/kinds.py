"""Which function does which kind of run."""

from __future__ import annotations

from collections.abc import Callable

from app.jobs.enrichment import run_enrichment
from app.jobs.one_core import one_core
from app.services.publishing import site_job
from app.services.runs import Lease
from app.services.sync import run_sync
from app.services.workplace import Workplace

Job = Callable[[Workplace, Lease, Callable[[], bool]], None]

# What is many threads of Python shares a processor. Not Hugo, which publishing starts.
KINDS: dict[str, Job] = {
    "sync": one_core()(run_sync),
    "enrich": one_core()(run_enrichment),
    site_job.KIND: site_job.run_publish,
    site_job.LOOK: site_job.run_look,
    site_job.PREVIEW: site_job.run_preview,
}
