"""What `import corridors` offers: each name in its module, seen by `dir` and `import *`, and nothing loaded early."""

import importlib
import subprocess
import sys

import pytest

import corridors as cd


def test_each_public_name_is_what_its_module_calls_so():
    assert len(cd.__all__) > 100
    for name, module in cd._modules().items():
        assert getattr(cd, name) is getattr(importlib.import_module(module), name)
    assert {*cd.__all__, "__version__", "__all__"} <= set(dir(cd))


def test_a_name_that_is_none_is_an_attribute_error():
    with pytest.raises(AttributeError, match="module 'corridors' has no attribute 'slove'"):
        _ = cd.slove


def test_the_import_loads_nothing_and_a_star_all():
    script = """
    import sys
    import corridors
    print(sorted(name for name in sys.modules if name.startswith("corridors.")), "numpy" in sys.modules)
    assert "solve" in dir(corridors) and "solve" not in vars(corridors)
    from corridors import *
    print(solve.__module__, Network.__module__, UNCAPACITATED)
    """
    script = "\n".join(line.strip() for line in script.splitlines())
    printed = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=120, check=True)
    assert printed.stdout.splitlines() == ["[] False", f"corridors.sweeping.solve corridors.network {cd.UNCAPACITATED}"]
