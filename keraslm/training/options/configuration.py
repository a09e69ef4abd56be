"""The options of a training run, each once: kind, group, sentence, default, models.

From this table come the flags of `keraslm train` and their help, the names in a TOML
file, the checks of values and their messages, what is filled in, and docs/options.md.
"""

import dataclasses
from typing import Any

from keraslm.counts.smoothings import DEFAULT as BEST_SMOOTHING
from keraslm.counts.smoothings import SMOOTHINGS
from keraslm.training.options.default import (
    GIVEN,
    LEFT_OUT,
    LEVELS,
    Default,
    at_least,
    when,
)
from keraslm.training.options.kinds import (
    FACTOR,
    NOT_NEGATIVE,
    POSITIVE,
    SHARE,
    Choice,
    File,
    Model,
    Switch,
    Text,
    Whole,
)
from keraslm.training.options.models import (
    EMBEDDED,
    FEATURED,
    MODELS,
    NEURAL,
    RECURRENT,
    WINDOWS,
)
from keraslm.training.options.notations import (
    parse_features,
    parse_hidden,
    parse_prune,
)
from keraslm.training.options.option import Group, option, options_of
from keraslm.training.precision import usual_precision

LONG = at_least(10)  # minutes of a run that reads most texts of characters many times
WORDS_KEPT = 10_000  # neural models predict this many words if no limit is given
LARGEST_SEED = 2**32 - 1  # NumPy's
SIMPLE = ("sgd", "momentum")  # optimizers without a step size for each weight
WITHOUT_VECTORS = ("one-hot", "bag-of-words")

MODEL = Group("Model")
TEXT = Group("Text")
COUNTING = Group("Counting", ("ngram",))
NETWORK = Group("Network", EMBEDDED)
SOFTMAX = Group("Large vocabularies", NEURAL)
FEATURES = Group("Features of the history", FEATURED)
OPTIMIZER = Group("Optimizer", NEURAL)
LENGTH = Group("Length of the run", NEURAL)
OUTPUT = Group("Output")


