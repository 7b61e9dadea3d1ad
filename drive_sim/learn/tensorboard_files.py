"""A training's numbers as TensorBoard's files: `tensorboard --logdir DIR` shows them as they come."""

from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Self

from drive_sim import files
from drive_sim.errors import InputError

if TYPE_CHECKING:
    pass

EXTRA = "pip install 'drive-sim[tensorboard]'"


class TensorboardFiles:
    """Writes one event file into a folder; to be used in a `with`.

    Raises InputError where TensorBoard is not installed, or where the folder cannot be written to.
    """

    def __init__(self, folder: Path) -> None:
        try:
            from torch.utils.tensorboard import SummaryWriter  # noqa: PLC0415 - an extra, and a second to import
        except ImportError:
            raise InputError(f"TensorBoard's files need its package, an extra: {EXTRA}") from None
        is_there = folder.exists()
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise files.input_error_from(error, folder) from None
        try:
            files.check_writable(folder, folder)
        except InputError:
            if not is_there:
                folder.rmdir()
            raise
        self._writer: SummaryWriter = SummaryWriter(str(folder))

    def write(self, num_steps: int, numbers: Mapping[str, float]) -> None:
        """Numbers by name, as they were after so many steps."""
        for name, value in numbers.items():
            self._writer.add_scalar(name, value, num_steps)
        self._writer.flush()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._writer.close()
