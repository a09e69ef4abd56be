"""The options of a training run, each once: kind, group, sentence, default, models.

From this table come the flags of `keraslm train` and their help, the names in a TOML
file, the checks of values and their messages, what is filled in, and docs/options.md.
"""

import dataclasses
from typing import Any

from keraslm.counts.smoothings import DEFAULT as BEST_SMOOTHING
from keraslm.counts.smoothings import SMOOTHINGS
from keraslm.memory import parse_size
from keraslm.outputs.ngram_rows import MOST_BITS, MOST_ORDER
from keraslm.training.options.default import (
    GIVEN,
    LEVELS,
    Default,
    any_given,
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
    ATTENDING,
    EMBEDDED,
    FEATURED,
    MODELS,
    NEURAL,
    RECURRENT,
    STATEFUL,
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
ADAMS = ("adam", "adamw")
WITHOUT_VECTORS = ("one-hot", "bag-of-words")

MODEL = Group("Model")
TEXT = Group("Text")
COUNTING = Group("Counting", ("ngram",), is_strict=True)
NETWORK = Group("Network", EMBEDDED, is_strict=True)
WINDOW = Group("Network of a window", WINDOWS, is_strict=True)
RECURRENCE = Group("Recurrent network", RECURRENT, is_strict=True)
ATTENTION = Group("Transformer", ATTENDING, is_strict=True)
SOFTMAX = Group("Large vocabularies", FEATURED, is_strict=True)
FEATURES = Group("Features of the history", FEATURED, is_strict=True)
OPTIMIZER = Group("Optimizer", NEURAL)
LENGTH = Group("Length of the run", NEURAL)
OUTPUT = Group("Output")
# fmt: off
GROUPS = (MODEL, TEXT, COUNTING, NETWORK, WINDOW, RECURRENCE, ATTENTION, SOFTMAX,
    FEATURES, OPTIMIZER, LENGTH, OUTPUT)
# fmt: on


@dataclasses.dataclass(frozen=True)
class Configuration:
    """The options of a run; None means: the default for this model and level.

    Units: `time` and `batch_size` in tokens and rows; `minutes` of wall clock;
    `warmup` in steps; `learning_rate` per step, and `feature_rate` times that;
    rates of dropout in [0, 1); a `clip_norm` of 0 clips nothing.
    """

    # A table, in which an option takes as few lines as it can.
    # fmt: off
    corpus: str = option(Text("CORPUS"), TEXT,
        "The text: a file, a folder, a .gz file, - or a dataset.", "village",
        is_free=True)
    model: str = option(Model(MODELS), MODEL, "What is trained.", "lstm")
    level: str = option(Choice(tuple(LEVELS)), MODEL, "What a token is.", "word")
    out: str | None = option(File("RUN"), OUTPUT, "The folder to write.",
        Default(None, called="runs/CORPUS-LEVEL-MODEL"), is_free=True)
    seed: int = option(Whole(0, LARGEST_SEED), MODEL,
        "The same seed gives the same random numbers, and the same run.", 0)
    init_from: str | None = option(File("MODEL"), MODEL,
        "Start from the weights of this model.", Default(None, called="random weights"))
    encoding: str = option(Text("NAME"), TEXT, "The encoding of the text.", "utf-8")
    split: str = option(Text("A/B/C"), TEXT,
        "The shares of the text for training, validation and test, in percent.",
        "90/5/5")
    tokenize: bool = option(Switch(), TEXT, "Split punctuation and capitals off words.",
        False)
    vocabulary_size: int | None = option(Whole(3), TEXT,
        "Keep the N most frequent tokens; others are <unk>.",
        Default(None, when(WORDS_KEPT, level="word", model=NEURAL),
            called="all of them"), is_shape=True)
    min_count: int = option(Whole(), TEXT,
        "Keep tokens that occur N times or more; others are <unk>.", 1, is_shape=True)
    order: int | None = option(Whole(most=200), COUNTING,
        "The tokens of the longest n-grams.",
        Default(3, when(5, model="maxent", level="char")), models=("ngram", "maxent"),
        is_shape=True)
    smoothing: str | None = option(Choice(tuple(SMOOTHINGS)), COUNTING,
        "How unseen n-grams get a probability.",
        Default(BEST_SMOOTHING, when("additive", delta=GIVEN)))
    delta: float | None = option(NOT_NEGATIVE, COUNTING,
        "What additive smoothing adds to every count.",
        Default(None, called="chosen on the validation text"))
    prune: str | None = option(Text("0,0,1", parse_prune), COUNTING,
        "Drop n-grams that occur no more often than this, order by order.")
    quantize: int | None = option(Whole(2, 16, "BITS"), COUNTING,
        "Round logarithms to this many bits, 2 to 16, in a small file without counts.",
        Default(None, called="exact"))
    memory: str | None = option(Text("SIZE", parse_size), COUNTING,
        "Count within so much memory, such as 2G, and keep the rest on the disk.",
        Default(None, called="most of what is free"), is_free=True)
    temporary: str | None = option(File("DIR"), COUNTING,
        "The folder of what does not fit into that memory.",
        Default(None, called="beside RUN"), is_free=True)
    embedding: int | None = option(Whole(), NETWORK,
        "The size of a token's vector: N numbers, which training finds.",
        Default(64, when(128, model=RECURRENT, level="word"),
            when(None, input=WITHOUT_VECTORS)), is_shape=True)
    embeddings: str | None = option(File("FILE"), NETWORK,
        "A file of word vectors, such as GloVe's, to start from.",
        Default(None, called="random vectors"), models=(*EMBEDDED, *ATTENDING))
    freeze: bool = option(Switch("fine-tune"), NETWORK,
        "Keep the vectors of that file as they are, or train them on.", False,
        models=(*EMBEDDED, *ATTENDING), is_shape=True)
    skip_bad_lines: bool = option(Switch(), NETWORK,
        "Leave out malformed lines of that file.", False,
        models=(*EMBEDDED, *ATTENDING))
    dropout: float | None = option(SHARE, NETWORK,
        "The share of units that each training step leaves out; more by default for "
        "recurrent networks and transformers that read a text many times.",
        Default(0.0, when(0.1, model=STATEFUL, level="word")),
        models=(*EMBEDDED, *ATTENDING))
    precision: str | None = option(Choice(("float32", "bfloat16")), NETWORK,
        "The precision of large matrix products.",
        Default(usual_precision,
            called="bfloat16 where the processor is made for it, else float32"),
        models=(*EMBEDDED, *ATTENDING))
    context: int | None = option(Whole(), WINDOW,
        "How many previous tokens a window shows, or each block attends to.",
        Default(4, when(1, model="bigram"), when(2, model="trigram"),
            when(64, model=ATTENDING)),
        models=(*WINDOWS, *ATTENDING), is_shape=True)
    input: str | None = option(Choice((*WITHOUT_VECTORS, "embedding")), WINDOW,
        "How the previous tokens enter the network.",
        Default("embedding", when("one-hot", model="bigram"),
            when("embedding", input=any_given("embedding", "embeddings", "freeze"))),
        is_shape=True)
    hidden: str | None = option(Text("200,100", parse_hidden), WINDOW,
        "The widths of the hidden layers from the input on, or none.",
        Default("128", when("none", model="bigram")), is_shape=True)
    layers: int | None = option(Whole(), RECURRENCE,
        "How many recurrent layers or blocks there are, one above the other.",
        Default(1, when(4, model=ATTENDING)), models=STATEFUL, is_shape=True)
    units: int | None = option(Whole(), RECURRENCE,
        "The units of each recurrent layer or block.",
        Default(200, when(256, level="char"), when(448, level="char", minutes=LONG),
            when(128, model=ATTENDING)), models=STATEFUL, is_shape=True)
    activation: str = option(Choice(("tanh", "sigmoid", "linear")), RECURRENCE,
        "What the units apply to their sum.", "tanh", models=("rnn",), is_shape=True)
    tied: bool = option(Switch(), RECURRENCE,
        "Read and predict a token with the same vector.", False, models=STATEFUL,
        is_shape=True)
    input_order: int | None = option(Whole(2, MOST_ORDER), RECURRENCE,
        "Add vectors of the last 2 .. N tokens together to the input.", is_shape=True)
    input_bits: int | None = option(Whole(1, MOST_BITS), RECURRENCE,
        "How many vectors the n-grams of each order share: 13 is 2^13.",
        Default(None, when(13, input_order=GIVEN),
            when(15, level="word", input_order=GIVEN)), is_shape=True)
    input_dropout: float | None = option(SHARE, RECURRENCE,
        "The share of these n-grams that each training step leaves out.",
        Default(None, when(0.3, input_order=GIVEN)))
    residual: bool = option(Switch(), RECURRENCE,
        "Add the input of each recurrent layer to its output.", False, is_shape=True)
    embedding_dropout: float = option(SHARE, RECURRENCE,
        "The share of tokens that each training step leaves out.", 0.0)
    weight_drop: float = option(SHARE, RECURRENCE,
        "The share of recurrent weights that each training step leaves out.", 0.0)
    state: str = option(Choice(("carried", "reset")), RECURRENCE,
        "Whether the state goes on into the next step.", "carried", models=STATEFUL)
    heads: int | None = option(Whole(), ATTENTION,
        "How many heads each block attends with; they share its units.", Default(4),
        is_shape=True)
    softmax: str = option(Choice(("full", "adaptive", "classes", "sampled")), SOFTMAX,
        "How the scores of the vocabulary become probabilities.", "full")
    samples: int | None = option(Whole(), SOFTMAX,
        "How many tokens a step of the sampled softmax draws.",
        Default(None, when(1024, softmax="sampled")), models=RECURRENT)
    classes: str | None = option(File("N|FILE"), SOFTMAX,
        "How many classes the class softmax has, or a file from `keraslm classes`.",
        Default(None, called="the square root of the vocabulary's size"), is_shape=True)
    direct_order: int | None = option(Whole(2, most=1000), FEATURES,
        "Add a maximum entropy model of n-grams up to N tokens to the network.",
        models=RECURRENT, is_shape=True)
    skip: int | None = option(Whole(0, most=1000), FEATURES,
        "Use n-grams that skip up to N of the newest tokens too.",
        Default(None, when(1, model="maxent"), when(0, model="maxent", level="char"),
            when(0, direct_order=GIVEN)), is_shape=True)
    features: str | None = option(Text("hashed:22", parse_features), FEATURES,
        "How many weights all n-grams share: hashed:22 is 2^22.",
        Default(None, when("hashed:22", model="maxent"),
            when("hashed:22", direct_order=GIVEN)), is_shape=True)
    feature_rate: float | None = option(POSITIVE, FEATURES,
        "Features learn at X times the learning rate.",
        Default(None, when(20.0, model="maxent"), when(100.0, direct_order=GIVEN),
            when(1.0, model="maxent", optimizer=SIMPLE),
            when(1.0, direct_order=GIVEN, optimizer=SIMPLE)))
    l1: float = option(NOT_NEGATIVE, FEATURES,
        "The penalty on the features' weights, which makes many zero.", 0.0)
    l2: float = option(NOT_NEGATIVE, FEATURES,
        "The penalty on the squares of the features' weights.", 0.0)
    optimizer: str | None = option(
        Choice(("sgd", "momentum", "rmsprop", "adam", "adamw")), OPTIMIZER,
        "The rule by which the gradient changes the weights.",
        Default("adam", when("adamw", model=RECURRENT, level="char"),
            when("adamw", model=ATTENDING)))
    learning_rate: float | None = option(POSITIVE, OPTIMIZER,
        "The learning rate at its highest, before the schedule lowers it.",
        Default(0.006, when(0.004, level="word", minutes=LONG),
            when(0.01, model="lstm", level="char"),
            when(0.006, level="char", minutes=LONG), when(0.004, model="rnn"),
            when(0.002, model=WINDOWS), when(0.003, model=ATTENDING),
            when(0.05, model="maxent"),
            when(0.03, hidden="none"), when(1.0, optimizer="sgd"),
            when(0.1, optimizer="momentum")))
    beta_1: float | None = option(SHARE, OPTIMIZER,
        "Adam's and adamw's direction keeps X of the steps before.",
        Default(None, when(0.9, optimizer=ADAMS),
            when(0.5, model=RECURRENT, optimizer=ADAMS)))
    schedule: str = option(Choice(("constant", "cosine", "linear", "decay", "plateau")),
        OPTIMIZER, "How the learning rate changes during the run.", "cosine")
    warmup: int = option(Whole(0), OPTIMIZER,
        "The learning rate rises for the first N steps.", 0)
    decay: float = option(FACTOR, OPTIMIZER,
        "The schedule decay multiplies the learning rate by X every epoch.", 0.5)
    decay_after: int = option(Whole(0), OPTIMIZER,
        "The schedule decay begins after N epochs.", 0)
    plateau_factor: float = option(FACTOR, OPTIMIZER,
        "The schedule plateau multiplies the learning rate by X after a validation "
        "that is no better than the best.", 0.5)
    weight_decay: float | None = option(NOT_NEGATIVE, OPTIMIZER,
        "Adamw shrinks every weight by X times the learning rate, each step.",
        Default(None, when(0.01, optimizer="adamw"),
            when(0.05, model=RECURRENT, level="char", optimizer="adamw"),
            when(0.1, model=RECURRENT, level="char", optimizer="adamw", minutes=LONG)))
    clip_norm: float | None = option(NOT_NEGATIVE, OPTIMIZER,
        "Shorten a gradient that is longer than X; 0 shortens none.",
        Default(1.0, when(None, clip_value=GIVEN)))
    clip_value: float | None = option(POSITIVE, OPTIMIZER,
        "Cut every number of the gradient to lie between -X and X instead.")
    average_steps: int | None = option(Whole(), OPTIMIZER,
        "Use the mean of the weights of about the last N steps.")
    average_after: int | None = option(Whole(), OPTIMIZER,
        "Use the mean of the weights once a validation is worse than the best of "
        "those N or more before it.")
    batch_size: int | None = option(Whole(), OPTIMIZER,
        "How many rows of the text are read side by side.",
        Default(32, when(64, model=WINDOWS), when(16, model=ATTENDING)))
    time: int | None = option(Whole(), OPTIMIZER,
        "How many tokens of each row a step reads; gradients go no further back.",
        Default(32, when(64, model=RECURRENT, level="char", minutes=LONG),
            when(64, model=ATTENDING)),
        aliases=("bptt",))
    vary_time: bool = option(Switch(), OPTIMIZER,
        "Draw that number anew for each step.", False)
    epochs: int | None = option(Whole(), LENGTH, "End after N passes over the text.",
        Default(10, when(5, model=WINDOWS), when(3, model="maxent"),
            when(None, steps=GIVEN), when(None, minutes=GIVEN)), is_free=True)
    steps: int | None = option(Whole(), LENGTH, "End after N updates of the weights.",
        is_free=True)
    minutes: float | None = option(POSITIVE, LENGTH, "End after X minutes.",
        is_free=True)
    patience: int | None = option(Whole(), LENGTH,
        "End after N validations in a row without a new best.", is_free=True)
    dry_run: bool = option(Switch(), LENGTH, "Try it out: two steps and an evaluation.",
        False)
    log_steps: int = option(Whole(), OUTPUT,
        "Note the training perplexity every N steps.", 50)
    valid_steps: int | None = option(Whole(), OUTPUT,
        "Measure the validation text every N steps.",
        Default(None, called="every epoch"))
    sample_steps: int | None = option(Whole(), OUTPUT,
        "Let the model write a sample every N steps.",
        Default(None, called="every epoch"))
    checkpoint_steps: int | None = option(Whole(), OUTPUT,
        "Write a checkpoint every N steps too.", is_free=True)
    checkpoint_minutes: float = option(POSITIVE, OUTPUT,
        "Write a checkpoint, to resume from, every X minutes.", 5.0, is_free=True)
    keep_last: int = option(Whole(0), OUTPUT,
        "Keep the models of the last N validations too.", 0, is_free=True)
    tensorboard: bool = option(Switch(), OUTPUT,
        "Write the figures for TensorBoard too.", False, is_free=True)
    # fmt: on

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
    def is_one_matrix(self) -> bool:
        """Whether a bigram is one matrix from word to word, with nothing between."""
        plain = self.input == "one-hot" and not self.hidden_sizes
        return self.model == "bigram" and plain

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

    def is_given(self, name: str) -> bool:
        """Say whether an option has another value than that of an empty table."""
        return getattr(self, name) not in (None, getattr(UNSET, name))

    def to_dict(self) -> dict[str, Any]:
        """Give the options that are set, as TOML and JSON can hold them."""
        given = dataclasses.asdict(self).items()
        return {name: value for name, value in given if value is not None}


OPTIONS = options_of(Configuration)
UNSET = Configuration()
