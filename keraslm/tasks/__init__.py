"""Tasks beside language modelling, on the layers and the files of the library.

from keraslm.tasks import TaggerOptions, load, train_tagger

run = train_tagger(TaggerOptions(model="bilstm"), "crossroads")
load("runs/crossroads-tag-bilstm").tag("she knows that patient .".split())
"""

from keraslm.tasks.card import TaggingCard
from keraslm.tasks.classifier import Classifier
from keraslm.tasks.columns import Sentence, TaggedText, read_columns, read_parts
from keraslm.tasks.files import (
    load,
    load_classifier,
    load_tagger,
    load_translator,
    save,
)
from keraslm.tasks.frequent import MostFrequentTagger
from keraslm.tasks.label_card import LabelCard
from keraslm.tasks.options import ClassifierOptions, TaggerOptions
from keraslm.tasks.pair_card import TranslationCard
from keraslm.tasks.pairs import (
    Pair,
    PairedText,
    read_paired,
    read_paired_parts,
    read_pairs,
)
from keraslm.tasks.shape import Shape
from keraslm.tasks.table import Labelled, LabelledText, read_table, read_tables
from keraslm.tasks.tagger import Tagged, Tagger
from keraslm.tasks.train_classifier import ClassifierRun, train_classifier
from keraslm.tasks.train_tagger import TaggerRun, train_tagger
from keraslm.tasks.translation.options import TranslatorOptions
from keraslm.tasks.translation.shape import TranslatorShape
from keraslm.tasks.translation.train import TranslatorRun, train_translator
from keraslm.tasks.translation.translator import Translation, Translator
from keraslm.tasks.vocabulary import TagVocabulary

__all__ = [
    "Classifier",
    "ClassifierOptions",
    "ClassifierRun",
    "LabelCard",
    "Labelled",
    "LabelledText",
    "MostFrequentTagger",
    "Pair",
    "PairedText",
    "Sentence",
    "Shape",
    "TagVocabulary",
    "Tagged",
    "TaggedText",
    "Tagger",
    "TaggerOptions",
    "TaggerRun",
    "TaggingCard",
    "Translation",
    "TranslationCard",
    "Translator",
    "TranslatorOptions",
    "TranslatorRun",
    "TranslatorShape",
    "load",
    "load_classifier",
    "load_tagger",
    "load_translator",
    "read_columns",
    "read_paired",
    "read_paired_parts",
    "read_pairs",
    "read_parts",
    "read_table",
    "read_tables",
    "save",
    "train_classifier",
    "train_tagger",
    "train_translator",
]
