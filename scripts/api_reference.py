#!/usr/bin/env python3
"""Write docs/reference.md, the reference of the public names, out of their docstrings.

  scripts/api_reference.py            writes docs/reference.md anew; after a docstring was changed
  scripts/api_reference.py --check    says whether it is current; 1 when it is not

The files are read and not imported: the same page comes out of every Python and every machine.
"""

import argparse
import ast
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs" / "reference.md"
RENEW = "scripts/api_reference.py"
# A package stands for its __all__; further names are public where their file says so.
CHAPTERS: tuple[tuple[str, dict[str, str]], ...] = (
    ("sensors", {"frequency_from_edges": "frequency", "compensate": "compensation"}),
    ("calibration", {}),
    ("web.weather", {}),
)
BEGINNING = """# Reference

The public names: what they take, return and raise. Values are frozen, and carry their units in
their names. How to use them: [robot.md](robot.md) and [add-a-sensor.md](add-a-sensor.md).

Written by `scripts/api_reference.py` out of the docstrings; do not edit it here.
"""
LINE = 96
Documented = ast.ClassDef | ast.FunctionDef


def parsed(path: Path) -> ast.Module:
    """Return the syntax of a file."""
    return ast.parse(path.read_text(encoding="utf-8"))


def homes(package: ast.Module) -> dict[str, str]:
    """Return in which file of its folder each name is that a package hands on."""
    return {
        alias.name: node.module
        for node in ast.walk(package)
        if isinstance(node, ast.ImportFrom) and node.level == 1 and node.module
        for alias in node.names
    }


def public(package: ast.Module) -> list[str]:
    """Return __all__, in its order."""
    for node in package.body:
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "__all__":
            return [str(name) for name in ast.literal_eval(node.value)]
    raise SystemExit("a package without __all__ has no public names")


def source_of(folder: Path, home: str) -> Path:
    """Return the file of a module, or of a package."""
    path = folder / f"{home}.py"
    return path if path.exists() else folder / home / "__init__.py"


def found(path: Path, name: str) -> tuple[Path, ast.stmt]:
    """Return where a name is defined; a package may hand it on from a file of its own."""
    tree = parsed(path)
    for node in tree.body:
        match node:
            case ast.ClassDef() | ast.FunctionDef() if node.name == name:
                return path, node
            case ast.Assign() if ast.unparse(node.targets[0]) == name:
                return path, node
            case ast.AnnAssign() if ast.unparse(node.target) == name:
                return path, node
    home = homes(tree).get(name)
    if home is None:
        raise SystemExit(f"{path.relative_to(ROOT)}: {name} is public and not defined there")
    return found(source_of(path.parent, home), name)


def paragraphs(node: Documented | ast.Module) -> list[str]:
    """Return a docstring as Markdown: what is indented stays as it is."""
    lines = (ast.get_docstring(node) or "").splitlines()
    safe = [line if line.startswith("    ") else line.replace("<", "&lt;") for line in lines]
    return [*safe, ""] if safe else []


def parameters(node: ast.FunctionDef, source: str, *, method: bool) -> list[str]:
    """Return the parameters one by one, as the source has them: a default of 0x77 stays that."""

    def shown(argument: ast.arg, default: ast.expr | None, star: str = "") -> str:
        kind = f": {ast.unparse(argument.annotation)}" if argument.annotation else ""
        if default is None:
            return f"{star}{argument.arg}{kind}"
        return f"{argument.arg}{kind} = {ast.get_source_segment(source, default)}"

    taken = node.args
    positional = [*taken.posonlyargs, *taken.args]
    without = len(positional) - len(taken.defaults)
    defaults = [*[None] * without, *taken.defaults]
    pieces = [shown(*pair) for pair in zip(positional, defaults, strict=True)]
    if taken.posonlyargs:
        pieces.insert(len(taken.posonlyargs), "/")
    if taken.vararg:
        pieces.append(shown(taken.vararg, None, "*"))
    elif taken.kwonlyargs:
        pieces.append("*")
    pieces += [shown(*pair) for pair in zip(taken.kwonlyargs, taken.kw_defaults, strict=True)]
    if taken.kwarg:
        pieces.append(shown(taken.kwarg, None, "**"))
    static = any(ast.unparse(mark) == "staticmethod" for mark in node.decorator_list)
    return pieces[1:] if method and not static else pieces


