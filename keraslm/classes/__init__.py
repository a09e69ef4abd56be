"""Word classes: by frequency, by Brown clustering, and their files."""

from keraslm.classes.brown import BrownClasses, brown_classes
from keraslm.classes.frequency import classes_by_frequency
from keraslm.classes.table import read_classes, write_classes

__all__ = [
    "BrownClasses",
    "brown_classes",
    "classes_by_frequency",
    "read_classes",
    "write_classes",
]
