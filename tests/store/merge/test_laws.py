"""The laws of the merge hold for records of every kind, and each of them notices when it is broken."""

from hypothesis import HealthCheck, given, settings

from tests.store.merge.histories import History, histories
from tests.store.merge.laws import LAWS


@settings(max_examples=400, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(history=histories())
def test_no_merge_breaks_a_law(history: History) -> None:
    assert [law.__name__ for law in LAWS if law(history)] == []