def signature(node: ast.FunctionDef, name: str, source: str, *, method: bool) -> list[str]:
    """Return the signature as a block; one parameter on a line where it is long."""
    pieces = parameters(node, source, method=method)
    returns = f" -> {ast.unparse(node.returns)}" if node.returns and node.name != "__init__" else ""
    line = f"{name}({', '.join(pieces)}){returns}"
    if len(line) > LINE:
        line = f"{name}(\n" + "".join(f"    {piece},\n" for piece in pieces) + f"){returns}"
    return ["```text", line, "```", ""]


def members(node: ast.ClassDef, source: str) -> Iterator[str]:
    """Return the fields, and then the public methods and properties, of a class."""
    fields = [
        ast.unparse(item)
        for item in node.body
        if isinstance(item, ast.AnnAssign | ast.Assign) and not ast.unparse(item).startswith("_")
    ]
    if fields:
        yield from ["```text", *fields, "```", ""]
    for item in node.body:
        if not isinstance(item, ast.FunctionDef) or item.name.startswith("_"):
            continue
        marks = [ast.unparse(mark) for mark in item.decorator_list]
        if any(mark.endswith((".setter", ".deleter")) or mark == "overload" for mark in marks):
            continue
        yield from [f"#### {node.name}.{item.name}", ""]
        if any(mark.endswith("property") for mark in marks):
            kind = ast.unparse(item.returns) if item.returns else "object"
            changed = any(f"{item.name}.setter" in ast.unparse(other) for other in node.body)
            what = "a property that may be set" if changed else "a property"
            yield from ["```text", f"{item.name}: {kind}  # {what}", "```", ""]
        else:
            yield from signature(item, item.name, source, method=True)
        yield from paragraphs(item)


def entry(path: Path, node: ast.stmt, name: str) -> Iterator[str]:
    """Return all about one name."""
    source = path.read_text(encoding="utf-8")
    relative = path.relative_to(ROOT).as_posix()
    yield from [f"### {name}", "", f"[{relative}](../{relative})", ""]
    if isinstance(node, ast.FunctionDef):
        yield from [*signature(node, name, source, method=False), *paragraphs(node)]
    elif isinstance(node, ast.ClassDef):
        bases = ", ".join(ast.unparse(base) for base in node.bases)
        begins = [item for item in node.body if isinstance(item, ast.FunctionDef)]
        starts = [item for item in begins if item.name == "__init__"]
        for start in starts:
            yield from signature(start, name, source, method=True)
        yield from [f"Bases: `{bases}`", ""] if bases else []
        yield from paragraphs(node)
        yield from members(node, source)
    else:
        yield from ["```text", ast.unparse(node), "```", ""]


def page() -> str:
    """Return docs/reference.md as it should be."""
    lines = BEGINNING.splitlines()
    for module, more in CHAPTERS:
        folder = ROOT.joinpath(*module.split("."))
        package = parsed(folder / "__init__.py")
        known = homes(package)
        lines += ["", f"## {module}", ""]
        if module == "sensors":
            lines += paragraphs(parsed(folder / "errors.py"))
        for name in public(package):
            lines += entry(*found(source_of(folder, known[name]), name), name)
        for name, home in more.items():
            lines += entry(*found(folder / f"{home}.py", name), name)
    return "\n".join(line.rstrip() for line in lines).rstrip() + "\n"


def main(argv: list[str] | None = None) -> int:
    """Write the page, or compare it."""
    teaching = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    teaching.add_argument("--check", action="store_true", help="write nothing, only compare")
    asked = teaching.parse_args(argv)
    current = PAGE.exists() and PAGE.read_text(encoding="utf-8") == page()
    if asked.check:
        if not current:
            print(f"docs/reference.md is not current: run {RENEW}", file=sys.stderr)
        return 0 if current else 1
    PAGE.write_text(page(), encoding="utf-8")
    print("docs/reference.md is " + ("current" if current else "written anew"), file=sys.stderr)
    return 0


if __name__ == "__main__":
    sys.exit(main())
