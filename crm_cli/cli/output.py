"""Prints answers in the shape that was asked for: a table for people, text and JSON for programs."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cached_property
from itertools import islice
from typing import TYPE_CHECKING, Any, TextIO

from crm_cli.base.errors import BadRequest, Refused
from crm_cli.base.lean import dataclass
from crm_cli.base.text import nearest, visible
from crm_cli.cli.said import FORMATS
from crm_cli.cli.streams import is_terminal, use_color
from crm_cli.formats.cells import cell, row
from crm_cli.formats.template import Template, parse_template
from crm_cli.schema.table import Table

if TYPE_CHECKING:
    from crm_cli.base.config import UserConfig
    from crm_cli.cli.said import Options

Headings = Sequence[tuple[str, int]]
WHOLE = ("json", "jsonl", "yaml")
CHUNK = 1000


@dataclass(frozen=True)
class OutputOptions:
    """How an answer is to be printed; `format` is empty where the stream decides: a table on a terminal, else TSV."""

    format: str = ""
    fields: tuple[str, ...] = ()
    template: str | None = None
    header: bool = False
    null: bool = False
    color: str | None = None
    config_color: str = "auto"
    pager: str = ""
    country: str = "IN"
    indic_width: str = "auto"

    @cached_property
    def line(self) -> Template | None:
        """The template, understood."""
        return None if self.template is None else parse_template(self.template)

    @property
    def given(self) -> bool:
        """Whether a shape was asked for rather than left to the stream."""
        return bool(self.format or self.fields or self.template is not None)

    @property
    def whole(self) -> bool:
        """Whether whole records are wanted rather than the columns of a listing."""
        return self.format in WHOLE and not self.fields

    def columns_for(self, default: Sequence[str]) -> tuple[str, ...]:
        """The columns that are needed of a listing which has these by default."""
        if self.line is not None:
            return self.line.paths
        if self.format == "ids":
            return ()
        return self.fields or tuple(default)

    def shape(self, stream: TextIO) -> str:
        """The format for this stream, or `format` where lines are laid out by a template."""
        if self.line is not None:
            return "format"
        return self.format or ("table" if is_terminal(stream) else "tsv")


def options_of(said: "Options", config: "UserConfig", country: str = "IN") -> OutputOptions:
    """What the options of a command say; `BadRequest` for an unknown format and for two at once."""
    formats = [said.output] if said.output else []
    formats += [name for name, given in (("json", said.json), ("ids", said.ids)) if given]
    if said.template is not None:
        formats.append("--format")
    if len(set(formats)) > 1:
        raise BadRequest(f"only one of these can be the output: {', '.join(formats)}")
    chosen = formats[0] if formats and said.template is None else ""
    if chosen and chosen not in FORMATS:
        near = nearest(chosen, FORMATS)
        raise BadRequest(f"there is no output {chosen}", hint=f"did you mean {near}?" if near else ", ".join(FORMATS))
    fields = tuple(name for text in (said.fields or "").split(",") if (name := text.strip()))
    if said.fields is not None and not fields:
        raise BadRequest("--fields names no field", hint="--fields name,organization.name")
    return OutputOptions(
        chosen,
        fields,
        said.template,
        said.header,
        said.null,
        said.color,
        config.color,
        config.pager,
        country,
        config.ui.indic_width,
    )


class _Counted:
    """Items that are counted while they go by."""

    def __init__(self, items: Iterable[Any]) -> None:
        self.items = items
        self.count = 0

    def __iter__(self) -> Iterator[Any]:
        for item in self.items:
            self.count += 1
            yield item


def write(table: Table, options: OutputOptions, stream: TextIO, headings: Headings = ()) -> int:
    """Prints a table; how many rows it had. For people the rows stand below headings, each for so many of them."""
    table = _narrowed(table, options)
    shape = options.shape(stream)
    if options.null and shape not in ("ids", "format"):
        raise BadRequest("-0 ends ids and the lines of --format", hint="add --ids or --format")
    rows = _Counted(table.rows)
    counted = Table(table.name, table.columns, rows, table.ids)
    if shape == "table":
        _write_table(counted, options, stream, headings)
    else:
        _send(SHAPES[shape](counted, options, stream), stream)
    return rows.count


def write_records(texts: Iterable[str], options: OutputOptions, stream: TextIO) -> int:
    """Prints whole records that come as JSON texts: one array, an object a line, or YAML; how many there were."""
    counted = _Counted(texts)
    if options.format == "yaml":
        from crm_cli.formats import jsontext, yamltext

        _send(yamltext.lines(map(jsontext.load, counted)), stream)
    else:
        _send(_lines(counted) if options.format == "jsonl" else _array(counted), stream)
    return counted.count


def _narrowed(table: Table, options: OutputOptions) -> Table:
    """The table with the columns that were asked for, where it does not have just those."""
    wanted = options.line.paths if options.line is not None else options.fields
    places = {column.name: place for place, column in enumerate(table.columns)}
    if not wanted or wanted == tuple(places) or (options.format == "ids" and options.line is None):
        return table
    for name in wanted:
        if name not in places:
            near = nearest(name, places)
            hint = f"did you mean {near}?" if near else f"there are {', '.join(places)}"
            raise BadRequest(f"{table.name} has no column {name}", hint=hint)
    picked = [places[name] for name in wanted]
    rows = ([*(values[place] for place in picked), values[table.ids]] for values in table.rows)
    return Table(table.name, tuple(table.columns[place] for place in picked), rows, len(picked))


def _send(pieces: Iterable[str], stream: TextIO) -> None:
    """Writes in large pieces: a call for each line would take longer than making it."""
    pieces = iter(pieces)
    while chunk := "".join(islice(pieces, CHUNK)):
        _put(chunk, stream)


def _put(text: str, stream: TextIO) -> None:
    try:
        stream.write(text)
    except BrokenPipeError:
        raise
    except OSError as trouble:
        raise Refused(f"the output could not be written: {trouble.strerror}") from None


def _write_table(table: Table, options: OutputOptions, stream: TextIO, headings: Headings) -> None:
    from crm_cli.cli.terminal import Look, draw, headed, screen

    rows = list(table.rows)
    if not rows:
        return
    terminal = is_terminal(stream)
    columns, lines = screen(stream)
    colored = use_color(stream, options.color, options.config_color)
    text = draw(table.columns, rows, Look(columns if terminal else None, colored, options.country, options.indic_width))
    text = headed(text, headings, colored) if headings else text
    if not (terminal and text.count("\n") >= lines and _paged(text, options)):
        _put(text, stream)


def write_text(text: str, options: OutputOptions, stream: TextIO) -> None:
    """Prints ready lines for people, through the pager where they are more than a screen."""
    if not (is_terminal(stream) and _is_long(text, stream) and _paged(text, options)):
        _put(text, stream)


def _is_long(text: str, stream: TextIO) -> bool:
    from crm_cli.cli.terminal import screen  # late: what goes to a pipe has no screen

    return text.count("\n") >= screen(stream)[1]


def _paged(text: str, options: OutputOptions) -> bool:
    from crm_cli.base.programs import pager_command, run_pager

    command = pager_command(options.pager)
    return bool(command) and run_pager(text, command)


def _tsv(table: Table, options: OutputOptions, _stream: TextIO) -> Iterator[str]:
    count = len(table.columns)
    if options.header:
        yield "\t".join(visible(column.name) for column in table.columns) + "\n"
    for values in table.rows:
        cells = row(values[:count])
        # One look at the whole line spares a look at each cell.
        whole = "".join(cells)
        if not whole.isprintable() or "\\" in whole:
            cells = list(map(visible, cells))
        yield "\t".join(cells) + "\n"


def _csv(table: Table, _options: OutputOptions, stream: TextIO) -> Iterator[str]:
    from crm_cli.formats import csvtext

    count = len(table.columns)
    names = [column.name for column in table.columns]
    return csvtext.lines(names, (values[:count] for values in table.rows), shown=is_terminal(stream))


def _objects(table: Table) -> Iterator[dict[str, Any]]:
    names = [column.name for column in table.columns]
    return (dict(zip(names, values, strict=False)) for values in table.rows)


def _texts(table: Table) -> Iterator[str]:
    from crm_cli.formats.jsontext import dump

    return map(dump, _objects(table))


def _json(table: Table, _options: OutputOptions, _stream: TextIO) -> Iterator[str]:
    return _array(_texts(table))


def _jsonl(table: Table, _options: OutputOptions, _stream: TextIO) -> Iterator[str]:
    return _lines(_texts(table))


def _yaml(table: Table, _options: OutputOptions, _stream: TextIO) -> Iterator[str]:
    from crm_cli.formats import yamltext

    return yamltext.lines(_objects(table))


def _array(texts: Iterable[str]) -> Iterator[str]:
    before = "[\n"
    for text in texts:
        yield f"{before}{text}"
        before = ",\n"
    yield "[]\n" if before == "[\n" else "\n]\n"


def _lines(texts: Iterable[str]) -> Iterator[str]:
    return (f"{text}\n" for text in texts)


def _ids(table: Table, options: OutputOptions, _stream: TextIO) -> Iterator[str]:
    end = "\0" if options.null else "\n"
    return (f"{visible(cell(values[table.ids]))}{end}" for values in table.rows if values[table.ids] is not None)


def _format(table: Table, options: OutputOptions, _stream: TextIO) -> Iterator[str]:
    line = options.line
    assert line is not None
    end = "\0" if options.null else "\n"
    count = len(table.columns)
    return (f"{line.fill([visible(cell(value)) for value in values[:count]])}{end}" for values in table.rows)


SHAPES: dict[str, Callable[[Table, OutputOptions, TextIO], Iterator[str]]] = {
    "tsv": _tsv,
    "csv": _csv,
    "json": _json,
    "jsonl": _jsonl,
    "yaml": _yaml,
    "ids": _ids,
    "format": _format,
}
