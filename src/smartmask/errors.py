"""The exceptions this library raises for bad files; a caller's mistake is a `ValueError` or `TypeError`.

    SmartMaskError
      ├── ImageError         a photo that cannot be read
      ├── LayoutFileError    a layout file that breaks its format
      ├── AnnotationError    a dataset file or record that breaks its format
      ├── CheckpointError    weights that are missing, damaged, or of another version
      └── BackendError       a third-party model or service that cannot be had, or answers nonsense

Every message says what was expected, what came, where, and what to do.
"""


class SmartMaskError(Exception):
    """A file that cannot be used; the message names the file."""


class ImageError(SmartMaskError):
    """A photo that is missing, damaged, empty or too large."""


class LayoutFileError(SmartMaskError):
    """A layout file that breaks its format."""


class AnnotationError(SmartMaskError):
    """A dataset file or record that breaks its format."""


class CheckpointError(SmartMaskError):
    """Weights that are missing, damaged, of another version, or that hold unknown settings."""


class BackendError(SmartMaskError):
    """A third-party model or service that cannot be loaded or reached, or whose answer cannot be used."""
