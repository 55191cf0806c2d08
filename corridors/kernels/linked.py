"""Functions that only compiled ones call: translated once, as a part of the entry point that they end in.

Numba optimises every function and turns it into machine code, and does so again in each of its callers, level by
level, though of functions that Python never calls nothing of that is used. Those compiled by this pipeline end where
their code is known (LLVM's intermediate representation); it is optimised once, with all of the entry point.

Nor is what Numba does before that for nothing: every use of an operator is typed among its dozens of meanings, twice,
and half of its passes look for what no kernel has. So a call of a built-in function is typed once for each types of
its arguments, and those passes are left out. The code is the same.
"""

from __future__ import annotations

import gc
from typing import Any

from llvmlite.binding import Linkage, parse_assembly  # type: ignore[import-untyped]
from numba import _dynfunc, types  # type: ignore[attr-defined]  # its stubs leave one out
from numba.core.codegen import JITCodeLibrary
from numba.core.compiler import CompilerBase, DefaultPassBuilder
from numba.core.compiler_machinery import register_pass
from numba.core.typed_passes import (
    AnnotateTypes,
    DumpParforDiagnostics,
    InlineOverloads,
    NativeLowering,
    NopythonRewrites,
    NoPythonSupportedFeatureValidation,
    NopythonTypeInference,
)
from numba.core.untyped_passes import (
    DeadBranchPrune,
    FindLiterallyCalls,
    GenericRewrites,
    InlineClosureLikes,
    InlineInlinables,
    LiteralPropagationSubPipelinePass,
    LiteralUnroll,
    MakeFunctionToJitFunction,
    RewriteDynamicRaises,
    RewriteSemanticConstants,
    WithLifting,
)

from corridors.kernels.lowering import LinkedLower


class LinkedCode(JITCodeLibrary):
    """Code that waits for the entry point it is linked into, as does what it calls."""

    def _optimize_functions(self, ll_module: Any) -> None:
        ll_module.data_layout = self._codegen._data_layout

    def finalize(self) -> None:
        self._finalize_dynamic_globals()
        self._finalized = True


class EntryCode(LinkedCode):
    """Code of an entry point: all that it calls, however deep, is linked in once, and optimised with it, once."""

    def finalize(self) -> None:
        needed = {id(library): library for library in self._linking_libraries}
        for library in self._linking_libraries:
            self._gather(library, needed)
        self._linking_libraries = list(needed.values())
        JITCodeLibrary.finalize(self)

    def _gather(self, library: Any, needed: dict[int, Any]) -> None:
        for other in library._linking_libraries:
            if id(other) not in needed:
                needed[id(other)] = other
                self._gather(other, needed)

    def serialize_using_object_code(self) -> tuple[str, str, Any]:
        """Machine code and the names of what is in it.

        Numba keeps all intermediate code besides, for functions compiled later to take parts of: several megabytes on
        disk, and more in each process that reads them. What only Python calls is no part of another.
        """
        self._ensure_finalized()
        return self.name, "object", (self._get_compiled_object(), self._names().as_bitcode())

    def _names(self) -> Any:
        """A module of what Numba asks for by name: the entry point, its wrapper, and what functions have besides."""
        code, data = self._final_module.functions, self._final_module.global_variables
        entries = [one.name for one in code if not one.is_declaration and one.linkage == Linkage.external]
        held = [one.name for one in data if one.linkage not in (Linkage.internal, Linkage.private)]
        lines = [f'define void @"{name}"() {{ unreachable }}' for name in entries]
        lines += [f'@"{name}" = global i8 0' for name in held]
        return parse_assembly("\n".join(lines))

    def _optimize_final_module(self) -> None:
        manager, builder = self._codegen._module_pass_manager()
        manager.run(self._final_module, builder)


class RememberedCalls:
    """Numba's typing context, which types a call of a built-in function of some arguments once.

    Every operator has dozens of implementations, of dates, strings and sets too, which Numba tries anew at each use.
    """

    def __init__(self, context: Any, flags: str) -> None:
        self._context, self._flags = context, flags

    def __getattr__(self, name: str) -> Any:
        return getattr(self._context, name)

    def resolve_function_type(self, function: Any, arguments: Any, named: Any) -> Any:
        """The signature of a call."""
        if isinstance(function, types.Dispatcher):
            arguments, named = map(plain, arguments), {name: plain(kind) for name, kind in (named or {}).items()}
            return self._context.resolve_function_type(function, tuple(arguments), named)
        if named or not isinstance(arguments, tuple):
            return self._context.resolve_function_type(function, arguments, named)
        key = self._flags, function, arguments
        if key not in _signatures:
            _signatures[key] = self._context.resolve_function_type(function, arguments, named)
        return _signatures[key]


_signatures: dict[Any, Any] = {}


