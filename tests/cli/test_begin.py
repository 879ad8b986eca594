"""The first commands of somebody who has nothing yet: no book, no settings of git, no configuration."""

import pytest

from tests.shell import Shell

NOBODY = dict.fromkeys(("GIT_AUTHOR_NAME", "GIT_AUTHOR_EMAIL", "GIT_COMMITTER_NAME", "GIT_COMMITTER_EMAIL"), "")


@pytest.fixture
def newcomer(tmp_path_factory: pytest.TempPathFactory) -> Shell:
    place = tmp_path_factory.mktemp("newcomer")
    return Shell(place / "home", place / "home", {**NOBODY, "LOGNAME": "asha"})


def test_a_book_is_made_by_somebody_whom_git_does_not_know(newcomer: Shell) -> None:
    made = newcomer.ok("init ~/crm".replace("~", str(newcomer.home)))
    assert "commits will say asha <asha@" in made.err
    assert "your default book" in made.err
    assert newcomer.ok("contact add 'Asha Sharma'").lines[0].startswith("asha-sharma-")


def test_the_identity_is_that_of_the_users_own_git(newcomer: Shell) -> None:
    (newcomer.home / ".gitconfig").write_text("[user]\n\tname = Asha\n\temail = asha@acme.example\n")
    made = newcomer.ok(f"init {newcomer.home}/crm")
    assert "commits will say" not in made.err
    newcomer.book = newcomer.home / "crm"
    assert newcomer.git("log", "-1", "--format=%an <%ae>") == "Asha <asha@acme.example>\n"


def test_a_sample_book_gives_way_to_a_real_one(newcomer: Shell) -> None:
    sample = newcomer.ok("demo").out.strip()
    assert newcomer.ok("config book").out.strip() == sample
    real = newcomer.ok(f"init {newcomer.home}/crm").out.strip()
    assert newcomer.ok("config book").out.strip() == real
    newcomer.ok(f"init {newcomer.home}/club")
    assert newcomer.ok("config book").out.strip() == real


def test_without_any_book_two_lines_say_what_to_do(newcomer: Shell) -> None:
    for words in ((), ("due",), ("contact", "list"), ("pipeline",)):
        result = newcomer.crm(*words)
        assert (result.code, result.out) == (7, "")
        assert "crm init makes your own book; crm demo makes one to play with" in result.err
        assert len(result.err.splitlines()) == 2


@pytest.mark.parametrize("trade", ["agency", "clinic", "club", "freelancer", "shop"])
def test_every_template_makes_a_book_without_a_problem(newcomer: Shell, trade: str) -> None:
    newcomer.ok(f"init {newcomer.home}/{trade} --template {trade}")
    newcomer.ok(f"-C {newcomer.home}/{trade} doctor --strict")
    settings = (newcomer.home / trade / "crm.yaml").read_text()
    assert f"name: {trade}\n" in settings
    assert "timezone: Asia/Kolkata\n" in settings
    for view in (newcomer.home / trade / "views").glob("*.yaml"):
        newcomer.ok(f"-C {newcomer.home}/{trade} {_kind(view.read_text())} list @{view.stem}")


def _kind(text: str) -> str:
    return next(line.removeprefix("kind: ") for line in text.splitlines() if line.startswith("kind: "))


def test_the_home_of_somebody_who_is_not_there_is_a_path_like_any_other(newcomer: Shell) -> None:
    newcomer.ok("init crm")
    (newcomer.home / "rows.csv").write_text("name,extra\nBob,hello\nUsha,\n")
    for line, code in (
        ("import ~nosuchuser/rows.csv --kind contact", 3),
        ("import rows.csv --map ~nosuchuser/map.yaml", 3),
        ("import rows.csv --kind contact --rejects ~nosuchuser/bad.csv", 7),
        ("import rows.csv --kind contact --save-map ~nosuchuser/map.yaml", 7),
        ("export --to ~nosuchuser/all.jsonl", 7),
        ("clone ~nosuchuser/crm ~nosuchuser/copy", 7),
        (f"clone {newcomer.home}/crm ~nosuchuser/copy", 0),
        ("demo ~nosuchuser/demo", 0),
        ("init ~nosuchuser/book", 0),
    ):
        done = newcomer.crm("-C", str(newcomer.home / "crm"), *line.split())
        assert done.code == code, (line, done.code, done.err)


def test_what_cannot_be_a_book(newcomer: Shell) -> None:
    assert newcomer.crm("init", str(newcomer.home)).code == 7
    (newcomer.home / "work").mkdir()
    (newcomer.home / "work" / "main.c").write_text("")
    newcomer.book = newcomer.home / "work"
    newcomer.git("init", "--quiet")
    assert newcomer.crm("init").code == 2
    assert newcomer.crm("init", str(newcomer.book)).code == 7
    newcomer.ok("init --here")
    assert newcomer.crm("init", str(newcomer.book), "--here").code == 7
    near = newcomer.crm("init", str(newcomer.home / "x"), "--template", "shoop")
    assert near.code == 3
    assert "did you mean shop?" in near.err


def test_a_book_that_is_not_there_is_told_from_a_directory_without_one(newcomer: Shell) -> None:
    newcomer.ok("init ~/club")
    newcomer.ok("config books.club ~/club")
    typo = newcomer.crm("-C", "clbu", "due")
    assert (typo.code, "did you mean -C club?" in typo.err) == (7, True), typo.err
    empty = newcomer.crm("-C", str(newcomer.home), "due")
    assert (empty.code, "holds no book" in empty.err) == (7, True), empty.err


def test_a_book_is_not_made_inside_another(empty: Shell) -> None:
    refused = empty.crm("init", str(empty.book / "deals" / "sub"))
    assert (refused.code, "inside the book" in refused.err) == (7, True)
    assert not (empty.book / "deals").exists()


def test_a_book_can_be_reached_by_a_symbolic_link(empty: Shell) -> None:
    link = empty.home / "link"
    link.symlink_to(empty.book)
    asha = empty.ok(f"-C {link} contact add Asha").out.strip()
    assert empty.ok(f"contact list -C {link} --ids").lines == [asha]
    assert empty.git("log", "-1", "--format=%s").startswith("add contact")
    assert empty.git("status", "--porcelain") == ""
