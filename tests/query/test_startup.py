"""What a list does not wait for."""

import subprocess
import sys


def test_a_list_without_a_query_loads_neither_the_grammar_nor_the_words_for_dates() -> None:
    code = (
        "import sys, crm_cli.query; late = ('views', 'where', 'complete', 'operands', 'days'); "
        "print([name for name in late if f'crm_cli.query.{name}' in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"
