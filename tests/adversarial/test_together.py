"""crm writes while a person commits their own files with git: both get all of theirs into one history."""

import os
from pathlib import Path

from tests.adversarial.test_concurrency import READER, WRITER, _start, check_whole
from tests.shell import Shell

WRITERS = int(os.environ.get("CRM_TEST_WRITERS", "2"))
EACH = int(os.environ.get("CRM_TEST_EACH", "5"))

# A git that finds the index locked, or the branch moved on, says so and ends: then a person types it again.
PERSON = """
import os, subprocess, sys, time
number = 0
while number < 2 or not os.path.exists(sys.argv[1]):
    number += 1
    with open("diary.txt", "a") as file:
        file.write(f"day {number}\\n")
    for words in (["add", "diary.txt"], ["commit", "-q", "-m", f"day {number}"]):
        while subprocess.run(["git", *words], capture_output=True).returncode:
            time.sleep(0.01)
    time.sleep(0.05)
print(number)
"""


def test_writers_a_reader_and_a_person_with_git_lose_nothing(book: Shell, tmp_path: Path) -> None:
    end = tmp_path / "end"
    before = int(book.git("rev-list", "--count", "HEAD"))
    others = [_start(book, PERSON, str(end)), _start(book, READER, str(end))]
    writers = [_start(book, WRITER, str(number), str(EACH)) for number in range(WRITERS)]
    try:
        for writer in writers:
            _out, err = writer.communicate(timeout=600)
            assert writer.returncode == 0, err.decode()
    finally:
        end.touch()  # the others would go on for ever
    told = [process.communicate(timeout=60) for process in others]
    assert [process.returncode for process in others] == [0, 0], told
    days = int(told[0][0])
    assert len(book.ok("contact list --ids").lines) == WRITERS * EACH + 1
    assert book.git("show", "HEAD:diary.txt").splitlines() == [f"day {number}" for number in range(1, days + 1)]
    messages = book.git("log", "--format=%s").splitlines()
    assert sum(message.startswith("day ") for message in messages) == days
    assert sum(message.startswith("add contact") for message in messages) == WRITERS * EACH + 1
    # git reads the index before it locks it: a commit of theirs that did so just before a write leaves its file out of
    # the branch, and the next command takes it in again, as one commit more. On a loaded machine that happens.
    again = messages.count("edit by hand")
    assert len(messages) == before + WRITERS * EACH + days + again
    assert again < days, messages
    book.ok("set ravi nickname=After")
    assert book.git("status", "--porcelain") == ""
    check_whole(book)