@dataclasses.dataclass(frozen=True)
class Configuration:
    """The options of a run; None means: the default for this model and level.

    Units: `time` and `batch_size` in tokens and rows; `minutes` of wall clock;
    `warmup` in steps; `learning_rate` per step, and `feature_rate` times that;
    rates of dropout in [0, 1); a `clip_norm` of 0 clips nothing.
    """

    corpus: str = option(
        Text("CORPUS"),
        TEXT,
        "The text: a file, a folder, a .gz file, - or a dataset.",
        "village",
        is_free=True,
    )
    level: str = option(
        Choice(tuple(LEVELS)),
        MODEL,
        "What a token is.",
        "word",
    )
    model: str = option(
        Model(MODELS),
        MODEL,
        "What is trained.",
        "lstm",
    )
    out: str | None = option(
        File("RUN"),
        OUTPUT,
        "The folder to write.",
        Default(None, called="runs/CORPUS-LEVEL-MODEL"),
        is_free=True,
    )
    init_from: str | None = option(
        File("MODEL"),
        MODEL,
        "Start from the weights of a model that keraslm trained.",
        Default(None, called="random weights"),
    )
    encoding: str = option(
        Text("NAME"),
        TEXT,
        "The encoding of the text.",
        "utf-8",
    )
    split: str = option(
        Text("A/B/C"),
        TEXT,
        "The percentages of the text for training, validation and test; the last may "
        "be left out, or the last two.",
        "90/5/5",
    )
    tokenize: bool = option(
        Switch(),
        TEXT,
        "Split punctuation off words, and mark capitals instead of keeping them.",
        False,
    )
    vocabulary_size: int | None = option(
        Whole(3),
        TEXT,
        "Keep the N most frequent tokens; the others become <unk>.",
        Default(
            None,
            when(WORDS_KEPT, level="word", model=NEURAL),
            called="all of them",
        ),
        is_shape=True,
    )
    min_count: int = option(
        Whole(),
        TEXT,
        "Keep the tokens that occur N times or more; the others become <unk>.",
        1,
        is_shape=True,
    )
    order: int | None = option(
        Whole(most=200),
        COUNTING,
        "The length of the longest n-grams, in tokens.",
        Default(3, when(5, model="maxent", level="char")),
        models=("ngram", "maxent"),
        is_shape=True,
    )
    smoothing: str | None = option(
        Choice(tuple(SMOOTHINGS)),
        COUNTING,
        "How n-grams that were never seen get a probability.",
        Default(BEST_SMOOTHING, when("additive", delta=GIVEN)),
        models=("ngram",),
    )
    delta: float | None = option(
        NOT_NEGATIVE,
        COUNTING,
        "Additive smoothing: what is added to every count.",
        Default(None, called="what suits the validation text"),
        models=("ngram",),
    )
    prune: str | None = option(
        Text("0,0,1", parse_prune),
        COUNTING,
        "Leave out n-grams that occur no more often than this, one limit an order.",
        Default(None, called="nothing is left out"),
        models=("ngram",),
    )
    context: int | None = option(
        Whole(),
        NETWORK,
        "How many previous tokens a window shows.",
        Default(4, when(1, model="bigram"), when(2, model="trigram")),
        models=WINDOWS,
        is_shape=True,
    )
    input: str | None = option(
        Choice((*WITHOUT_VECTORS, "embedding")),
        NETWORK,
        "How the previous tokens enter the network.",
        Default(
            "embedding",
            when(
                "one-hot",
                model="bigram",
                embedding=LEFT_OUT,
                embeddings=LEFT_OUT,
                freeze=LEFT_OUT,
            ),
        ),
        models=WINDOWS,
        is_shape=True,
    )
    hidden: str | None = option(
        Text("200,100", parse_hidden),
        NETWORK,
        "The widths of the hidden layers, the first first, or none.",
        Default("128", when("none", model="bigram")),
        models=WINDOWS,
        is_shape=True,
    )
    embedding: int | None = option(
        Whole(),
        NETWORK,
        "The size of the vector of a token: N numbers, learnt in training.",
        Default(
            64,
            when(128, model=RECURRENT, level="word"),
            when(None, input=WITHOUT_VECTORS),
        ),
        models=EMBEDDED,
        is_shape=True,
    )
    embeddings: str | None = option(
        File("FILE"),
        NETWORK,
        "A file of word vectors, such as GloVe's, to start from; their size is the "
        "file's.",
        Default(None, called="random vectors"),
        models=EMBEDDED,
    )
    freeze: bool = option(
        Switch("fine-tune"),
        NETWORK,
        "Keep the vectors of `embeddings` as they are, or train them too.",
        False,
        models=EMBEDDED,
        is_shape=True,
    )
    skip_bad_lines: bool = option(
        Switch(),
        NETWORK,
        "Leave out malformed lines of the file of `embeddings`.",
        False,
        models=EMBEDDED,
    )
    layers: int | None = option(
        Whole(),
        NETWORK,
        "How many recurrent layers stand on top of each other.",
        Default(1),
        models=RECURRENT,
        is_shape=True,
    )
    units: int | None = option(
        Whole(),
        NETWORK,
        "The units of each recurrent layer.",
        Default(200, when(256, level="char"), when(448, level="char", minutes=LONG)),
        models=RECURRENT,
        is_shape=True,
    )
    activation: str = option(
        Choice(("tanh", "sigmoid", "linear")),
        NETWORK,
        "The function that the units apply to their sum.",
        "tanh",
        models=("rnn",),
        is_shape=True,
    )
    tied: bool = option(
        Switch(),
        NETWORK,
        "Predict with the input vectors, so that each token has one vector, not two.",
        False,
        models=RECURRENT,
        is_shape=True,
    )
    residual: bool = option(
        Switch(),
        NETWORK,
        "Add the input of each recurrent layer to its output.",
        False,
        models=RECURRENT,
        is_shape=True,
    )
    dropout: float | None = option(
        SHARE,
        NETWORK,
        "The share of units that are dropped between layers in training; recurrent "
        "networks get more if they read the text many times.",
        Default(0.0, when(0.1, model=RECURRENT, level="word")),
        models=EMBEDDED,
    )
    embedding_dropout: float = option(
        SHARE,
        NETWORK,
        "The share of tokens whose vectors are zero for a whole window in training.",
        0.0,
        models=RECURRENT,
    )
    weight_drop: float = option(
        SHARE,
        NETWORK,
        "The share of recurrent weights that are zero for a window in training.",
        0.0,
        models=RECURRENT,
    )
    softmax: str = option(
        Choice(("full", "adaptive", "classes", "sampled")),
        SOFTMAX,
        "How the scores of the vocabulary become probabilities.",
        "full",
        models=FEATURED,
    )
    samples: int | None = option(
        Whole(),
        SOFTMAX,
        "With `softmax='sampled'`: how many tokens are drawn for each step.",
        Default(None, when(1024, softmax="sampled")),
        models=RECURRENT,
    )
    classes: str | None = option(
        File("N|FILE"),
        SOFTMAX,
        "With `softmax='classes'`: how many classes there are, or a file of them from "
        "`keraslm classes`.",
        Default(None, called="the square root of the vocabulary's size"),
        models=FEATURED,
        is_shape=True,
    )
    direct_order: int | None = option(
        Whole(2, most=1000),
        FEATURES,
        "Add the scores of a maximum entropy model of this order to the network's.",
        Default(None),
        models=RECURRENT,
        is_shape=True,
    )
    skip: int | None = option(
        Whole(0, most=1000),
        FEATURES,
        "Use n-grams with a gap too: up to N of the newest tokens are left out.",
        Default(
            None,
            when(1, model="maxent"),
            when(0, model="maxent", level="char"),
            when(0, direct_order=GIVEN),
        ),
        models=FEATURED,
        is_shape=True,
    )
    features: str | None = option(
        Text("hashed:22", parse_features),
        FEATURES,
        "How many weights all n-grams share: hashed:22 is 2^22.",
        Default(
            None,
            when("hashed:22", model="maxent"),
            when("hashed:22", direct_order=GIVEN),
        ),
        models=FEATURED,
        is_shape=True,
    )
    feature_rate: float | None = option(
        POSITIVE,
        FEATURES,
        "The learning rate of the features is X times that of the network.",
        Default(
            None,
            when(20.0, model="maxent"),
            when(250.0, direct_order=GIVEN),
            when(100.0, level="char", direct_order=GIVEN),
            when(1.0, model="maxent", optimizer=SIMPLE),
            when(1.0, direct_order=GIVEN, optimizer=SIMPLE),
        ),
        models=FEATURED,
    )
    l1: float = option(
        NOT_NEGATIVE,
        FEATURES,
        "The penalty on the size of the features' weights, which makes many zero.",
        0.0,
        models=FEATURED,
    )
    l2: float = option(
        NOT_NEGATIVE,
        FEATURES,
        "The penalty on the squares of the features' weights.",
        0.0,
        models=FEATURED,
    )
    optimizer: str | None = option(
        Choice(("sgd", "momentum", "rmsprop", "adam", "adamw")),
        OPTIMIZER,
        "The rule by which the gradient changes the weights.",
        Default("adam", when("adamw", model=RECURRENT, level="char")),
    )
    learning_rate: float | None = option(
        POSITIVE,
        OPTIMIZER,
        "The length of a step at its highest, before the schedule lowers it.",
        Default(
            0.004,
            when(0.01, level="char"),
            when(0.006, level="char", minutes=LONG),
            when(0.002, model=("rnn", *WINDOWS)),
            when(0.05, model="maxent"),
            when(0.03, hidden="none"),  # its loss is convex and takes long steps
            when(1.0, optimizer="sgd"),
            when(0.1, optimizer="momentum"),
        ),
    )
    schedule: str = option(
        Choice(("constant", "cosine", "linear", "decay", "plateau")),
        OPTIMIZER,
        "How the learning rate falls during the run; decay is by the epoch, plateau "
        "after validations that bring nothing better.",
        "cosine",
    )
    warmup: int = option(
        Whole(0),
        OPTIMIZER,
        "In the first N steps the learning rate rises to its highest.",
        0,
    )
    decay: float = option(
        FACTOR,
        OPTIMIZER,
        "With `schedule='decay'`: what the learning rate is multiplied by each epoch.",
        0.5,
    )
    decay_after: int = option(
        Whole(0),
        OPTIMIZER,
        "With `schedule='decay'`: the learning rate stays for the first N epochs.",
        0,
    )
    plateau_factor: float = option(
        FACTOR,
        OPTIMIZER,
        "With `schedule='plateau'`: what the learning rate is multiplied by after a "
        "validation that brings nothing better.",
        0.5,
    )
    weight_decay: float | None = option(
        NOT_NEGATIVE,
        OPTIMIZER,
        "With `optimizer='adamw'`: each step shrinks every weight by X times the "
        "learning rate.",
        Default(
            None,
            when(0.01, optimizer="adamw"),
            when(0.05, model=RECURRENT, level="char", optimizer="adamw"),
            when(0.1, model=RECURRENT, level="char", optimizer="adamw", minutes=LONG),
        ),
    )
    clip_norm: float | None = option(
        NOT_NEGATIVE,
        OPTIMIZER,
        "Shorten a gradient that is longer than X; 0 leaves it as it is.",
        Default(1.0, when(None, clip_value=GIVEN)),
    )
    clip_value: float | None = option(
        POSITIVE,
        OPTIMIZER,
        "Instead, cut every entry of the gradient to lie between -X and X.",
        Default(None),
    )
    average_steps: int | None = option(
        Whole(),
        OPTIMIZER,
        "Validate and keep the mean of the weights over about the last N steps.",
        Default(None),
    )
    average_after: int | None = option(
        Whole(),
        OPTIMIZER,
        "Begin to average the weights when a validation is worse than the best of "
        "those N or more before it.",
        Default(None),
    )
    batch_size: int | None = option(
        Whole(),
        OPTIMIZER,
        "How many rows of the text a step reads side by side.",
        Default(32, when(64, model=WINDOWS)),
    )
    time: int | None = option(
        Whole(),
        OPTIMIZER,
        "How many tokens of each row a step reads; the gradient goes no further back.",
        Default(32, when(64, model=RECURRENT, level="char", minutes=LONG)),
        aliases=("bptt",),
    )
    vary_time: bool = option(
        Switch(),
        OPTIMIZER,
        "Draw the number of those tokens anew for each step, around `time`.",
        False,
    )
    state: str = option(
        Choice(("carried", "reset")),
        OPTIMIZER,
        "What becomes of the recurrent state between two steps.",
        "carried",
        models=RECURRENT,
    )
    precision: str | None = option(
        Choice(("float32", "bfloat16")),
        OPTIMIZER,
        "How the factors of large matrix products are rounded.",
        Default(
            usual_precision,
            called="bfloat16 where the processor is made for it, else float32",
        ),
        models=EMBEDDED,
    )
    epochs: int | None = option(
        Whole(),
        LENGTH,
        "End after N passes over the text.",
        Default(
            10,
            when(5, model=WINDOWS),
            when(3, model="maxent"),
            when(None, steps=GIVEN),
            when(None, minutes=GIVEN),
        ),
        is_free=True,
    )
    steps: int | None = option(
        Whole(),
        LENGTH,
        "End after N steps, each of which changes the weights once.",
        Default(None),
        is_free=True,
    )
    minutes: float | None = option(
        POSITIVE,
        LENGTH,
        "End after X minutes.",
        Default(None),
        is_free=True,
    )
    patience: int | None = option(
        Whole(),
        LENGTH,
        "End after N validations in a row that are no better than the best.",
        Default(None),
        is_free=True,
    )
    dry_run: bool = option(
        Switch(),
        LENGTH,
        "Do two steps and an evaluation only, to see whether all is well.",
        False,
    )
    seed: int = option(
        Whole(0, LARGEST_SEED),
        LENGTH,
        "Where the random numbers start: the same seed gives the same run.",
        0,
    )
    log_steps: int = option(
        Whole(),
        OUTPUT,
        "Note the training perplexity every N steps.",
        50,
    )
    valid_steps: int | None = option(
        Whole(),
        OUTPUT,
        "Measure the validation text every N steps.",
        Default(None, called="every epoch"),
    )
    sample_steps: int | None = option(
        Whole(),
        OUTPUT,
        "Let the model write a sample every N steps.",
        Default(None, called="every epoch"),
    )
    checkpoint_steps: int | None = option(
        Whole(),
        OUTPUT,
        "Write a checkpoint every N steps too.",
        Default(None),
        is_free=True,
    )
    checkpoint_minutes: float = option(
        POSITIVE,
        OUTPUT,
        "Write a checkpoint, from which the run can go on, every X minutes.",
        5.0,
        is_free=True,
    )
    keep_last: int = option(
        Whole(0),
        OUTPUT,
        "Keep the models of the last N validations, besides the best one.",
        0,
        is_free=True,
    )
    tensorboard: bool = option(
        Switch(),
        OUTPUT,
        "Write the figures for TensorBoard too.",
        False,
        is_free=True,
    )

    def __post_init__(self) -> None:
        """Check every value on its own.

        Raises: UsageError naming the option, what it must be and what was received.
        """
        for field in dataclasses.fields(self):
            value = getattr(self, field.name)
            if value is not None or field.default is not None:
                field.metadata["option"].kind.check(field.name, value)

    @property
    def family(self) -> str:
        """The model; "lstm" for a cell of the user's own, which takes its options."""
        return self.model if self.model in MODELS else "lstm"

    @property
    def limits_of_pruning(self) -> tuple[int, ...]:
        """What n-grams must occur more often than, order by order."""
        return parse_prune(self.prune or "0")

    @property
    def feature_bits(self) -> int:
        """Features are hashed into 2 to the power of this many weights."""
        return parse_features(self.features or "hashed:22")

    @property
    def hidden_sizes(self) -> tuple[int, ...]:
        """The hidden layers' widths; "none" is no hidden layer."""
        return parse_hidden(self.hidden or "none")

    def to_dict(self) -> dict[str, Any]:
        """Give the options that are set, as TOML and JSON can hold them."""
        given = dataclasses.asdict(self).items()
        return {name: value for name, value in given if value is not None}


OPTIONS = options_of(Configuration)
UNSET = Configuration()
