"""What went wrong: one line with the rule, what was received and the way out."""


class KeraslmError(Exception):
    """A run that failed; the command line prints its one line and exits with 1."""

    exit_code = 1


class UsageError(KeraslmError, ValueError):
    """A wrong option or argument, a missing file, a refusal to overwrite."""

    exit_code = 2


class MissingExtra(KeraslmError, ImportError):
    """A feature whose optional dependencies are not installed."""

    exit_code = 2

    def __init__(self, feature: str, extra: str) -> None:
        super().__init__(
            f"{feature} needs the extra '{extra}': pip install 'keraslm[{extra}]'"
        )


class CorpusError(KeraslmError, ValueError):
    """A text that cannot be read or is too short for what was asked."""


class CorpusChanged(CorpusError):
    """A text that is not, or no longer, what was read of it first."""


class ModelFileError(KeraslmError, ValueError):
    """A model file that cannot be opened."""


class VectorFileError(KeraslmError):
    """A file of word vectors that is damaged or malformed."""


class DownloadError(KeraslmError):
    """A download that failed, or whose checksum is not the published one."""


class TrainingError(KeraslmError):
    """A training run that cannot go on, for example at a loss that is not a number."""


class ClusterError(KeraslmError):
    """Workers of a cluster that are not there, or that cannot do what is asked."""


class ProcessGone(TrainingError):
    """Another process of the same training is gone, so that this one cannot go on."""


class Terminated(KeraslmError):
    """A training run that a signal ended; what it needs to go on is on the disk."""

    def __init__(self, message: str, signal_number: int = 15) -> None:
        super().__init__(message)
        self.signal_number = signal_number  # 15 is SIGTERM
        self.exit_code = 128 + signal_number  # as shells count


class MissingGlyphs(UserWarning):
    """A picture with characters that no installed font has."""


def first_line(error: BaseException) -> str:
    """Give the first line of what another library's error says; it may be empty."""
    return (str(error).strip().splitlines() or [""])[0]


def in_short(error: BaseException) -> str:
    """Name another library's error, with the beginning of what it says."""
    return f"{type(error).__name__}: {first_line(error)[:120]}"
