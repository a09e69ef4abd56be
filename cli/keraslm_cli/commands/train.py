"""keraslm train: from a text to a model."""

import sys
from typing import TYPE_CHECKING, Any

import click

from keraslm.errors import UsageError
from keraslm.training.options import GROUPS, OPTIONS, UNSET, Configuration, read_toml
from keraslm.training.options.configuration import COUNTING, MODEL, OPTIMIZER, OUTPUT
from keraslm.training.options.option import Group
from keraslm_cli import completion, several, tasks, texts
from keraslm_cli.help_page import GroupedCommand, GroupedOption
from keraslm_cli.run_options import run_options

if TYPE_CHECKING:
    from keraslm.card import Card
    from keraslm.text.corpus import Corpus

HELP = f"""Train a model on CORPUS and write it to the folder RUN.

RUN holds model.keras, config.toml, history.csv, samples.txt, card.json,
perplexity.png and checkpoint.zip. Without options: an LSTM on words. With
--find-rate, only learning_rate.csv and learning_rate.png are written.

An option that is left out takes its default: the value that stands first, or that of
the last exception that holds. RUN/config.toml says what each option was.

With --task tag a tagger is trained: CORPUS has two columns, a word and its tag a line
with a tab between them, and an empty line after each sentence; by default it is
crossroads. With --task classify a classifier is trained: CORPUS is a CSV or TSV with
the columns text and label; by default it is reviews. With --task seq2seq a
translator is trained: CORPUS has a source and its target a line with a tab between
them; by default it is dates. These have fewer options.

With --objective masked a masked language model is trained, which predicts each token
from both sides of it, for keraslm fill. It has fewer options, too.

{texts.CORPUS_HELP}
"""
TASK_HELP = (
    "What is learnt. lm: to predict the next token. tag: to tag words; --model is "
    "bilstm (the default), bigru, birnn, lstm, transformer or most-frequent. classify: "
    "to label texts; --model is last-state (the default), bidirectional, mean-pool, "
    "max-pool, self-attention or bag-of-words. seq2seq: to translate; --model is lstm "
    "(the default), gru, rnn or transformer."
)

OBJECTIVE_HELP = (
    "How a language model learns. causal: to predict each token from those before it. "
    "masked: from both sides; --model is bilstm (the default), transformer or bert."
)


SEQ2SEQ = Group("Sequence to sequence (--task seq2seq)")


def _own(flag: str, group: Group, says: str, *names: str, **settings: Any) -> Any:
    """Give an option that belongs to the command, and not to the run."""
    grouped: dict[str, Any] = {
        "cls": GroupedOption,
        "group": group.heading,
        "help": says,
    }
    return click.option(flag, *names, **(grouped | settings))


def _flag(flag: str, group: Group, says: str, *names: str) -> Any:
    return _own(flag, group, says, *names, is_flag=True)


@click.command(
    help=HELP,
    cls=GroupedCommand,
    groups=(*(group.heading for group in (*GROUPS, SEQ2SEQ)), several.HEADING),
)
@click.argument("corpus", required=False, shell_complete=completion.texts)
@run_options(name for name in OPTIONS if name != "corpus")
@_own(
    "--task",
    MODEL,
    TASK_HELP,
    type=click.Choice(("lm", *tasks.TASKS)),
    default="lm",
    show_default=True,
)
@_own(
    "--objective",
    MODEL,
    OBJECTIVE_HELP,
    type=click.Choice(("causal", "masked")),
    default="causal",
    show_default=True,
)
@_own(
    "--mask-share",
    MODEL,
    "The share of the tokens that --model bert reads as a mask.  [default: 0.15]",
    type=click.FLOAT,
)
@_own(
    "--attention",
    SEQ2SEQ,
    "What the decoder attends to the source by: none, additive or dot.  [default: dot]",
    type=click.Choice(("none", "additive", "dot")),
)
@_own(
    "--bidirectional/--no-bidirectional",
    SEQ2SEQ,
    "Read the source from both ends, each with half the units.  "
    "[default: on, for a transformer off]",
    default=None,
)
@_own(
    "--target-level",
    SEQ2SEQ,
    "What a token of the target is, char or word.  [default: as the source]",
    type=click.Choice(("char", "word")),
)
@several.several_options
@_own(
    "--recipe",
    MODEL,
    "Take the options of a publication (see `keraslm recipes`); flags win.",
    metavar="NAME",
    shell_complete=completion.recipes,
)
@_own(
    "--config",
    MODEL,
    "Take the options of a TOML file, such as RUN/config.toml; flags win.",
    metavar="FILE",
    shell_complete=completion.files,
)
@_own(
    "--cluster",
    COUNTING,
    "Let the workers of a Dask cluster count the n-grams: HOST:PORT of its scheduler, "
    "the file .json that it wrote, or local (local:N) for workers on this machine; the "
    "model is the same.",
    metavar="ADDRESS",
)
@_flag("--find-rate", OPTIMIZER, "Suggest a learning rate, and train no model.")
@_flag("--overwrite", OUTPUT, "Replace the run that is in RUN.")
@_flag("--resume", OUTPUT, "Go on with the run that is in RUN.")
@_flag("--json", OUTPUT, "Print the result as JSON.", "as_json")
def command(
    corpus: str | None,
    task: str,
    objective: str,
    mask_share: float | None,
    recipe: str | None,
    config: str | None,
    overwrite: bool,
    resume: bool,
    find_rate: bool,
    as_json: bool,
    cluster: str | None,
    **flags: Any,
) -> None:
    """Put the options together, train, and say what came of it."""
    from keraslm.files.destinations import check_folder
    from keraslm.training.find_rate import check_has_rate
    from keraslm.training.recipes import read_recipe
    from keraslm.training.run import check_options
    from keraslm.training.texts import check_counted

    shared = several.taken_out(flags)
    _check_cluster(cluster, task, objective, find_rate)
    _check_resume(resume, overwrite, find_rate)
    if objective == tasks.MASKED or task != "lm":
        kind, chosen = _kind(task, objective)
        several.refuse(shared, f"`{chosen}`")
        tasks.refuse_others(chosen, recipe=recipe, find_rate=find_rate)
        named = flags | {"corpus": corpus, "mask_share": mask_share}
        given = {name: value for name, value in named.items() if value is not None}
        tasks.train_and_tell(kind, given, config, overwrite, resume, as_json)
        return
    if mask_share is not None:
        raise UsageError("`mask_share` is an option of `objective='masked'`")
    given = {name: value for name, value in flags.items() if value is not None}
    tasks.refuse_own(given)
    given |= {} if corpus is None else {"corpus": corpus}
    published = read_recipe(recipe).options if recipe else {}
    options = {**published, **(read_toml(config) if config else {}), **given}
    c = Configuration(**options)
    if find_rate:
        several.refuse(shared, "`find_rate=True`")
        check_has_rate(c)
    check_options(c)
    if cluster is not None:
        check_counted(c, cluster)
    if c.out is not None:
        check_folder(c.out)
    asked = "split" in given or c.split != UNSET.split
    opened = texts.open_named_corpus(c.corpus, c.encoding, c.split, asked)
    if find_rate:
        _find_rate(c, opened, overwrite, as_json)
    else:
        train_and_tell(c, opened, overwrite, resume, as_json, shared, cluster)


