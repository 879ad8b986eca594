"""Changes to a text, collected by position and carried out at once, so that positions never shift."""

from bisect import bisect_right


class Clash(Exception):
    """Two changes want the same bytes, or a layout is too odd to be changed in place."""


class Edits:
    """Spans to replace, lines to drop and lines to put in; all positions are those of the original text."""

    def __init__(self, text: str, newline: str) -> None:
        self.text = text
        self.newline = newline
        self.blocks = True
        """Whether a text of several lines becomes a literal block, which what follows it could join."""
        self.exact = False
        """Whether values that only quotes tell apart are different."""
        self._starts = [0]
        position = text.find("\n")
        while position >= 0:
            self._starts.append(position + 1)
            position = text.find("\n", position + 1)
        self._spans: list[tuple[int, int, str]] = []
        self._dropped: set[int] = set()
        self._put: dict[int, list[str]] = {}

    def line(self, position: int) -> int:
        """The number of the line of a position, from 0."""
        return bisect_right(self._starts, position) - 1

    def column(self, position: int) -> int:
        """How many characters precede a position on its line."""
        return position - self._starts[self.line(position)]

    def leads(self, position: int) -> bool:
        """Whether only blanks precede a position on its line."""
        return not self.text[self._starts[self.line(position)] : position].strip(" ")

    def content(self, line: int) -> str:
        """A line without its line break."""
        end = self._starts[line + 1] if line + 1 < len(self._starts) else len(self.text)
        return self.text[self._starts[line] : end].rstrip("\r\n")

    def is_comment(self, line: int) -> bool:
        """Whether a line looks like nothing but a comment."""
        return self.content(line).lstrip(" \t").startswith("#")

    def begin(self, line: int) -> int:
        """The position at which a line begins."""
        return self._starts[line]

    @property
    def lines(self) -> int:
        """How many lines there are; behind a last line break there is one more, empty."""
        return len(self._starts)

    def replace(self, start: int, end: int, new: str) -> None:
        """Put `new`, in which `\\n` breaks the line, where a span is."""
        self._spans.append((start, end, new))

    def drop(self, line: int) -> None:
        """Take a line away, its line break included."""
        self._dropped.add(line)

    def dropped(self, line: int) -> bool:
        """Whether a line is to be taken away."""
        return line in self._dropped

    def put(self, line: int, lines: list[str]) -> None:
        """Put lines behind a line, or at the top for -1; behind one that is dropped is where it was."""
        if lines:
            self._put.setdefault(line, []).extend(lines)

    def result(self, *, last_break: bool) -> str:
        """The new text. A missing last line break stays missing unless `last_break` asks for one."""
        out = [(line, self.newline) for line in self._put.get(-1, ())]
        spans = sorted(self._spans, key=lambda span: span[:2])
        line = number = 0
        while line < self.lines:
            first, done = line, self._starts[line]
            content = ""
            while number < len(spans) and self.line(spans[number][0]) <= line:
                start, end, new = spans[number]
                if start < done:
                    raise Clash
                content += self.text[done:start] + new.replace("\n", self.newline)
                done, line, number = end, max(line, self.line(end)), number + 1
            stop = self._starts[line] + len(self.content(line))
            after = self._starts[line + 1] if line + 1 < self.lines else len(self.text)
            if first not in self._dropped:
                out.append((content + self.text[done:stop], self.text[stop:after]))
            for passed in range(first, line + 1):
                out.extend((new, self.newline) for new in self._put.get(passed, ()))
            line += 1
        return self._joined(out, last_break)

    def _joined(self, lines: list[tuple[str, str]], last_break: bool) -> str:
        text = "".join(content + (end or self.newline) for content, end in lines[:-1])
        if not lines:
            return text
        content, end = lines[-1]
        if self.text.endswith("\n") or not self.text:
            return text + content + end
        return text + content + (self.newline if last_break else "")
