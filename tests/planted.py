"""Settings and scripts that somebody plants in a book, and the trace that they leave when anything runs them."""

from pathlib import Path

_HOOKS = ("pre-commit", "post-commit", "reference-transaction", "post-index-change", "post-checkout", "pre-push")
_ATTRIBUTES = "* filter=evil diff=evil merge=evil"


def plant(book: Path, script: Path) -> Path:
    """A script that leaves a trace when it is run; where the trace would be."""
    trace = book.parent / "trace"
    script.write_text(f'#!/bin/sh\necho ran "$0" "$@" >> \'{trace}\'\ncat\n')
    script.chmod(0o700)
    return trace


def plant_everywhere(book: Path) -> Path:
    """A script behind every setting, hook and attribute of the book that can name one; where the trace would be."""
    script = book.parent / "evil"
    trace = plant(book, script)
    hooks = book / ".git/hooks"
    hooks.mkdir(exist_ok=True)
    for name in _HOOKS:
        plant(book, hooks / name)
    (book.parent / "included").write_text(f"[core]\n\tfsmonitor = {script}\n")
    with (book / ".git/config").open("a") as config:
        config.write(
            f"[core]\n\tfsmonitor = {script}\n\thooksPath = {hooks}\n\tpager = {script}\n\teditor = {script}\n"
            f"\tsshCommand = {script}\n\talternateRefsCommand = {script}\n\tattributesFile = {book}/attributes\n"
            f"[include]\n\tpath = {book.parent}/included\n[gpg]\n\tprogram = {script}\n[commit]\n\tgpgSign = true\n"
            f'[filter "evil"]\n\tclean = {script}\n\tsmudge = {script}\n\tprocess = {script}\n\trequired = true\n'
            f'[diff "evil"]\n\ttextconv = {script}\n\tcommand = {script}\n[diff]\n\texternal = {script}\n'
            f'[merge "evil"]\n\tdriver = {script}\n[credential]\n\thelper = !{script}\n[log]\n\tshowSignature = true\n'
            f"[alias]\n\tstatus = !{script}\n\tlog = !{script}\n\tupdate-ref = !{script}\n"
        )
    (book / "attributes").write_text(f"{_ATTRIBUTES}\n")
    (book / ".gitattributes").write_text(f"{_ATTRIBUTES} text eol=crlf working-tree-encoding=UTF-16\n")
    (book / ".git/info/attributes").write_text(f"{_ATTRIBUTES}\n")
    return trace