def _check_cluster(
    cluster: str | None, task: str, objective: str, find_rate: bool
) -> None:
    others = {"task": task != "lm", "objective": objective != "causal"}
    for name, is_given in (others | {"find_rate": find_rate}).items():
        if is_given and cluster is not None:
            raise UsageError(
                "`cluster` counts n-grams, for `model='ngram'`; it cannot stand with "
                f"`{name}`"
            )


def _kind(task: str, objective: str) -> tuple[str, str]:
    """Say of which kind the model is that is no causal one, and what chose that."""
    if objective != tasks.MASKED:
        return task, f"{task=}"
    if task != "lm":
        raise UsageError(f"`{objective=}` is of language models, not `{task=}`")
    return objective, f"{objective=}"


def _check_resume(resume: bool, overwrite: bool, find_rate: bool) -> None:
    if resume and (overwrite or find_rate):
        other = "--overwrite" if overwrite else "--find-rate"
        raise UsageError(f"--resume goes on with a run; it cannot stand with {other}")


def train_and_tell(
    c: Configuration,
    corpus: "Corpus",
    overwrite: bool,
    resume: bool,
    as_json: bool,
    shared: several.Shared | None,
    cluster: str | None = None,
) -> None:
    """Train, show how it goes and print what came of it, in the first process."""
    from keraslm.ranking import unknown_warning
    from keraslm_cli import console

    run = _trained(c, corpus, overwrite, resume, shared, cluster)
    if run is None:  # the first process tells
        return
    if as_json:
        console.print_json(run.card.to_dict())
        return
    console.say(f"{run.folder.path}: {summary(run.card)}")
    if warning := unknown_warning(run.card):
        console.note(f"Warning: {warning}")


def _trained(
    c: Configuration,
    corpus: "Corpus",
    overwrite: bool,
    resume: bool,
    shared: several.Shared | None,
    cluster: str | None,
) -> Any:
    from keraslm_cli.training_progress import TrainingProgress

    with TrainingProgress() as progress:
        given = (corpus, overwrite, progress, _command_line(), resume)
        if shared is not None:
            from keraslm.training.several import train_on_several

            return train_on_several(c, shared.processes, *given)
        from keraslm.training.run import train

        return train(c, *given, cluster=cluster)


def summary(card: "Card") -> str:
    """Say in a line what was measured, and how far above the grammar it is."""
    from keraslm.floor import Floor
    from keraslm_cli import console

    if card.unmeasured:
        return f"{card.model}, no figure: {card.unmeasured}"
    text = f"{card.model}, perplexity {console.number(card.perplexity, 2)} "
    text += (
        f"({console.number(card.nats_per_token)} nats a token) on {card.name_of_text}"
    )
    if card.oov_tokens:
        text += f", {card.perplexity_without_oov:,.2f} of its known tokens"
    if floor := Floor.of_card(card.to_dict()):
        text += (
            f"; {floor.above(card):,.1%} above the grammar, "
            f"{floor.grammar.perplexity_without_oov:,.2f} on the same text "
            f"(entropy of the language {floor.entropy.perplexity:,.2f})"
        )
    return text


def _find_rate(
    c: Configuration, corpus: "Corpus", overwrite: bool, as_json: bool
) -> None:
    from keraslm.training.find_rate import find_rate
    from keraslm_cli import console
    from keraslm_cli.training_progress import TrainingProgress

    with TrainingProgress() as progress:
        found = find_rate(c, corpus, overwrite, progress)
    if as_json:
        console.print_json(found.to_dict())
        return
    rises = "it did not rise up to the highest rate tried"
    if found.rises_at is not None:
        rises = f"it starts to rise at {found.rises_at:.2g}"
    console.say(
        f"{found.folder.path}: try --learning-rate {found.learning_rate:.2g} "
        f"(the loss still falls there; {rises})"
    )


def _command_line() -> str:
    return " ".join(["keraslm", *sys.argv[1:]])
