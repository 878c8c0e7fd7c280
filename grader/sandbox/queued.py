"""How long a process has waited for a processor, of which other work had too many: Linux says it."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from io import FileIO


class Queued:
    """The waiting of one process. It is asked for twice a job, so its file stays open from the first time on."""

    def __init__(self, pid: int) -> None:
        self._path = f"/proc/{pid}/schedstat"
        self._file: FileIO | None = None

    def seconds(self) -> float:
        """Seconds of its life that it could have run and did not; 0 where nothing says so, and once it is gone."""
        try:
            if self._file is None:
                self._file = open(self._path, "rb", buffering=0)  # noqa: PTH123, SIM115 - without layers, and closed below
            self._file.seek(0)
            return int(self._file.read(100).split()[1]) / 1e9
        except (OSError, ValueError, IndexError):
            return 0.0

    def close(self) -> None:
        """Keep nothing open; twice does nothing."""
        if self._file is not None:
            self._file.close()
