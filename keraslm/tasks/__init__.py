"""Tasks beside language modelling: taggers, on the layers and the files of the library.

from keraslm.tasks import TaggerOptions, load, train_tagger

run = train_tagger(TaggerOptions(model="bilstm"), "crossroads")
load("runs/crossroads-tag-bilstm").tag("she knows that patient .".split())
"""

from keraslm.tasks.card import TaggingCard
from keraslm.tasks.columns import Sentence, TaggedText, read_columns, read_parts
from keraslm.tasks.files import load, save
from keraslm.tasks.frequent import MostFrequentTagger
from keraslm.tasks.options import TaggerOptions
from keraslm.tasks.run import TaggerRun, train_tagger
from keraslm.tasks.shape import MODELS, Shape
from keraslm.tasks.tagger import Tagged, Tagger
from keraslm.tasks.vocabulary import TagVocabulary

__all__ = [
    "MODELS",
    "MostFrequentTagger",
    "Sentence",
    "Shape",
    "TagVocabulary",
    "Tagged",
    "TaggedText",
    "Tagger",
    "TaggerOptions",
    "TaggerRun",
    "TaggingCard",
    "load",
    "read_columns",
    "read_parts",
    "save",
    "train_tagger",
]