def plain(kind: Any) -> Any:
    """The type that a function of our own takes a value as: it is compiled once, and not for each number and size."""
    kind = types.unliteral(kind)
    return types.intp if kind in (types.int8, types.int16, types.int32) else kind


@register_pass(mutates_CFG=True, analysis_only=False)
class LinkedTypeInference(NopythonTypeInference):
    """Type inference that remembers what calls of built-in functions give."""

    _name = "linked_type_inference"

    def run_pass(self, state: Any) -> bool:
        context = state.typingctx
        state.typingctx = RememberedCalls(context, state.flags.get_mangle_string())
        try:
            return bool(super().run_pass(state))
        finally:
            state.typingctx = context


@register_pass(mutates_CFG=True, analysis_only=False)
class LinkedLowering(NativeLowering):
    """Lowering without machine code.

    No argument overlaps with another: they are references to tuples (`corridors.kernels.by_reference`), numbers, or an
    array each. LLVM may so take a field out of a loop.
    """

    _name = "linked_lowering"

    @property
    def lowering_class(self) -> type[LinkedLower]:
        return LinkedLower

    def run_pass(self, state: Any) -> bool:
        state.library = LinkedCode(state.targetctx.codegen(), state.func_id.func_qualname)
        state.flags.no_compile = state.flags.noalias = True
        super().run_pass(state)
        described, nowhere = state.cr.fndesc, 0
        function = _dynfunc.make_function(  # what stands for it; it has no address, since Python never calls it
            described.lookup_module(), described.qualname, "", nowhere, state.cr.env, (state.library,)
        )
        state.cr = state.cr._replace(cfunc=function)
        state.targetctx.insert_user_function(function, described, [state.library])
        return True


@register_pass(mutates_CFG=True, analysis_only=False)
class EntryLowering(NativeLowering):
    """Lowering with machine code, of an entry point with all that it calls."""

    _name = "entry_lowering"

    @property
    def lowering_class(self) -> type[LinkedLower]:
        return LinkedLower

    def run_pass(self, state: Any) -> bool:
        state.library = EntryCode(state.targetctx.codegen(), state.func_id.func_qualname)
        state.library.enable_object_caching()
        return bool(super().run_pass(state))


IDLE = {
    AnnotateTypes,
    DeadBranchPrune,
    DumpParforDiagnostics,
    FindLiterallyCalls,
    GenericRewrites,
    InlineClosureLikes,
    InlineInlinables,
    InlineOverloads,
    LiteralPropagationSubPipelinePass,
    LiteralUnroll,
    MakeFunctionToJitFunction,
    NopythonRewrites,
    NoPythonSupportedFeatureValidation,
    RewriteDynamicRaises,
    RewriteSemanticConstants,
    WithLifting,
}
"""Passes for closures, literals, array expressions, exceptions and reports: kernels have none of them, nor tuples that
a number picks from."""


_sizes: dict[int, tuple[Any, int]] = {}


def answer_once(context: Any) -> None:
    """Have a target context of Numba's, which is of one function, neither look up nor measure what is known.

    Of each use of an array it asks whether the array is another in disguise, and looks through all that may have been
    registered since; and it has LLVM measure the type of each variable, for debuggers.
    """
    find, measure = context.get_function, context.get_abi_sizeof

    def get_function(function: Any, signature: Any, _firstcall: bool = True) -> Any:
        return find(function, signature, _firstcall and not isinstance(function, str))

    def get_abi_sizeof(kind: Any) -> int:
        if id(kind) not in _sizes:
            _sizes[id(kind)] = kind, measure(kind)  # kept, so that no other gets its number
        return _sizes[id(kind)][1]

    context.get_function, context.get_abi_sizeof = get_function, get_abi_sizeof


class LinkedCompiler(CompilerBase):
    """The pipeline for `numba.njit`: its usual one, less the idle passes, and with those of this module."""

    lowering: type[NativeLowering] = LinkedLowering

    def compile_extra(self, func: Any) -> Any:
        answer_once(self.state.targetctx)
        return super().compile_extra(func)

    def define_pipelines(self) -> list[Any]:
        pipeline = DefaultPassBuilder.define_nopython_pipeline(self.state, name="linked")
        own = {NativeLowering: self.lowering, NopythonTypeInference: LinkedTypeInference}
        pipeline.passes = [(own.get(which, which), text) for which, text in pipeline.passes if which not in IDLE]
        pipeline._finalized = False
        pipeline.finalize()
        return [pipeline]


class EntryCompiler(LinkedCompiler):
    """The pipeline for entry points, and so for all that they call.

    Meanwhile the garbage collector rests: of the millions of objects that Numba makes it would find none to free, and
    a sixth of the time would go to looking for them.
    """

    lowering = EntryLowering

    def compile_extra(self, func: Any) -> Any:
        collecting = gc.isenabled()
        gc.disable()
        try:
            return super().compile_extra(func)
        finally:
            if collecting:
                gc.enable()
