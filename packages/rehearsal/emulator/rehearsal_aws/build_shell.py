"""Runs a build's commands under bash, phase after phase, with what they print in the log."""

import os
import signal
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

# One shell a phase; what a phase exported is there in the next one, as in CodeBuild.
PREAMBLE = 'set -e -o pipefail; state="$1"; [ ! -f "$state" ] || . "$state"; trap \'export -p >"$state"; pwd >"$state.folder"\' EXIT'

RUNNING = "[Container] Running command "


@dataclass(frozen=True)
class FailedCommand:
    """The command that ended a phase."""

    command: str
    code: int


class BuildShell:
    """The shell of one build."""

    def __init__(self, folder: Path, environment: dict[str, str], log: Callable[[str], None]):
        self._folder = folder
        self._environment = environment
        self._log = log
        self._process: subprocess.Popen | None = None
        self._stopped = False

    def run(self, commands: list[str]) -> FailedCommand | None:
        """Runs them in order up to the first that fails, which is returned."""
        if not commands:
            return None
        state = self._folder.with_suffix(".state")
        marked = [part for command in commands for part in (f"printf '%s\\n' {_quote(RUNNING + command)}", command)]
        kept = Path(f"{state}.folder")
        folder = kept.read_text().strip() if kept.exists() else self._folder
        self._process = subprocess.Popen(
            ["bash", "-c", "\n".join([PREAMBLE, *marked]), "build", str(state)],
            cwd=folder,
            env={**self._environment, "CODEBUILD_SRC_DIR": str(self._folder)},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
        )
        running = ""
        for line in self._process.stdout or ():
            line = line.rstrip("\n")
            running = line.removeprefix(RUNNING) if line.startswith(RUNNING) else running
            self._log(line)
        code = self._process.wait()
        return FailedCommand(running, code) if code != 0 or self._stopped else None

    def stop(self) -> None:
        """Ends the command under way with all that it started."""
        self._stopped = True
        if self._process:
            for pid in _descendants(self._process.pid):
                _kill(pid)
            self._process.kill()


def _descendants(pid: int) -> list[int]:
    """They stay in the emulator's process group, so that its end is theirs; hence not by group."""
    listed = subprocess.run(["ps", "-A", "-o", "pid=,ppid="], capture_output=True, text=True, check=True).stdout
    children: dict[int, list[int]] = {}
    for line in listed.splitlines():
        child, parent = map(int, line.split())
        children.setdefault(parent, []).append(child)
    found, queue = [], [pid]
    while queue:
        below = children.get(queue.pop(), [])
        found += below
        queue += below
    return found


def _kill(pid: int) -> None:
    try:
        os.kill(pid, signal.SIGKILL)
    except ProcessLookupError:
        pass  # It ended by itself.


def _quote(text: str) -> str:
    return "'" + text.replace("'", "'\\''") + "'"
