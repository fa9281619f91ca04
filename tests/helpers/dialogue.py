# SPDX-License-Identifier: GPL-2.0-or-later
"""dialogue.py COMMAND [ARG...]: talks to a command in a terminal of its own, as a person would.

Standard input has one step per line: "send TEXT" types TEXT (Python's escapes, \\r for the enter
key), "expect TEXT" waits until the terminal has shown TEXT since the last such step, "pause N" waits
N seconds. Status 0 when all steps were done and the command ended; else 1, and what was shown.
"""
import os
import pty
import select
import signal
import sys
import time

LIMIT = 60


def read_some(fd, until):
    """What the terminal shows next; None at the end or when the time is over."""
    while True:
        left = until - time.monotonic()
        if left <= 0 or not select.select([fd], [], [], left)[0]:
            return None
        try:
            return os.read(fd, 4096) or None
        except OSError:  # EIO: the other side is closed
            return None


def main():
    pid, fd = pty.fork()
    if pid == 0:
        os.execvp(sys.argv[1], sys.argv[1:])
    until = time.monotonic() + LIMIT
    shown, seen = b"", 0
    for step in sys.stdin:
        verb, _, text = step.rstrip("\n").partition(" ")
        text = text.encode().decode("unicode_escape").encode("latin-1")
        if verb == "send":
            os.write(fd, text)
        elif verb == "pause":
            time.sleep(float(text))
        elif verb == "expect":
            while shown.find(text, seen) < 0:
                more = read_some(fd, until)
                if more is None:
                    os.kill(pid, signal.SIGKILL)
                    sys.exit("no %r in: %r" % (text, shown))
                shown += more
            seen = shown.find(text, seen) + len(text)
        elif step.strip():
            sys.exit("no such step: " + step)
    while (more := read_some(fd, until)) is not None:
        shown += more
    while not (ended := os.waitpid(pid, os.WNOHANG))[0]:
        if time.monotonic() > until:
            os.kill(pid, signal.SIGKILL)
            sys.exit("no end after: %r" % shown)
        time.sleep(0.05)
    print("status", os.waitstatus_to_exitcode(ended[1]))


main()
