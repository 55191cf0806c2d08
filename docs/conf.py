"""How Sphinx builds the site: `make site`, into out/site."""

from __future__ import annotations

import os
import re
import sys
import warnings
from pathlib import Path
from urllib.parse import unquote

from sphinx.application import Sphinx
from sphinx.util import logging

DOCS = Path(__file__).resolve().parent
sys.path.insert(0, str(DOCS.parent))
os.environ["MPLBACKEND"] = "Agg"

import corridors as cd  # noqa: E402
from docs.generate import commands, errors, names, others, schema  # noqa: E402

GENERATED = DOCS / "generated"
for part in (schema, commands, errors, names, others):
    part.write(GENERATED)

warnings.filterwarnings(
    "ignore", message="ipyparallel not installed"
)  # of the EMA Workbench, in the gallery

project = "corridors"
author = "the authors of corridors"
copyright = "the authors of corridors; data © OpenStreetMap contributors"
version = release = cd.__version__
language = "en"

extensions = [
    "myst_parser",
    "sphinx.ext.autodoc",
    "sphinx.ext.autosummary",
    "numpydoc",
    "sphinx_copybutton",
    "sphinx_gallery.gen_gallery",
]
root_doc = "index"
exclude_patterns = ["generate", "_templates", "gallery", "generated/gallery/**/*.ipynb"]

SECTIONS = ("closures", "dependence", "protection", "plans", "uncertainty", "own")
sphinx_gallery_conf = {
    "examples_dirs": "gallery",
    "gallery_dirs": "generated/gallery",
    "filename_pattern": r"\.py",
    "subsection_order": [f"gallery/{section}" for section in SECTIONS],
    "within_subsection_order": "FileNameSortKey",
    "abort_on_example_error": True,
    "min_reported_time": 1,
    "thumbnail_size": (240, 168),
    "show_signature": False,
    "write_computation_times": False,
    "ignore_repr_types": r"matplotlib",
    "doc_module": ("corridors",),
    "backreferences_dir": "generated/backreferences",
}

myst_heading_anchors = 4

default_role = "autolink"
autodoc_typehints = "none"  # numpydoc's tables of parameters say them
autosummary_filename_map = names.apart()
numpydoc_show_class_members = False  # the template of classes lists them
templates_path = ["_templates"]

html_theme = "pydata_sphinx_theme"
html_title = "corridors"
html_static_path = ["_static"]
html_css_files = ["site.css"]
html_show_sourcelink = False
html_copy_source = False
html_theme_options = {
    "navigation_with_keys": False,
    "header_links_before_dropdown": 7,
    "show_toc_level": 2,
    "footer_start": ["copyright"],
    "footer_end": ["sphinx-version"],
    "secondary_sidebar_items": ["page-toc"],
    "back_to_top_button": True,
}
html_sidebars = {"index": [], "tutorial": []}

HEAVIEST = 1_000_000
"""Bytes that a page may have with its pictures: a heavier one is a warning."""


def weigh(app: Sphinx, stopped: Exception | None) -> None:
    """Warn of each page that is too heavy to be read over a slow line."""
    site = Path(app.outdir)
    for page in () if stopped else site.rglob("*.html"):
        named = re.findall(
            r'<img[^>]* src="([^":?]+)"', page.read_text(encoding="utf-8")
        )
        files = {page, *((page.parent / unquote(name)).resolve() for name in named)}
        if (
            size := sum(file.stat().st_size for file in files if file.is_file())
        ) > HEAVIEST:
            logging.getLogger("corridors.docs").warning(
                "%s has %d kB", page.relative_to(site), size // 1000
            )


def setup(app: Sphinx) -> None:
    """Called by Sphinx."""
    app.connect("build-finished", weigh)
