"""Every column and every result variable, and the checks of tables against them."""

from corridors.schema.definitions import (
    CONFIDENCES,
    CRS,
    KEYS,
    MODES,
    ROLES,
    SCOPES,
    STATUSES,
    TABLES,
    VARIABLES,
    Column,
    Variable,
    column,
)

__all__ = [
    "CONFIDENCES",
    "CRS",
    "KEYS",
    "MODES",
    "ROLES",
    "SCOPES",
    "STATUSES",
    "TABLES",
    "VARIABLES",
    "Column",
    "Variable",
    "column",
]
