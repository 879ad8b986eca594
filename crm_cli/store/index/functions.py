"""What SQL cannot say by itself: functions that statements about the sound of names call."""

import sqlite3

LEAST_SOUND = 2
"""Shorter names sound like the beginning of too many words."""


def add_functions(db: sqlite3.Connection) -> None:
    """Makes them known to a connection."""
    db.create_function("heard", 2, heard, deterministic=True)
    db.create_function("alike", 3, alike, deterministic=True)


def heard(word: str, needle: str) -> bool:
    """Whether one of two words sounds like the beginning of the other."""
    from crm_cli.base.translit import sound, sound_within  # 5 ms, and most questions are not about sounds

    return sound_within(needle, word) or (len(sound(word)) >= LEAST_SOUND and sound_within(word, needle))


def alike(name: str | None, other: str, within: int) -> bool:
    """Whether a name sounds like another, or `within`, has words that begin as those of the other sound.

    Not the other way round: Ram is a word that begins Ramesh, and is not who is meant by it.
    """
    from crm_cli.base.translit import sound_within, sounds_alike  # as above

    if not name:
        return False
    return sound_within(other, name) if within else sounds_alike(other, name)
