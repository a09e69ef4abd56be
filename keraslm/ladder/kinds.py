"""What kind of model a rung is: counts, maximum entropy, or neural.

count-based   P(w | h) is a number kept for each pair of h and w: class-specific,
              the word being the class; what is known of one word tells nothing of
              another
MaxEnt        softmax(theta_w . f(h)): class-based, features of the history that all
              words share, each with a weight for every word
neural        softmax(u_w . g(h)): class-based, and the features g are embedded:
              vectors that are learnt from the text
"""

from typing import NamedTuple


class Kind(NamedTuple):
    """A kind by its name; `classes` says what its numbers belong to.

    `family` is the form and colour of its points in a picture.
    """

    name: str
    classes: str
    family: str


SPECIFIC, BASED = "class-specific", "class-based"
NONE = Kind("", "", "counts")
COUNTS = Kind("count-based", SPECIFIC, "counts")
MAXENT = Kind("MaxEnt", BASED, "features")
NEURAL = Kind("neural", BASED, "network")
NEURAL_MAXENT = Kind("neural + MaxEnt", BASED, "featured")
MIXED = Kind("neural, count-based", "both", "mixture")
MEANING = (
    f"count-based models are {SPECIFIC}: each word has a number of its own after each "
    f"history; MaxEnt and neural models are {BASED}: words share the features of a "
    "history, and neural ones embed them"
)
