"""How kernels become LLVM's intermediate representation: in half the instructions that Numba takes, and the same code.

Most of a compile goes by that number: instructions are built, written, read and optimised. Numba's lowering does for
any function what kernels do without: it asks of every index whether it counts from the end, of every loop which way it
goes, and keeps variables in memory that it clears as they end, for arrays are counted. LLVM finds out that most of it
is idle; here it is not written.
"""

from __future__ import annotations

import operator
from collections import Counter
from typing import Any, NamedTuple

from llvmlite import ir as llvm  # type: ignore[import-untyped]
from numba import types
from numba.core import ir
from numba.core.analysis import compute_cfg_from_blocks, compute_use_defs, must_use_alloca
from numba.core.lowering import Lower

from corridors.kernels.by_reference import Reference

DATA, SHAPE = 4, 5
"""Where Numba has the address and the lengths among the fields of an array."""

BYTE = llvm.IntType(8)


class Field(NamedTuple):
    """A field of a named tuple by reference, read where it is used, and no more of it than is."""

    kind: Any
    reference: Any
    offset: int


class LinkedLower(Lower):
    """Lowering of functions that count no references, and index arrays from their beginning only."""

    def _find_singly_assigned_variable(self) -> None:
        """Numba's variables that need no memory, and those which are set once, in a block that all uses come after."""
        super()._find_singly_assigned_variable()
        blocks = self.func_ir.blocks
        uses, before = compute_use_defs(blocks), compute_cfg_from_blocks(blocks).dominators()
        times = Counter(set_.target.name for block in blocks.values() for set_ in block.find_insts(ir.Assign))
        once = {name for name, n in times.items() if n == 1} - set(must_use_alloca(blocks))
        where = {name: label for label, names in uses.defmap.items() for name in names}
        for label, names in uses.usemap.items():
            for name in names & once:
                if where[name] >= label or where[name] not in before[label]:
                    once.discard(name)
        self._singly_assigned_vars |= once
        self._counted = any(len(sig.args) == 3 for sig in self._ranges())

    def _ranges(self) -> list[Any]:
        called = self.fndesc.calltypes.values()
        return [sig for sig in called if sig is not None and isinstance(sig.return_type, types.RangeType)]

    def loadvar(self, name: str) -> Any:
        """The value of a variable."""
        found = self._blk_local_varmap.get(name)
        if isinstance(found, Field):
            return self.builder.load(self._at(found.reference, found.offset, self.context.get_value_type(found.kind)))
        return found if found is not None else self.builder.load(self.getvar(name))

    def storevar(self, value: Any, name: str, argidx: Any = None) -> None:
        """Set a variable."""
        if name in self._singly_assigned_vars:
            self._blk_local_varmap[name] = value
        else:
            self.builder.store(value, self.getvar(name))

    def delvar(self, name: str) -> None:
        """End a variable, of which nothing is to be cleared."""

    def lower_assign(self, ty: Any, inst: Any) -> Any:
        """What is assigned."""
        value = inst.value
        if (
            isinstance(value, ir.Expr)
            and value.op == "getattr"
            and isinstance(kind := self.typeof(value.value.name), Reference)
            and inst.target.name in self._singly_assigned_vars
        ):
            return Field(ty, self.loadvar(value.value.name), self._offset(kind, value.attr))
        return super().lower_assign(ty, inst)

    def lower_expr(self, resty: Any, expr: Any) -> Any:
        """The value of an expression."""
        if expr.op in ("pair_first", "pair_second"):
            pair = self.loadvar(expr.value.name)
            return self.builder.extract_value(pair, int(expr.op == "pair_second"))
        if expr.op in ("getiter", "iternext") and not self._counted:
            kind = self.typeof(expr.value.name)
            if isinstance(kind, types.RangeType):
                return self._begin(self.loadvar(expr.value.name), resty)
            if isinstance(kind, types.RangeIteratorType):
                return self._next(self.loadvar(expr.value.name), resty)
        return super().lower_expr(resty, expr)

    def lower_call(self, resty: Any, expr: Any) -> Any:
        """What a call gives."""
        signature = self.fndesc.calltypes[expr]
        if isinstance(signature.return_type, types.RangeType) and not self._counted:
            given = [
                self._cast(self.loadvar(variable.name), self.typeof(variable.name), wanted)
                for variable, wanted in zip(expr.args, signature.args, strict=True)
            ]
            first, last = given if len(given) == 2 else (given[0].type(0), given[0])
            return self._put(resty, first, last)
        if len(expr.args) == 1 and isinstance(field := self._blk_local_varmap.get(expr.args[0].name), Field):
            known = self.typeof(expr.func.name)
            if isinstance(known, types.Function) and known.typing_key is len and isinstance(field.kind, types.Array):
                return self._cast(self._part(expr.args[0].name, SHAPE, 0), signature.return_type, resty)
        return super().lower_call(resty, expr)

    def lower_binop(self, resty: Any, expr: Any, op: Any) -> Any:
        """What an operator gives: as type inference found it, where Numba's lowering looks for it once more."""
        signature = self.fndesc.calltypes[expr]
        return self._cast(self._applied(op, signature, expr.lhs, expr.rhs), signature.return_type, resty)

    def lower_getitem(self, resty: Any, expr: Any, value: Any, index: Any, signature: Any) -> Any:
        """An element of an array."""
        array, place = signature.args[0], self._place(signature, value, index)
        if place is None:
            found = self._applied(operator.getitem, signature, value, index)
        else:
            found = self.context.unpack_value(self.builder, array.dtype, place, align=None if array.aligned else 1)
        return self._cast(found, signature.return_type, resty)

    def lower_setitem(self, target_var: Any, index_var: Any, value_var: Any, signature: Any) -> Any:
        """Set an element of an array."""
        array = signature.args[0]
        place = self._place(signature, target_var, index_var) if isinstance(array.dtype, types.Number) else None
        if place is None:
            return self._applied(operator.setitem, signature, target_var, index_var, value_var)
        written = self._cast(self.loadvar(value_var.name), self.typeof(value_var.name), array.dtype)
        return self.context.pack_value(self.builder, array.dtype, written, place, align=None if array.aligned else 1)

    def _place(self, signature: Any, variable: Any, index: Any) -> Any:
        """Where an element of an array is; None for what is no element, or no array of rows side by side."""
        array, kind = signature.args[:2]
        kinds = (kind,) if isinstance(kind, types.Integer) else tuple(getattr(kind, "types", ()))
        if not (
            isinstance(array, types.Array)
            and array.layout == "C"
            and len(kinds) == array.ndim
            and all(isinstance(one, types.Integer) for one in kinds)
        ):
            return None
        given = self._cast(self.loadvar(index.name), self.typeof(index.name), kind)
        at = [self.builder.extract_value(given, i) for i in range(array.ndim)] if array.ndim > 1 else [given]
        place, *others = (self._cast(one, of, types.intp) for one, of in zip(at, kinds, strict=True))
        for axis, other in enumerate(others, 1):
            place = self.builder.add(self.builder.mul(place, self._part(variable.name, SHAPE, axis)), other)
        return self.builder.gep(self._part(variable.name, DATA), [place])

    def _part(self, name: str, *at: int) -> Any:
        """A part of a variable that is a struct."""
        field = self._blk_local_varmap.get(name)
        if not isinstance(field, Field):
            return self.builder.extract_value(self.loadvar(name), at)
        kind, offset = self.context.get_value_type(field.kind), field.offset
        for i in at:
            offset, kind = offset + self._element(kind, i), kind.elements[i]
        return self.builder.load(self._at(field.reference, offset, kind))

    def _offset(self, kind: Reference, attribute: str) -> int:
        return self._element(self.context.get_value_type(kind.to), kind.to.fields.index(attribute))

    def _element(self, struct: Any, i: int) -> int:
        """Where a struct or an array has an element, bytes."""
        key = id(struct), i
        if key not in _offsets:
            if isinstance(struct, llvm.ArrayType):
                offset = i * struct.element.get_abi_size(self.context.target_data)
            else:
                offset = struct.get_element_offset(self.context.target_data, i)
            _offsets[key] = struct, offset  # kept, so that no other gets its number
        return _offsets[key][1]

    def _at(self, reference: Any, offset: int, kind: Any) -> Any:
        """A pointer to what begins so many bytes on, without the type of all that is there, of thousands of letters."""
        start = self.builder.bitcast(reference, BYTE.as_pointer())
        place = self.builder.gep(start, [llvm.IntType(64)(offset)], inbounds=True)
        return self.builder.bitcast(place, kind.as_pointer())

    def _put(self, kind: Any, *values: Any) -> Any:
        """A struct whose first elements have values."""
        out = llvm.Constant(self.context.get_value_type(kind), llvm.Undefined)
        for i, value in enumerate(values):
            out = self.builder.insert_value(out, value, i)
        return out

    def _begin(self, counted: Any, iterator: Any) -> Any:
        """An iterator of a range by ones: its first two fields, the next number in memory and the number to end at."""
        first, last = (self.builder.extract_value(counted, i) for i in range(2))
        with self.builder.goto_entry_block():
            place = self.builder.alloca(first.type)
        self.builder.store(first, place)
        return self._put(iterator, place, last)

    def _next(self, iterator: Any, pair: Any) -> Any:
        """The next number of a range by ones, and whether there is one."""
        place, last = (self.builder.extract_value(iterator, i) for i in range(2))
        number = self.builder.load(place)
        self.builder.store(self.builder.add(number, number.type(1), flags=["nsw"]), place)
        return self._put(pair, number, self.builder.icmp_signed("<", number, last))

    def _applied(self, op: Any, signature: Any, *variables: Any) -> Any:
        function = self.context.typing_context.resolve_value_type(op)
        if signature.args not in function._impl_keys:  # x += 1 was found as such, and is x = x + 1
            function.get_call_type(self.context.typing_context, signature.args, {})
        values = [
            self._cast(self.loadvar(variable.name), self.typeof(variable.name), wanted)
            for variable, wanted in zip(variables, signature.args, strict=True)
        ]
        return self.context.get_function(function, signature)(self.builder, values)

    def _cast(self, value: Any, given: Any, wanted: Any) -> Any:
        return self.context.cast(self.builder, value, given, wanted)


_offsets: dict[tuple[int, int], tuple[Any, int]] = {}
