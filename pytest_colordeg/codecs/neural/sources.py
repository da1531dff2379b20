"""Where a codec's weights come from: the package, CompressAI's server, or files of the user's."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from pytest_colordeg.codecs.neural.families import Family, learned_id
from pytest_colordeg.codecs.neural.weights import card, files
from pytest_colordeg.errors import ColordegError

__all__ = ["MINI_FOLDER", "Source", "mini_file"]

MINI_FOLDER = Path(__file__).parent / "mini"
"""Package data: ``ID.safetensors`` and the cards."""


@dataclass(frozen=True)
class Source:
    """Which file serves which quality of one codec.

    Parameters
    ----------
    kind
        ``mini``, ``official``, or ``files``.
    named
        With ``files``: quality to path, as the user wrote it. A variable-rate file
        may stand under several qualities.
    root
        Where relative paths begin.
    """

    family: Family
    metric: str
    kind: str
    named: Mapping[int, str] = field(default_factory=dict)
    root: Path = Path()

    @property
    def label(self) -> Mapping[int, str]:
        """Quality to what a ladder shows of the weights' origin."""
        if self.kind == "files":
            return self.named
        return dict.fromkeys(self.qualities(), self.kind)

    def qualities(self) -> tuple[int, ...]:
        """The rungs there are; read from the mini card where weights are in the package."""
        if self.kind == "files":
            return tuple(sorted(self.named))
        if self.kind == "mini" and self._mini().is_file():
            return tuple(sorted(qualities_of(self._mini(), self.family, self.metric)))
        return tuple(self.family.qualities)

    def unavailable(self) -> str | None:
        """Why there are no weights and how to get them; asks no network."""
        if self.kind == "mini" and not self._mini().is_file():
            name = learned_id(self.family.name, self.metric)
            other = (
                '--preset mini), or set weights = "official"'
                if self.family.published
                else f'--family {self.family.name}), and set weights = "{name}.safetensors"'
            )
            return (
                "this release carries no mini weights of it; train them (colordeg train FOLDER "
                f"{other} in [tool.colordeg.codecs.{name}]"
            )
        if self.kind == "files":
            absent = [str(path) for path in map(self._path, self.named) if not path.is_file()]
            if absent:
                return f"weights not found: {', '.join(dict.fromkeys(absent))}"
        return None

    def file(self, quality: int) -> Path:
        """The file for one quality; downloads an official one that is not cached.

        Raises
        ------
        ColordegError
            If there is none.
        """
        if quality not in self.qualities():
            known = ", ".join(map(str, self.qualities()))
            raise ColordegError(f"{self.family.name} has no quality {quality}; it has {known}")
        reason = self.unavailable()
        if reason is not None:
            raise ColordegError(reason)
        if self.kind == "official":
            from pytest_colordeg.codecs.neural.weights.official import official

            return official(self.family, self.metric, quality)
        return self._mini() if self.kind == "mini" else self._path(quality)

    def _mini(self) -> Path:
        return mini_file(self.family, self.metric)

    def _path(self, quality: int) -> Path:
        return self.root / Path(self.named[quality]).expanduser()


def mini_file(family: Family, metric: str) -> Path:
    """Where the package keeps its weights of a codec."""
    return MINI_FOLDER / f"{learned_id(family.name, metric)}.safetensors"


def qualities_of(path: Path, family: Family, metric: str) -> tuple[int, ...]:
    """The qualities of a file that ``colordeg train`` exported, read without torch.

    Raises
    ------
    ColordegError
        If it is no such file, or one of another family or metric.
    """
    texts = files.metadata(path)
    if card.KEY not in texts:
        raise ColordegError(
            f"{path}: is not a file that colordeg train exported; name its quality, "
            f'such as weights = {{4 = "{path.name}"}}'
        )
    facts = card.parse(texts[card.KEY], str(path))
    if (facts.family, facts.metric) != (family.name, metric):
        raise ColordegError(
            f"{path}: weights of {facts.family} trained for {facts.metric}, "
            f"not of {family.name} for {metric}"
        )
    return facts.qualities
