"""The pipeline: moving deals through several pipelines, the board on a terminal, the plain rows in a pipe."""

import re
from collections.abc import Callable

import pytest

from crm_cli.base.text import width
from tests.shell import Result, Shell

ESCAPES = re.compile(r"\x1b\[[0-9;]*m")
PIPELINES = """
pipelines:
  sales:
    stages:
      - {name: prospecting, probability: 10, rotting_days: 14}
      - {name: proposal, probability: 50, rotting_days: 14}
      - {name: won, type: won}
      - {name: lost, type: lost, required: [lost_reason]}
  recruitment:
    stages:
      - {name: applied, probability: 10}
      - {name: "पहली मुलाकात", probability: 30}
      - {name: interview, probability: 50}
      - {name: trial, probability: 70}
      - {name: offer, probability: 90, required: [amount, custom.start]}
      - {name: hired, type: won, required: [won_reason]}
      - {name: declined, type: lost, required: [lost_reason, competitor]}
"""


@pytest.fixture
def two(empty: Shell) -> Shell:
    """A book with two pipelines."""
    with (empty.book / "crm.yaml").open("a") as settings:
        settings.write(PIPELINES)
    return empty


@pytest.fixture
def terminal(monkeypatch: pytest.MonkeyPatch) -> Callable[..., Result]:
    """Runs a command as if its output went to a terminal of that width."""

    def run(shell: Shell, *words: str, columns: int = 80, **environ: str) -> Result:
        for module in ("commands.pipeline", "commands.timeline", "commands.day", "streams"):
            monkeypatch.setattr(f"crm_cli.cli.{module}.is_terminal", lambda _stream: True)
        result = shell.crm(*words, COLUMNS=str(columns), TERM="xterm-256color", **environ)
        monkeypatch.undo()
        return result

    return run


def field(shell: Shell, ref: str, name: str) -> str:
    return shell.ok(f"deal show {ref} --fields {name}").out.strip()


def test_a_deal_goes_through_the_stages_of_its_own_pipeline(two: Shell) -> None:
    two.ok("deal add Asha --pipeline recruitment")
    two.ok("deal add Website")
    assert field(two, "asha", "pipeline,stage") == "recruitment\tapplied"
    assert field(two, "website", "pipeline,stage") == "sales\tprospecting"
    assert "Asha: applied -> interview" in two.ok("move asha interview").err
    refused = two.crm("move", "asha", "proposal")
    assert refused.code == 5
    assert "the pipeline recruitment has no stage proposal" in refused.err
    assert "sales has one: crm set asha-" in refused.err
    near = two.crm("move", "asha", "ofer")
    assert (near.code, "did you mean offer?" in near.err) == (5, True)
    unlike = two.crm("move", "asha", "zzzz")
    assert (unlike.code, "it has applied, पहली मुलाकात, interview" in unlike.err) == (5, True)
    rows = [line.split("\t")[:3] for line in two.ok("pipeline").lines]
    assert rows[0] == ["sales", "prospecting", "1"]
    assert rows[4:7] == [
        ["recruitment", "applied", "0"],
        ["recruitment", "पहली मुलाकात", "0"],
        ["recruitment", "interview", "1"],
    ]
    other = two.crm("deal", "add", "Ravi", "--pipeline", "recruitment", "--stage", "proposal")
    assert (other.code, "the pipeline recruitment has no stage proposal" in other.err) == (5, True)


def test_every_field_that_a_stage_asks_for_is_named_with_how_to_give_it(two: Shell) -> None:
    deal = two.ok("deal add Asha --pipeline recruitment").out.strip()
    refused = two.crm("move", "asha", "offer")
    assert refused.code == 5
    assert "asks for amount, custom.start" in refused.err
    assert f"crm set {deal} stage=offer amount=... custom.start=..." in refused.err
    lost = two.crm("move", "asha", "declined")
    assert (lost.code, "asks for lost_reason, competitor" in lost.err) == (5, True)
    assert f"crm set {deal} stage=declined lost_reason=... competitor=..." in lost.err
    assert field(two, "asha", "stage") == "applied"
    two.ok(f"set {deal} stage=offer amount=40000 custom.start=2026-12-01")
    assert "crm move" in two.crm("move", "asha", "hired").err
    two.ok("move asha hired --reason 'knows the trade'")
    assert field(two, "asha", "won_reason") == "knows the trade"


