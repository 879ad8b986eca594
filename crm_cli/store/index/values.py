"""The values that occur in a book, for completion and for asking whether a name is known."""

from crm_cli.base.text import fold
from crm_cli.schema.condition import Path
from crm_cli.store.index.layout import KindTable, quoted
from crm_cli.store.index.places import Scope, items, key_column


def distinct_sql(scope: Scope, table: KindTable, path: Path, prefix: str) -> str:
    """The texts of a field, each once, whose key begins with the prefix."""
    found = scope.slot(table, path[0])
    if found is None:
        return "select null where 0"
    slot, _ = found
    begins = scope.bind(fold(prefix))
    if slot.many or slot.type in ("maps", "custom", "facts", "consent"):
        where = items(scope, slot, path)
        return (
            f"select distinct i.text from item i join {table.name} t on t.rid = i.rid where {where} "
            f"and t.archived is null and instr(i.key, {begins}) = 1 order by i.key, i.text"
        ).replace(where, " and ".join(f"i.{part}" for part in where.split(" and ")))
    value, key = f"t.{quoted(slot.name)}", key_column(slot, "t")
    return (
        f"select distinct {value} from {table.name} t where t.archived is null and {value} is not null "
        f"and instr({key}, {begins}) = 1 order by {key}, {value}"
    )


def custom_names_sql(table: KindTable) -> str:
    """The paths of the custom fields that records of a kind have."""
    return (
        f"select distinct i.path from item i join {table.name} t on t.rid = i.rid "
        "where i.path > 'custom.' and i.path < 'custom/'"
    )
