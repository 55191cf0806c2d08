"""The code of README.md and docs/ runs and prints what they say: `make docs` runs all, `make check` what is quick.

The ``python`` blocks of a page run in order and share their names. In a ``sh`` block each command of `corridors` runs
in an empty folder. A ``text`` block after one of them is what it prints; ``...`` stands for any part. A comment above a
block keeps it from `make check`, or from running at all, and gives the reason::

    <!-- make docs: 40 s -->
    <!-- not run: sets up an environment -->

``python tests/pages.py --update docs/studies/prices.md`` writes what is printed now into a page, of blocks without
``...``, and as many lines as before where ``...`` is the last. A process a core takes the pages in turn.
"""

from __future__ import annotations

import argparse
import contextlib
import doctest
import functools
import io
import os
import re
import shlex
import sys
import tempfile
import time
import warnings
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PAGES = [
    "README.md",
    *sorted(str(page.relative_to(ROOT)) for page in (ROOT / "docs").rglob("*.md") if "generated" not in page.parts),
]

_BLOCK = re.compile(
    r"(?:^<!-- (?P<mark>make docs|not run): (?P<reason>[^\n]+) -->\n\n?)?"
    r"^```(?P<kind>\w*)\n(?P<code>.*?)^```\n"
    r"(?:\n```text\n(?P<printed>.*?)^```\n)?",
    re.MULTILINE | re.DOTALL,
)
_SAME = doctest.OutputChecker()
_LOOSELY = doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE


@dataclass
class Block:
    """Some code of a page, and where what it prints stands in the page's text."""

    page: str
    line: int
    kind: str
    code: str
    mark: str | None
    printed: str | None
    span: tuple[int, int]

    @property
    def is_quick(self) -> bool:
        return self.mark is None

    @property
    def runs(self) -> bool:
        return self.mark != "not run"


def blocks_of(page: str) -> list[Block]:
    """The blocks of a page, in order."""
    text = (ROOT / page).read_text(encoding="utf-8")
    return [
        Block(
            page,
            text.count("\n", 0, found.start("code")),
            found["kind"],
            found["code"],
            found["mark"],
            found["printed"],
            found.span("printed"),
        )
        for found in _BLOCK.finditer(text)
    ]


def run(block: Block, names: dict[str, object]) -> str:
    """What a block prints; an AssertionError where a command fails or there is code that nobody could run."""
    if block.kind == "python":
        out = io.StringIO()
        with contextlib.redirect_stdout(out):
            exec(compile("\n" * block.line + block.code, block.page, "exec"), names)
        return out.getvalue()
    assert block.kind == "sh", f"{block.page}:{block.line}: is neither python nor sh; give a kind, or say: not run"
    return "".join(_command(block, line) for line in block.code.replace("\\\n", " ").splitlines())


def _command(block: Block, line: str) -> str:
    from click.testing import CliRunner

    from corridors.cli import main

    name, *arguments = shlex.split(line)
    assert name == "corridors", f"{block.page}:{block.line}: {name} is not run here; say: not run"
    result = CliRunner().invoke(main, arguments)
    assert result.exit_code == 0, f"{block.page}:{block.line}: {line}\n{result.output}"
    return result.stdout


def differs(block: Block, printed: str) -> str:
    """What is wrong with what a page says that a block prints; blank where it is right or says nothing."""
    if block.printed is None or _SAME.check_output(block.printed, printed, _LOOSELY):
        return ""
    return f"{block.page}:{block.line}: the page says\n{block.printed}\nand the code prints\n{printed}"


def renewed(said: str, printed: str) -> str | None:
    """What a page says once it is updated: as many lines as before where the last is ``...``; None where others are."""
    lines = said.splitlines()
    if "..." not in said:
        return printed
    if lines[-1] != "..." or "..." in "".join(lines[:-1]):
        return None
    return "\n".join([*printed.splitlines()[: len(lines) - 1], "..."])


def run_page(page: str, *, quick: bool = False, update: bool = False) -> list[str]:
    """Run a page's blocks in an empty folder; what is wrong, a text a block."""
    import matplotlib.pyplot as plt

    names: dict[str, object] = {}
    wrong, new = [], []
    with tempfile.TemporaryDirectory() as folder, contextlib.chdir(folder), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for block in blocks_of(page):
            if not block.runs or (quick and not block.is_quick):
                continue
            start = time.perf_counter()
            printed = run(block, names)
            plt.close("all")
            if not quick:
                print(f"{page}:{block.line} {time.perf_counter() - start:.1f} s", flush=True)
            if found := differs(block, printed):
                wrong.append(found)
                if (written := renewed(str(block.printed), printed)) is not None:
                    new.append((block.span, written))
    if update:
        text = (ROOT / page).read_text(encoding="utf-8")
        for (start_at, end_at), printed in reversed(new):
            text = text[:start_at] + "\n".join(line.rstrip() for line in printed.splitlines()) + "\n" + text[end_at:]
        (ROOT / page).write_text(text, encoding="utf-8")
    return wrong


def main() -> int:
    """Run whole pages, print what is wrong, and write it into them if asked to."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("pages", nargs="*", default=PAGES)
    parser.add_argument("--update", action="store_true", help="write what is printed now into the pages")
    parser.add_argument("--quick", action="store_true", help="run the blocks of `make check` only")
    options = parser.parse_args()
    os.environ.setdefault("MPLBACKEND", "Agg")
    one = functools.partial(run_page, quick=options.quick, update=options.update)
    with ProcessPoolExecutor(min(os.cpu_count() or 1, len(options.pages))) as pool:
        wrong = [found for of_page in pool.map(one, options.pages) for found in of_page]
    print("\n\n".join(wrong))
    return int(bool(wrong))


if __name__ == "__main__":
    sys.path.insert(0, str(ROOT))
    sys.exit(main())