def test_a_move_says_when_and_who_and_reopening_clears_it(two: Shell) -> None:
    deal = two.ok("deal add Website").out.strip()
    two.ok("move website lost --reason price --at 2026-11-18", CRM_USER="rohan")
    text = (two.book / f"deals/{deal}.yaml").read_text()
    assert "- stage: lost\n    at: 2026-11-18\n    by: rohan\n" in text
    assert "closed_at: 2026-11-18\n" in text
    two.ok("move website proposal")
    text = (two.book / f"deals/{deal}.yaml").read_text()
    assert "closed_at" not in text
    assert "lost_reason" not in text
    assert re.findall(r"- stage: (\w+)", text) == ["prospecting", "lost", "proposal"]


def test_what_does_not_fit_a_move_is_refused(two: Shell) -> None:
    two.ok("deal add Website")
    near = two.crm("move", "website", "lost", "--reason", "prise")
    assert (near.code, "did you mean price?" in near.err) == (5, True)
    for option in ("--reason", "--at"):
        refused = two.crm("move", "website", "proposal", option, "fri")
        assert (refused.code, "is an open stage" in refused.err) == (2, True)
    assert field(two, "website", "stage") == "prospecting"


def test_a_move_to_where_it_is_changes_nothing_and_a_note_goes_with_the_move(two: Shell) -> None:
    two.ok("deal add Website")
    before = two.git("rev-parse", "HEAD")
    same = two.ok("move website prospecting")
    assert ("nothing to change" in same.err, two.git("rev-parse", "HEAD")) == (True, before)
    moved = two.ok("move website won --note 'signed on the spot'")
    assert "move: Website: prospecting -> won" in moved.err
    assert two.git("rev-list", "--count", f"{before.strip()}..HEAD").strip() == "1"
    assert two.ok("interaction list --fields kind,deal.name,name").out == "note\tWebsite\tsigned on the spot\n"
    again = two.ok("move website won --reason speed")
    assert ("->" not in again.err, field(two, "website", "won_reason")) == (True, "speed")


def fill(shell: Shell) -> None:
    """Deals in every sort of stage, three of them with a next step."""
    stalls = (
        (
            f"stall{number}-abcde{number}",
            f"{{name: Stall{number}, stage: prospecting, amount: 2500000 INR, close_date: 2027-01-{number + 10}",
        )
        for number in range(9)
    )
    for id, fields in (
        ("website-bcdefg", "{name: Website, stage: proposal, amount: 150000 INR, close_date: 2026-11-10"),
        ("sari-bcdefh", "{name: साड़ी की ऑनलाइन दुकान का बहुत लंबा नाम, stage: proposal, amount: 500 USD"),
        ("done-bcdefj", "{name: Done, stage: won, amount: 9000 INR, closed_at: 2026-11-20"),
        ("old-bcdefk", "{name: Old, stage: won, amount: 100 INR, closed_at: 2026-09-01"),
        ("asha-bcdefm", "{name: Asha, pipeline: recruitment, stage: applied"),
        *stalls,
    ):
        shell.write(f"deals/{id}.yaml", f"{fields}, created: 2026-11-20}}\n")
    for id, due in (
        ("stall0-abcde0", "2026-11-25"),
        ("stall1-abcde1", "2027-08-01"),
        ("website-bcdefg", "2026-11-30T10:00+05:30"),
    ):
        shell.write(f"tasks/call-{id}.yaml", f"{{name: Call, deal: {id}, due: {due}, status: open}}\n")


