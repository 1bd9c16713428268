"""Small changes of Python: operators, bounds, constants, conditions, results and calls; no text, types, decorators."""

from __future__ import annotations

import ast
import re

from tests.torture.mutation.mutant import Mutant, mutant

OPERATORS: dict[type[ast.AST], tuple[str, str]] = {
    ast.Lt: ("<", "<="), ast.LtE: ("<=", "<"), ast.Gt: (">", ">="), ast.GtE: (">=", ">"),
    ast.Eq: ("==", "!="), ast.NotEq: ("!=", "=="), ast.Is: ("is", "is not"), ast.IsNot: ("is not", "is"),
    ast.In: ("in", "not in"), ast.NotIn: ("not in", "in"),
    ast.Add: ("+", "-"), ast.Sub: ("-", "+"), ast.Mult: ("*", "/"), ast.Div: ("/", "*"), ast.FloorDiv: ("//", "/"),
    ast.Mod: ("%", "*"), ast.BitOr: ("|", "&"), ast.BitAnd: ("&", "|"), ast.And: ("and", "or"), ast.Or: ("or", "and"),
}  # fmt: skip
CALLS = {"min": "max", "max": "min", "any": "all", "all": "any"}


def python_mutants(area: str, path: str, text: str) -> list[Mutant]:
    """Return the mutants of a module, in the order of the text."""
    changes = _Changes(text)
    changes.visit(ast.parse(text))
    made = {one[1:]: mutant(area, path, text, *one) for one in changes.found}
    return sorted(made.values(), key=lambda one: (one.start, one.old, one.new))


class _Changes(ast.NodeVisitor):
    def __init__(self, text: str) -> None:
        self.text = text
        self.found: list[tuple[str, int, str, str]] = []
        self._lines = [0]
        for line in text.splitlines(keepends=True):
            self._lines.append(self._lines[-1] + len(line))

    def visit_AnnAssign(self, node: ast.AnnAssign) -> None:
        if node.value:
            self.visit(node.value)

    def visit_FunctionDef(self, node: ast.FunctionDef) -> None:
        for one in (*node.args.defaults, *filter(None, node.args.kw_defaults), *node.body):
            self.visit(one)

    def visit_ClassDef(self, node: ast.ClassDef) -> None:
        for one in node.body:
            self.visit(one)

    def visit_JoinedStr(self, node: ast.JoinedStr) -> None:
        """Values in a text have no place of their own in some Pythons."""

    def visit_Compare(self, node: ast.Compare) -> None:
        for left, operator, right in zip([node.left, *node.comparators], node.ops, node.comparators, strict=False):
            self._between("bound", left, operator, right)
        self.generic_visit(node)

    def visit_BinOp(self, node: ast.BinOp) -> None:
        if not (isinstance(node.op, ast.Mod) and isinstance(node.left, ast.Constant)):
            self._between("operator", node.left, node.op, node.right)
        self.generic_visit(node)

    def visit_BoolOp(self, node: ast.BoolOp) -> None:
        for left, right in zip(node.values, node.values[1:], strict=False):
            self._between("operator", left, node.op, right)
        self.generic_visit(node)

    def visit_UnaryOp(self, node: ast.UnaryOp) -> None:
        if isinstance(node.op, ast.Not):
            self._whole("condition", node, self._of(node.operand))
        self.generic_visit(node)

    def visit_Constant(self, node: ast.Constant) -> None:
        if isinstance(node.value, bool):
            self._whole("constant", node, str(not node.value))
        elif isinstance(node.value, int):
            for step in (1, -1):
                self._whole("constant", node, str(node.value + step))
        elif isinstance(node.value, float):
            self._whole("constant", node, repr(node.value + 1))

    def visit_If(self, node: ast.If) -> None:
        if self._of(node.test) != "TYPE_CHECKING":
            self._condition(node.test)
            self.generic_visit(node)

    def visit_IfExp(self, node: ast.IfExp) -> None:
        self._condition(node.test)
        self.generic_visit(node)

    def visit_comprehension(self, node: ast.comprehension) -> None:
        for one in node.ifs:
            self._whole("condition", one, "True")
        self.generic_visit(node)

    def visit_Return(self, node: ast.Return) -> None:
        if node.value is not None and not (isinstance(node.value, ast.Constant) and node.value.value is None):
            self._whole("result", node.value, "None")
        self.generic_visit(node)

    def visit_Expr(self, node: ast.Expr) -> None:
        if isinstance(node.value, ast.Call):
            self._whole("call", node, "pass")
        self.generic_visit(node)

    def visit_Call(self, node: ast.Call) -> None:
        if isinstance(node.func, ast.Name) and node.func.id in CALLS:
            self._whole("call", node.func, CALLS[node.func.id])
        self.generic_visit(node)

    def _condition(self, test: ast.expr) -> None:
        self._whole("condition", test, f"(not ({self._of(test)}))")

    def _between(self, kind: str, left: ast.expr, operator: ast.AST, right: ast.expr) -> None:
        if type(operator) not in OPERATORS:
            return
        old, new = OPERATORS[type(operator)]
        start, end = self._end(left), self._start(right)
        word = re.search(rf"\b{old}\b" if old[0].isalpha() else re.escape(old), self.text[start:end])
        if word:
            self.found.append((kind, start + word.start(), old, new))

    def _whole(self, kind: str, node: ast.expr | ast.stmt, new: str) -> None:
        self.found.append((kind, self._start(node), self._of(node), new))

    def _of(self, node: ast.expr | ast.stmt) -> str:
        return self.text[self._start(node) : self._end(node)]

    def _start(self, node: ast.expr | ast.stmt) -> int:
        return self._offset(node.lineno, node.col_offset)

    def _end(self, node: ast.expr | ast.stmt) -> int:
        return self._offset(node.end_lineno or 0, node.end_col_offset or 0)

    def _offset(self, line: int, column: int) -> int:
        """Offset of a place; Python tells columns in bytes."""
        first = self._lines[line - 1]
        text = self.text[first : self._lines[line]]
        return first + len(text.encode()[:column].decode())
