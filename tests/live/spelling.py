"""Python literals, spelled as a person or another program might."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from random import Random
from typing import Any

# White space that may stand between two tokens within brackets.
GAPS = [
    " ",
    "  ",
    "\t",
    "\f",
    "\n",
    "\r\n",
    "\r",
    "\\\n",
    "\n\n",
    " \n  ",
    "# a comment\n",
    "#{'(\n",
    " \\\n\t",
]
SIMPLE_ESCAPES = {
    "\a": "\\a",
    "\b": "\\b",
    "\f": "\\f",
    "\n": "\\n",
    "\r": "\\r",
    "\t": "\\t",
    "\v": "\\v",
    "\\": "\\\\",
    "'": "\\'",
    '"': '\\"',
}


@dataclass(frozen=True)
class Raw:
    """A text that is to stand in the header as it is."""

    text: str


@dataclass(frozen=True)
class Pairs:
    """A dictionary with keys that may come twice."""

    items: tuple[tuple[Any, Any], ...]


class Speller:
    """Spells values in random ways, each with its own frequency."""

    def __init__(self, rng: Random, encoding: str) -> None:
        self.rng = rng
        self.encoding = encoding
        self.gaps = rng.choice([0, 0, 0.05, 0.4])
        self.strings = rng.choice([0, 0.1, 0.6])
        self.numbers = rng.choice([0, 0.1, 0.6])
        self.parentheses = rng.choice([0, 0, 0.05, 0.2])
        # `2L` is legal in versions 1.0 and 2.0, through a filter that joins the tokens anew.
        self.longs = encoding == "latin1" and rng.random() < 0.1
        # The names of characters are not known here: a documented difference, so seldom.
        self.names = rng.random() < 0.01

    def chance(self, probability: float) -> bool:
        """True that often."""
        return self.rng.random() < probability

    def gap(self) -> str:
        """White space within brackets, or none."""
        return self.rng.choice(GAPS) if self.chance(self.gaps) else ""

    def value(self, value: Any) -> str:
        """The value, perhaps in parentheses."""
        text = self.bare(value)
        while self.chance(self.parentheses):
            text = f"({self.gap()}{text}{self.gap()})"
        return text

    def bare(self, value: Any) -> str:
        """The value."""
        match value:
            case Raw(text):
                return text
            case Pairs(items):
                return self.sequence("{", [self.pair(*item) for item in items], "}")
            case dict():
                return self.sequence("{", [self.pair(*item) for item in value.items()], "}")
            case str():
                return self.string(value)
            case bool():
                return repr(value)
            case int():
                return self.integer(value)
            case list():
                return self.sequence("[", [self.value(item) for item in value], "]")
            case tuple():
                return self.sequence("(", [self.value(item) for item in value], ")", len(value) == 1)
            case set() if value:
                return self.sequence("{", [self.value(item) for item in sorted(value, key=repr)], "}")
            case _:
                return repr(value)

    def pair(self, key: Any, value: Any) -> str:
        """One entry of a dictionary."""
        blank = " " if self.gaps == 0 or self.chance(0.5) else ""
        return f"{self.value(key)}{self.gap()}:{blank}{self.gap()}{self.value(value)}"

    def sequence(self, opening: str, items: list[str], closing: str, comma: bool = False) -> str:
        """Items between brackets; `comma` if the last must have one."""
        blank = " " if self.gaps == 0 or self.chance(0.5) else ""
        text = f"{self.gap()},{blank}{self.gap()}".join(items)
        if items and (comma or self.chance(0.3)):
            text += self.gap() + "," + self.gap()
        return f"{opening}{self.gap()}{text}{self.gap()}{closing}"

    def integer(self, value: int) -> str:
        """An integer."""
        sign, digits = ("-" if value < 0 else ""), str(abs(value))
        if self.chance(self.numbers):
            match self.rng.randrange(7):
                case 0 if len(digits) > 1:
                    at = self.rng.randrange(1, len(digits))
                    digits = f"{digits[:at]}_{digits[at:]}"
                case 1:
                    digits = self.rng.choice(["0x%x", "0X%X", "0x_%x", "0x0%x"]) % abs(value)
                case 2:
                    digits = self.rng.choice(["0o%o", "0O%o", "0o_0%o"]) % abs(value)
                case 3:
                    digits = self.rng.choice(["0b{:b}", "0B{:b}", "0b_{:b}"]).format(abs(value))
                case 4 if value == 0:
                    digits = self.rng.choice(["00", "0_0", "0000"])
                case 5:
                    sign = sign or self.rng.choice(["+", "+ ", "+" + self.gap()])
                case _ if sign:
                    digits = self.rng.choice([f"({digits})", f" {digits}"])
        if self.longs and self.chance(0.7):
            digits += self.rng.choice(["L", "L", " L"])
        return sign + digits

    def string(self, value: str) -> str:
        """A string, of several parts perhaps."""
        if self.chance(self.strings / 3) and len(value) < 100:
            at = self.rng.randint(0, len(value))
            blank = self.rng.choice(["", " ", "\t", self.gap()])
            first = self.string_part(value[:at])
            if first.endswith(("''", '""')):
                blank = blank or " "  # An empty string and a quote would open a triple quote.
            return first + blank + self.string_part(value[at:])
        return self.string_part(value)

    def string_part(self, value: str) -> str:
        """A string of one part."""
        odd = self.chance(self.strings)
        quote = self.rng.choice(["'", '"', "'''", '"""']) if odd else "'"
        prefix = self.rng.choice(["", "", "u", "U", "r", "R"]) if odd else ""
        if prefix in ("r", "R"):
            if self.is_raw(value) and quote not in value and not value.endswith(quote[0]):
                return prefix + quote + value + quote
            prefix = ""
        return prefix + quote + "".join(self.character(c, quote, odd) for c in value) + quote

    def is_raw(self, value: str) -> bool:
        """Whether each character may stand for itself."""
        return all(self.is_plain(c) and c != "\\" for c in value)

    def is_plain(self, character: str) -> bool:
        """Whether the character may stand for itself in the header's encoding."""
        if character in "\0\n\r":
            return False
        try:
            character.encode(self.encoding)
        except UnicodeEncodeError:
            return False
        return True

    def character(self, character: str, quote: str, odd: bool) -> str:
        """One character, escaped if it must be or if chance wills."""
        must = not self.is_plain(character) or character == "\\" or character == quote[0]
        if not must and not (odd and self.chance(0.15)):
            # A backslash and a newline within a string are nothing.
            return character + ("\\\n" if odd and self.chance(0.02) else "")
        code = ord(character)
        forms = [f"\\U{code:08x}"]
        if code < 0x10000:
            forms += [f"\\u{code:04x}", f"\\u{code:04X}"]
        if code < 0x200:
            forms += [f"\\{code:03o}"]
        if code < 0x100:
            forms += [f"\\x{code:02x}", f"\\x{code:02X}"]
        if character in SIMPLE_ESCAPES:
            forms += [SIMPLE_ESCAPES[character]] * 3
        if self.names and (name := unicodedata.name(character, "")):
            forms += [f"\\N{{{name}}}"] * 9
        return self.rng.choice(forms)