@pytest.mark.parametrize("columns", [20, 40, 80, 120])
def test_the_board_fits_the_screen_and_lines_up(two: Shell, terminal: Callable[..., Result], columns: int) -> None:
    fill(two)
    lines = terminal(two, "pipeline", columns=columns, NO_COLOR="1").lines
    assert not any("\x1b" in line for line in lines)
    assert [line for line in lines if width(line) > columns and "crm pipeline" not in line] == []
    if columns < 80:
        return
    rule = next(line for line in lines if line.startswith("─"))
    assert width(rule) <= columns
    head = next(line for line in lines if line.startswith("prospecting"))
    second = width(head[: head.index("proposal")])
    assert second == rule.index("  ") + 2
    names = lines[lines.index(rule) + 1]
    assert names.startswith("Stall0")
    assert names[second:].startswith("! Website")
    amounts = lines[lines.index(rule) + 2]
    assert amounts.startswith(" ₹25,00,000")
    assert amounts.index("25 Nov") + len("25 Nov") == second - 2
    assert "! साड़ी" in "\n".join(lines)


def test_the_board_has_the_sums_of_every_stage_and_of_what_is_closed(
    two: Shell, terminal: Callable[..., Result]
) -> None:
    fill(two)
    out = terminal(two, "pipeline", columns=120, NO_COLOR="1").out
    assert "sales: 11 open, ₹2,26,50,000; $500 (≈ ₹23,25,000; $250 weighted)" in out
    assert re.search(r"^prospecting +9  proposal +2$", out, re.MULTILINE)
    assert re.search(r"^won  1 \(₹9,000\) this month; 2 \(₹9,100\) in all$", out, re.MULTILINE)
    assert "… 3 more" in out or "… 7 more" in out
    assert "lost" not in out
    assert "recruitment: 1 open" in out
    assert out.rstrip().endswith("! is stuck: crm pipeline --stalled says why")


def test_stages_that_do_not_fit_side_by_side_stand_below_each_other(
    two: Shell, terminal: Callable[..., Result]
) -> None:
    two.ok("deal add Asha --pipeline recruitment --amount 100")
    lines = terminal(two, "pipeline", NO_COLOR="1").lines
    heads = [line.split() for line in lines if line.startswith(("applied", "trial"))]
    assert heads == [["applied", "1", "पहली", "मुलाकात", "0", "interview", "0"], ["trial", "0", "offer", "0"]]
    assert "sales: no deals" in lines


def test_stuck_deals_are_listed_with_every_reason(two: Shell, terminal: Callable[..., Result]) -> None:
    fill(two)
    colored = terminal(two, "pipeline", "website", "--stalled").out
    assert "\x1b[1mStuck deals (1)\x1b[0m" in colored
    lines = ESCAPES.sub("", colored).splitlines()
    place = lines.index("Stuck deals (1)")
    assert re.fullmatch(r"  sales: proposal  Website  ₹1,50,000  \w{6}", lines[place + 1])
    assert lines[place + 2] == "    was to close on 2026-11-10"
    assert not any("is stuck:" in line for line in lines)
    assert "Stuck deals" not in terminal(two, "pipeline", "zzz", "--stalled").out
    assert "\x1b[33m!\x1b[0m Website" in terminal(two, "pipeline", columns=120).out
    plain = [line.split("\t")[:3] for line in two.ok("pipeline website --stalled").lines]
    assert ["sales", "proposal", "1"] in plain
    assert ["sales", "prospecting", "0"] in plain


def test_a_stage_that_no_pipeline_has_is_on_the_board_all_the_same(two: Shell, terminal: Callable[..., Result]) -> None:
    two.write("deals/odd-abcdef.yaml", "name: Odd\nstage: trial\n")
    two.write("deals/none-abcdeg.yaml", "name: None\n")
    out = terminal(two, "pipeline", columns=120, NO_COLOR="1").out
    head = next(line for line in out.splitlines() if line.startswith("prospecting"))
    assert re.fullmatch(r"prospecting +0  proposal +0  \(no stage\) +1  trial +1", head)


def test_a_shape_that_is_asked_for_is_given_on_a_terminal_too(two: Shell, terminal: Callable[..., Result]) -> None:
    two.ok("deal add Website")
    assert terminal(two, "pipeline", "--ids").lines[0] == "prospecting"
    assert terminal(two, "pipeline", "-o", "tsv").out == two.ok("pipeline").out
