"""Reads a buildspec of version 0.2: its phases and their commands."""

from dataclasses import dataclass
from pathlib import Path

import yaml

# CodeBuild's names of the phases that have commands, and those in the buildspec.
PHASES = {"INSTALL": "install", "PRE_BUILD": "pre_build", "BUILD": "build", "POST_BUILD": "post_build"}


@dataclass(frozen=True)
class Buildspec:
    """What a build does, phase by phase."""

    phases: dict[str, list[str]]

    def commands(self, phase: str) -> list[str]:
        """The commands of `INSTALL`, `PRE_BUILD`, `BUILD` or `POST_BUILD`, its finally block included."""
        return self.phases.get(phase, [])


def read_buildspec(given: str | None, source: Path) -> Buildspec:
    """Inline text, or a path in the source (CodeBuild's own default is buildspec.yml). Raises ValueError when it is none."""
    inline = given is not None and "\n" in given
    text = given if inline else _read(source / (given or "buildspec.yml"))
    spec = yaml.safe_load(text or "")
    if not isinstance(spec, dict) or str(spec.get("version")) != "0.2":
        raise ValueError("YAML_FILE_ERROR: the buildspec must have version 0.2")
    shell = (spec.get("env") or {}).get("shell", "sh")
    if shell != "bash":
        raise ValueError(f"only buildspecs with env.shell bash are emulated, got {shell}")
    phases = spec.get("phases") or {}
    return Buildspec({name: _commands(phases.get(key) or {}) for name, key in PHASES.items()})


def _commands(phase: dict) -> list[str]:
    return [*(phase.get("commands") or []), *(phase.get("finally") or [])]


def _read(path: Path) -> str:
    if not path.is_file():
        raise ValueError(f"YAML_FILE_ERROR: the source has no {path.name}")
    return path.read_text()
