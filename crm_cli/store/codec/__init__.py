"""Files as trees: read strictly, edit by splicing, write anew. The only room that knows YAML."""

from crm_cli.store.codec.document import Document
from crm_cli.store.codec.emitter import emit
from crm_cli.store.codec.reader import parse
from crm_cli.store.codec.splicer import splice

__all__ = ["Document", "emit", "parse", "splice"]
