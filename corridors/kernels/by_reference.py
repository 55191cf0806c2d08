"""Named tuples of arrays that compiled functions hand on as one pointer.

Numba hands a tuple on as all that is in its arrays, seven numbers each: of an entry point with a hundred arrays, two
thirds of the code of the functions that it calls would be there to pack and unpack them.
"""

from __future__ import annotations

from typing import Any

from numba import types
from numba.core import cgutils
from numba.core.datamodel.models import PointerModel
from numba.core.imputils import lower_getattr_generic
from numba.core.typing.templates import AttributeTemplate, infer_getattr
from numba.extending import intrinsic, register_model


class Reference(types.Type):
    """The type of a pointer to a named tuple, whose fields are read as those of the tuple are."""

    def __init__(self, to: Any, journal: bool = True) -> None:
        self.to = self.dtype = to
        self.journal = journal
        super().__init__(f"Reference({to}, {journal})")


register_model(Reference)(PointerModel)


@infer_getattr
class _Fields(AttributeTemplate):
    key = Reference

    def generic_resolve(self, value: Any, attr: str) -> Any:  # type: ignore[override]
        fields = value.to.fields
        return value.to.types[fields.index(attr)] if attr in fields else None


@lower_getattr_generic(Reference)
def _read_field(context: Any, builder: Any, reference: Reference, pointer: Any, name: str) -> Any:
    return builder.load(cgutils.gep_inbounds(builder, pointer, 0, reference.to.fields.index(name)))


def _pointer(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
    return cgutils.alloca_once_value(builder, arguments[0])


@intrinsic
def _by_reference(typing: Any, value: Any) -> Any:
    return Reference(value)(value), _pointer


@intrinsic
def _without_journal(typing: Any, value: Any) -> Any:
    return Reference(value, journal=False)(value), _pointer


@intrinsic
def _keeps_journal(typing: Any, reference: Any) -> Any:
    def code(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        return context.get_constant(types.boolean, reference.journal)

    return types.boolean(reference), code


by_reference: Any = _by_reference
"""In a compiled function, a pointer to a named tuple; it holds as long as the function runs."""
without_journal: Any = _without_journal
"""The same, for functions that need not take back what they change."""
keeps_journal: Any = _keeps_journal
"""Whether a pointer is one for which changes are kept: known when a function is compiled, at no cost when it runs."""
