"""python -m bench [run [scenario …] --sizes 1k,100k --json out.json --keep | lives --steps 1M
| list | compare A B]"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from bench import lives
from bench.figures import (
    BASELINE,
    Figure,
    compared,
    excess,
    keep_as_baseline,
    machine,
    parse_size,
    read,
    write,
)
from bench.scenarios import SCENARIOS

# What `make bench` measures: some minutes on two cores.
USUAL_SIZES = "1k,100k"
JOURNAL = Path("bench/out/lives.jsonl")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command; the exit code: 1 if a count is above the baseline."""
    chosen = _parser().parse_args(arguments)
    if chosen.command == "list":
        for name, scenario in SCENARIOS.items():
            print(f"{name:<11} {scenario.__doc__}")
        return 0
    if chosen.command == "lives":
        return _live(chosen)
    if chosen.command == "compare":
        print("\n".join(compared(read(chosen.before), read(chosen.after))))
        return 0
    figures = _measured(chosen.scenarios or list(SCENARIOS), chosen.sizes)
    if chosen.json:
        write(chosen.json, figures)
    if chosen.keep:
        keep_as_baseline(figures)
    return _judged(figures)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m bench", description="Speed and size.")
    commands = parser.add_subparsers(dest="command")
    run = commands.add_parser("run", help="measure scenarios, all if none is named")
    for where in (parser, run):
        where.set_defaults(scenarios=[], sizes=_sizes(USUAL_SIZES), json=None, keep=False)
    run.add_argument("scenarios", nargs="*", choices=[*SCENARIOS, []], metavar="scenario")
    run.add_argument("--sizes", type=_sizes, help=f"for example 1k,10k,100k ({USUAL_SIZES})")
    run.add_argument("--json", type=Path, help="keep the figures in this file")
    run.add_argument("--keep", action="store_true", help="make this the new baseline")
    commands.add_parser("list", help="name the scenarios")
    life = commands.add_parser("lives", help="edits, syncs and undos in any order, in pieces")
    life.add_argument("--steps", type=parse_size, default=1_000_000, help="for example 20k (1M)")
    life.add_argument("--first", type=int, default=0, help="the seed of the first life (0)")
    life.add_argument("--processes", type=int, default=1, help="so many side by side (1)")
    life.add_argument("--journal", type=Path, default=JOURNAL, help=f"goes on there ({JOURNAL})")
    life.add_argument("--postgresql", action="store_true", help="on a PostgreSQL of its own")
    compare = commands.add_parser("compare", help="two files of figures side by side")
    compare.add_argument("before", type=Path)
    compare.add_argument("after", type=Path)
    return parser


def _live(chosen: argparse.Namespace) -> int:
    print(machine())
    journal: Path = chosen.journal
    journal.parent.mkdir(exist_ok=True)
    wrong = lives.many(
        chosen.steps,
        chosen.first,
        chosen.processes,
        journal,
        on_postgresql=chosen.postgresql,
    )
    return 1 if wrong else 0


def _sizes(text: str) -> list[int]:
    return [parse_size(part) for part in text.split(",")]


def _measured(names: Sequence[str], sizes: Sequence[int]) -> list[Figure]:
    print(machine())
    figures: list[Figure] = []
    for name in names:
        for figure in SCENARIOS[name](sizes):
            print(figure, flush=True)
            figures.append(figure)
    return figures


def _judged(figures: Sequence[Figure]) -> int:
    failures, warnings = excess(figures, read(BASELINE))
    for sentence in warnings:
        print(f"slower than hoped: {sentence}", file=sys.stderr)
    for sentence in failures:
        print(f"MORE THAN BEFORE: {sentence}", file=sys.stderr)
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
