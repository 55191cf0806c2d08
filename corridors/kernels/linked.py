"""Functions that only compiled ones call: translated once, as a part of the entry point that they end in.

Numba optimises every function and turns it into machine code, and does so again in each of its callers, level by
level, though of functions that Python never calls nothing of that is used. Those compiled by this pipeline end where
their code is known (LLVM's intermediate representation); it is optimised once, with all of the entry point.
"""

from __future__ import annotations

from typing import Any

from numba import _dynfunc  # type: ignore[attr-defined]  # its stubs leave it out
from numba.core.codegen import JITCodeLibrary
from numba.core.compiler import CompilerBase, DefaultPassBuilder
from numba.core.compiler_machinery import register_pass
from numba.core.typed_passes import NativeLowering


class LinkedCode(JITCodeLibrary):
    """Code that waits for the library it is linked into."""

    def _optimize_functions(self, ll_module: Any) -> None:
        ll_module.data_layout = self._codegen._data_layout

    def _optimize_final_module(self) -> None:
        pass

    def _finalize_final_module(self) -> None:
        self._finalize_dynamic_globals()
        self._finalized = True


@register_pass(mutates_CFG=True, analysis_only=False)
class LinkedLowering(NativeLowering):
    """Lowering without machine code.

    No argument overlaps with another: they are references to tuples (`corridors.kernels.by_reference`), numbers, or an
    array each. LLVM may so take a field out of a loop.
    """

    _name = "linked_lowering"

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


class LinkedCompiler(CompilerBase):
    """The pipeline for `numba.njit`: its usual one, with `LinkedLowering`."""

    def define_pipelines(self) -> list[Any]:
        pipeline = DefaultPassBuilder.define_nopython_pipeline(self.state, name="linked")
        pipeline.passes = [
            (LinkedLowering if which is NativeLowering else which, text) for which, text in pipeline.passes
        ]
        pipeline._finalized = False
        pipeline.finalize()
        return [pipeline]
