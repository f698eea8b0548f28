"""The grammar: from a formula's text to its tree, with everything an input method may type read as ASCII."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache

from lark import Lark, Token, Transformer
from lark.exceptions import UnexpectedInput

from liangcun_standards.formula._complaints import syntax_fault
from liangcun_standards.formula._source import Source
from liangcun_standards.text import Text

LONGEST_TEXT = 2000
DEEPEST_NESTING = 50
MOST_NODES = 500

_GRAMMAR = r"""
?start: disjunction
?disjunction: conjunction | disjunction OR conjunction -> binary
?conjunction: negation | conjunction AND negation -> binary
?negation: comparison | NOT negation -> unary
?comparison: sum | sum COMPARE sum -> binary
?sum: product | sum (PLUS | MINUS) product -> binary
?product: factor | product (TIMES | DIVIDE) factor -> binary
?factor: atom | MINUS factor -> unary
?atom: NUMBER -> number
    | NAME -> name
    | NAME LPAR arguments? RPAR -> call
    | LPAR disjunction RPAR -> group
arguments: disjunction (COMMA disjunction)*

OR: "or"
AND: "and"
NOT: "not"
COMPARE: />=|<=|==|!=|[<>≥≤≠≧≦⩾⩽]/
PLUS: "+"
MINUS: /[-−]/
TIMES: /[*×]/
DIVIDE: /[\/÷]/
LPAR: "("
RPAR: ")"
COMMA: ","
NAME: /[A-Za-z_][A-Za-z0-9_]*/
// Greedy, so that 1e400, 1.2.3 and 12ab are each one malformed number and not a number and a name.
NUMBER: /(?:[0-9]|\.[0-9])(?:[eE][-+]?[0-9]|[A-Za-z0-9_.])*/
SPACE: /[ \t\r\n]+/
%ignore SPACE
"""

# The full-width forms of ASCII, the ideographic space and the no-break space; one character for one, so
# that columns stay.
_ASCII_FORMS = {0xFF01 + place: 0x21 + place for place in range(94)} | {0x3000: 0x20, 0xA0: 0x20}

_CANONICAL = {"≥": ">=", "≧": ">=", "⩾": ">=", "≤": "<=", "≦": "<=", "⩽": "<=", "≠": "!="}
_CANONICAL |= {"×": "*", "÷": "/", "−": "-"}


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Node:
    """A part of the tree.

    `kind` is number, name, call, or an operator's ASCII spelling (a unary minus is `neg`); `text` the number,
    the name or the function as typed; `position` where the part begins, counted from 0, with the parentheses
    around it. Equality and repr are by identity: a generated one would recurse.
    """

    kind: str
    text: str
    position: int
    operands: tuple[Node, ...] = ()


def parse_tree(source: Source) -> Node:
    """The tree of the formula. Raises InvalidFormula for anything that the grammar has no place for."""
    if len(source.text) > LONGEST_TEXT:
        raise source.fault(
            LONGEST_TEXT,
            Text(
                f"公式有 {len(source.text)} 个字符，最多 {LONGEST_TEXT} 个；请拆成几个条目",
                f"the formula has {len(source.text)} characters, {LONGEST_TEXT} at the most; "
                "split it over several criteria",
            ),
        )
    text = source.text.translate(_ASCII_FORMS)
    _check_nesting(source, text)
    try:
        # With its transformer inside, the parser returns what the transformer makes of the start rule.
        root: Node = _parser().parse(text)  # type: ignore[assignment]
    except UnexpectedInput as error:
        raise syntax_fault(source, text, error) from None
    _check_size(source, root)
    return root


def _check_nesting(source: Source, text: str) -> None:
    depth = 0
    for position, char in enumerate(text):
        depth += (char == "(") - (char == ")")
        if depth > DEEPEST_NESTING:
            message = Text(
                f"括号嵌套超过 {DEEPEST_NESTING} 层",
                f"parentheses are nested more than {DEEPEST_NESTING} deep",
            )
            raise source.fault(position, message)


def _check_size(source: Source, root: Node) -> None:
    positions: list[int] = []
    waiting = [root]
    while waiting:
        node = waiting.pop()
        positions.append(node.position)
        waiting.extend(node.operands)
    if len(positions) > MOST_NODES:
        message = Text(
            f"公式有 {len(positions)} 个组成部分，最多 {MOST_NODES} 个；请拆成几个条目",
            f"the formula has {len(positions)} parts, {MOST_NODES} at the most; "
            "split it over several criteria",
        )
        raise source.fault(sorted(positions)[MOST_NODES], message)


class _TreeBuilder(Transformer[Token, Node]):
    """Makes nodes while the parser reduces, so that nothing walks a deep tree by recursion."""

    def number(self, children: Sequence[Token]) -> Node:
        return Node("number", str(children[0]), _start(children[0]))

    def name(self, children: Sequence[Token]) -> Node:
        return Node("name", str(children[0]), _start(children[0]))

    def call(self, children: Sequence[Token | tuple[Node, ...]]) -> Node:
        function = children[0]
        assert isinstance(function, Token)
        arguments = next((child for child in children if isinstance(child, tuple)), ())
        return Node("call", str(function), _start(function), arguments)

    def arguments(self, children: Sequence[Token | Node]) -> tuple[Node, ...]:
        return tuple(child for child in children if isinstance(child, Node))

    def group(self, children: tuple[Token, Node, Token]) -> Node:
        return replace(children[1], position=_start(children[0]))

    def unary(self, children: tuple[Token, Node]) -> Node:
        operator, operand = children
        kind = "not" if operator.type == "NOT" else "neg"
        return Node(kind, str(operator), _start(operator), (operand,))

    def binary(self, children: tuple[Node, Token, Node]) -> Node:
        left, operator, right = children
        kind = _CANONICAL.get(str(operator), str(operator))
        return Node(kind, str(operator), left.position, (left, right))


def _start(token: Token) -> int:
    assert token.start_pos is not None
    return token.start_pos


@cache
def _parser() -> Lark:
    return Lark(_GRAMMAR, parser="lalr", lexer="basic", maybe_placeholders=False, transformer=_TreeBuilder())
