"""Row P14 of the fault list: killed while it writes a file (backups: tests/services)."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from app.cli.records import write_whole
from tests.servers import ROOT

# Writes as `flask export-csv` and `flask dump` do, and waits in the middle of it.
WRITER = """
import sys, time
from pathlib import Path
from app.cli.records import write_whole

def pieces():
    yield b"half of it" * 100_000
    print("half", flush=True)
    time.sleep(60)

write_whole(Path(sys.argv[1]), pieces())
"""


@pytest.mark.parametrize("former", [b"the former file", None])
def test_a_kill_while_a_file_is_written_leaves_the_former_one_whole(
    tmp_path: Path, former: bytes | None
) -> None:
    """Row P14 of the fault list: no half file is seen, and the next start sweeps it away."""
    target = tmp_path / "shelf.csv"
    if former is not None:
        target.write_bytes(former)
    with subprocess.Popen(
        [sys.executable, "-c", WRITER, str(target)], cwd=ROOT, stdout=subprocess.PIPE
    ) as writer:
        assert writer.stdout is not None
        assert writer.stdout.readline() == b"half\n"
        writer.kill()

    assert (target.read_bytes() if target.exists() else None) == former
    seen = [path.name for path in tmp_path.iterdir() if not path.name.startswith(".")]
    assert seen == ["shelf.csv"][: former is not None]

    assert write_whole(target, [b"all ", b"of it"]) == 9
    assert [path.name for path in tmp_path.iterdir()] == ["shelf.csv"]
    assert target.read_bytes() == b"all of it"
