"""The formulas of the models as SQL: the same words and the same reading of what is missing. A name without a value
makes the whole null; `none` is a null that `min` and `max` pass over, as DuckDB's `least` and `greatest` do."""

import re

WORD = re.compile(r"\s*(?:(\d+(?:\.\d+)?)|([a-z_]\w*)|(<=|>=|<>|[-+*/<>=(),]))")
BINDING = {"or": 1, "and": 2, "<": 3, "<=": 3, ">": 3, ">=": 3, "=": 3, "<>": 3, "+": 5, "-": 5, "*": 7, "/": 7}


class Formula:
    """Reads one formula; `names` gives the SQL of every name, `idle` the names that may be `none`."""

    def __init__(self, text, names, idle=()):
        text = str(text)
        self.words, at = [], 0
        while at < len(text.rstrip()):
            found = WORD.match(text, at)
            self.words.append(found.group(1) or found.group(2) or found.group(3))
            at = found.end()
        self.at, self.names, self.idle = 0, names, idle
        self.sql, self.may_be_none = self.expression(0)

    def peek(self):
        return self.words[self.at] if self.at < len(self.words) else None

    def take(self, word=None):
        found = self.peek()
        if word is not None and found != word:
            raise ValueError(f"{word} wanted, {found} found")
        self.at += 1
        return found

    def expression(self, least):
        left, none = self.primary()
        while BINDING.get(self.peek(), -1) >= least:
            sign = self.take()
            right, also = self.expression(BINDING[sign] + 1)
            none = none or also
            if sign in ("or", "and"):
                left = f"cast(({left}) <> 0 {sign} ({right}) <> 0 as double)"
            elif BINDING[sign] == 3:
                left = f"cast(({left}) {sign} ({right}) as double)"
            elif sign == "/":
                left = f"(({left}) / nullif({right}, 0))"
            else:
                left = f"(({left}) {sign} ({right}))"
        return left, none

    def primary(self):
        word = self.take()
        if word == "-":
            inner, none = self.expression(9)
            return f"-({inner})", none
        if word == "(":
            inner = self.expression(0)
            self.take(")")
            return inner
        if word[0].isdigit():
            return f"{word}::double", False
        if self.peek() != "(":
            return ("null", True) if word == "none" else (self.names[word], word in self.idle)
        self.take("(")
        parts = [self.expression(0)]
        while self.peek() == ",":
            self.take()
            parts.append(self.expression(0))
        self.take(")")
        return self.call(word, parts)

    def call(self, word, parts):
        texts = [text for text, _ in parts]
        if word == "known":
            return f"coalesce({', '.join(texts)})", parts[0][1] or parts[1][1]
        if word == "if":
            condition, then, otherwise = texts
            return (
                f"case when ({condition}) is null then null when ({condition}) <> 0 then {then} else {otherwise} end",
                any(none for _, none in parts),
            )
        function = {"min": "least", "max": "greatest"}[word]
        # A part that is missing (and not merely out of play) leaves the whole without a value.
        missing = [f"({text}) is null" for text, none in parts if not none and not text.endswith("::double")]
        taken = f"{function}({', '.join(texts)})"
        return f"case when {' or '.join(missing)} then null else {taken} end" if missing else taken, all(
            none for _, none in parts
        )
