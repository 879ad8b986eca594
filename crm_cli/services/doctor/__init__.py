"""Finds what is wrong with a book, in its records, its settings and its history, and mends what can safely be mended.

Everything is read from the files themselves, so that it works where the index, `crm.yaml` or git do not.
"""

from crm_cli.services.doctor.mending import Mended, mend
from crm_cli.services.doctor.report import Report, chosen, examine, report_table

__all__ = ["Mended", "Report", "chosen", "examine", "mend", "report_table"]
