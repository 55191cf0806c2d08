"""Names of scenarios that no two of a batch share, by how they are made: a batch of millions is never listed for it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from corridors.arrays.typing import FloatArray

FEW = 100_000
"""Labels of batches up to this size are made at once; those of larger ones are made as they are asked for."""

_QUOTED = re.compile(r'"((?:[^"]|"")*)"(?: \+ |\Z)')
_UNQUOTED = re.compile(r"(.*?)(?: \+ |\Z)", re.DOTALL)
_NUMBERED = re.compile(r" \(\d+\)$")


def together(names: Iterable[str], mark: str = "+") -> str:
    """Names joined by a mark. A name that the mark could part is put in quotes, so that no two lists give one text.

    Examples
    --------
    >>> together(["aktau", "baku"])
    'aktau + baku'
    >>> together(["a", "b + c"]), together(["a + b", "c"])
    ('a + "b + c"', '"a + b" + c')
    """
    return f" {mark} ".join(name if _is_plain(name, mark) else quoted(name) for name in names)


def parted(text: str) -> list[str]:
    """The names that `together` joined by a ``+``.

    Examples
    --------
    >>> parted(together(["a", "b + c", 'the "d"'])), parted("")
    (['a', 'b + c', 'the "d"'], [])
    """
    names = []
    while text:
        token = _QUOTED.match(text) or _UNQUOTED.match(text)
        assert token is not None
        names.append(token[1].replace('""', '"') if text.startswith('"') else token[1])
        text = text[token.end() :]
    return names


def quoted(name: str) -> str:
    """A name in quotes, those within it doubled."""
    return '"' + name.replace('"', '""') + '"'


def _is_plain(name: str, mark: str) -> bool:
    at_ends = name.strip(f"{mark} \t\r\n") != name
    return not (at_ends or not name or '"' in name or f" {mark}" in name or f"{mark} " in name)


def apart(labels: Sequence[str]) -> list[str]:
    """The labels, with a number behind each that was there before.

    Examples
    --------
    >>> apart(["low", "high", "low", "low"])
    ['low', 'high', 'low (2)', 'low (3)']
    """
    taken, count = set(labels), dict.fromkeys(labels, 0)
    found = []
    for label in labels:
        count[label] += 1
        name = label
        if count[label] > 1:
            while (name := f"{label} ({count[label]})") in taken:
                count[label] += 1
            taken.add(name)
        found.append(name)
    return found


def values(numbers: FloatArray) -> list[str]:
    """Numbers as text: six digits where these distinguish them, else all.

    Examples
    --------
    >>> import numpy as np
    >>> values(np.array([0.5, 1e6, 1000001.0]))
    ['0.5', '1000000', '1000001']
    """
    short = [f"{number:g}" for number in numbers]
    of: dict[str, set[float]] = {}
    for text, number in zip(short, numbers.tolist(), strict=True):
        of.setdefault(text, set()).add(number)
    texts = [
        text if len(of[text]) == 1 else repr(number).removesuffix(".0")
        for text, number in zip(short, numbers.tolist(), strict=True)
    ]
    return apart(texts)


def known_labels(labels: Iterable[str]) -> tuple[set[str], str]:
    """For a few labels: what they are without numbers behind them, and a number behind none of them."""
    few = list(labels)
    number = 2
    while any(label.endswith(f" ({number})") for label in few):
        number += 1
    return {bare(label) for label in few}, f" ({number})"


def bare(label: str) -> str:
    """A label without the numbers in brackets behind it.

    Examples
    --------
    >>> bare("low (2) (2)")
    'low'
    """
    while (shorter := _NUMBERED.sub("", label)) != label:
        label = shorter
    return label


def occurrence(label: str, number: int) -> str:
    """A label for the `number`-th time that it is there, of a batch that is too large to look for others like it.

    Examples
    --------
    >>> occurrence("low", 1), occurrence("low", 2), occurrence("low (2)", 1)
    ('low', 'low (2)', 'low (2) (1)')
    """
    return label if number == 1 and not _NUMBERED.search(label) else f"{label} ({number})"
