"""Broken files of every format do no harm; `fuzz` goes on for as long as it is asked to."""

from fuzz import fuzz

SECONDS = 5.0


def test_broken_files_raise_only_the_library_s_own_errors():
    assert fuzz(SECONDS, seed=1) > 50
