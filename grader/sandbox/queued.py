"""How long a process has waited for a processor, of which other work had too many: Linux says it."""

from __future__ import annotations

from threading import Lock
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from io import FileIO


class Queued:
    """The waiting of one process. It is asked for twice a job, so its file stays open from the first time on."""

    def __init__(self, pid: int) -> None:
        self._path = f"/proc/{pid}/schedstat"
        self._file: FileIO | None = None
        self._seconds = 0.0
        self._closed = False
        self._using = Lock()  # who gives a worker up may do so while another thread asks

    def seconds(self) -> float:
        """Seconds of its life that it could have run and did not; once it is gone, as last seen, or 0."""
        with self._using:
            try:
                if self._file is None and not self._closed:
                    self._file = open(self._path, "rb", buffering=0)  # noqa: PTH123, SIM115 - without layers, closed below
                if self._file is not None:
                    self._file.seek(0)
                    self._seconds = int(self._file.read(100).split()[1]) / 1e9
            except (OSError, ValueError, IndexError):
                pass
            return self._seconds

    def close(self) -> None:
        """Keep nothing open; twice does nothing."""
        with self._using:
            self._closed = True
            file, self._file = self._file, None
            if file is not None:
                file.close()
