"""Runs a command on a pseudo-terminal: `terminal.py enter|leave COMMAND...`; prints what its screen got.

A key is pressed whenever the screen has been still for a moment, until the command ends.
"""

import fcntl
import os
import pty
import select
import struct
import sys
import termios

KEYS = {"enter": b"\r", "leave": b"\x03"}
STILL_SECONDS = 0.5
MOST_KEYS = 20
ROWS, COLUMNS = 40, 120


def main() -> int:
    key, command = KEYS[sys.argv[1]], sys.argv[2:]
    child, screen = pty.fork()
    if child == 0:
        os.environ["TERM"] = "xterm"
        # Without a size it has no columns, and every character gets a line of its own.
        fcntl.ioctl(0, termios.TIOCSWINSZ, struct.pack("HHHH", ROWS, COLUMNS, 0, 0))
        os.execv(command[0], command)
    pressed, seen = 0, False
    while True:
        ready, _, _ = select.select([screen], [], [], STILL_SECONDS)
        if ready:
            try:
                data = os.read(screen, 65536)
            except OSError:
                break
            if not data:
                break
            seen = True
            sys.stdout.buffer.write(data)
        elif seen and pressed < MOST_KEYS:
            os.write(screen, key)
            pressed += 1
    _, status = os.waitpid(child, 0)
    sys.stdout.flush()
    return 0 if os.WIFEXITED(status) else 1


sys.exit(main())
