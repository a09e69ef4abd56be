"""Paste every command and every block of Python of the documentation, in one folder.

    python -m tests.paste_docs            # README, and all pages of the site
    python -m tests.paste_docs decoding   # one page

What is done to a line before it runs is in the tables SKIPPED and SHORTENED: trainings
take two steps, machines are not set up, and no other host is asked.
"""

import pathlib
import re
import sys
import tempfile
import time

from tests.docs_shell import ROOT, Folder, Notebook
from tests.documented import Block, blocks, shell_lines
from tests.what_readers_bring import bring

SKIPPED = {
    r"^(make (?!demo)|pip |python3\.11 |course/bin/|git |cd )": "sets up a machine",
    r"_COMPLETE=": "is for the start-up file of a shell",
    r"KERAS_BACKEND=": "needs another backend",
    r"datasets fetch": "asks another host",
    r"tests/benchmarks/": "measures speeds, as `make bench` does",
    r"&& |/usr/bin/time": "is of a shell of its own",
}
DEMO = "; ".join(
    [
        r"keraslm train village --model ngram --order 3 --out \1/ngram --overwrite",
        r"for m in bigram trigram lstm; do keraslm train village --model $m"
        r" --steps 2 --out \1/$m --overwrite; done",
    ]
)
SHORTENED = {
    r"^\.venv/bin/": "",
    r"^make demo.*": "keraslm demo --out demo",
    r"^keraslm demo --out (\S+)": DEMO,
    r"(?<=ladder )(.*)--minutes \S+": r"\1--minutes 0.05",
    r"^(?!keraslm ladder )(.*)--minutes \S+": r"\1--steps 2",
    r"--steps \d+": "--steps 2",
    r"(?<=--objective masked )--epochs \d+": "--steps 2",
    r"(?<=--task seq2seq )--epochs \d+": "--steps 2",
    r"(?<=embeddings train )(.*)--epochs \d+": r"\1--epochs 1",
    r"(?<=resume )(.*)--epochs \d+": r"\1--steps 3",
    r"(?<=neural-ngram )(.*)--epochs \d+": r"\1--steps 2",
    r"--(valid|log|sample|checkpoint)-steps \d+": r"--\1-steps 1",
    r"(?<=find-rate) ": " --steps 20 ",
    r"\b(village|village-translated):large\b": r"\1:small",
    r"\b(crossroads|reviews|dates)(?= --task)": r"\1:small",
    r"\bvillage(-translated)?:test:large": r"village\1:test:small",
    r"\btiny-shakespeare(?= )": "shakespeare.txt",
    r"--units 200 --layers 1 --vocabulary-size 100000": "--units 8 --layers 1",
    r"^keraslm lab (.*?)(--open)?(?= --scenes|$)": r"timeout -s INT 12"
    r" keraslm lab \1 --port 0",
    r"^(keraslm ladder (?!.*--rungs).*)": r"\1 --rungs uniform,kneser-ney-5",
    r"neural-bigram,.*,lstm-kneser-ney": "window-pretrained,lstm,lstm-kneser-ney",
}
ENDLESS = re.compile(
    r"(^|\| )keraslm train (?!.*(--steps|--model (ngram|most-frequent)))"
)
# What is not all right ends with 1: exercises that nobody has written.
ENDS_WITH_1 = re.compile(r"^keraslm check (?!.*(--stub|--class))")
SMALLER = {  # in blocks of Python
    '("village")': '("village:small")',
    "units=256": "units=8",
    "epochs=5": "epochs=1",
    '"my-ladder", 10': '"my-ladder", 0.05',
}


def shortened(line: str) -> str:
    """Give a line as it is run here."""
    line = re.sub(r" +#.*", "", line)
    for pattern, shorter in SHORTENED.items():
        line = re.sub(pattern, shorter, line)
    return line + " --steps 2" if ENDLESS.search(line) else line


def reason(line: str) -> str:
    """Say why a line is not run, or nothing."""
    return next((why for p, why in SKIPPED.items() if re.search(p, line)), "")


def pages() -> list[pathlib.Path]:
    """Give README and the pages, in the order of the site."""
    index = ROOT / "docs/index.md"
    trees = re.findall(r"```\{toctree\}\n(.*?)```", index.read_text("utf-8"), re.S)
    names = [name for tree in trees for name in re.findall(r"^\w.*", tree, re.M)]
    return [ROOT / "README.md", index, *(ROOT / f"docs/{name}.md" for name in names)]


def paste(folder: Folder, page: pathlib.Path) -> list[str]:
    """Run what a page shows; give what failed."""
    notebook, faults = Notebook(folder), []
    for block in blocks(page):
        if block.kind == "python":
            faults += _python(notebook, block)
        elif block.kind == "shell":
            faults += _shell(folder, block)
    notebook.close()
    return [f"{page.name}: {fault}" for fault in faults]


def _python(notebook: Notebook, block: Block) -> list[str]:
    source = block.text
    for whole, part in SMALLER.items():
        source = source.replace(whole, part)
    fault = notebook.run(source).errors
    return [f"{block.section}: {source.splitlines()[0]} ..: {fault}"] if fault else []


def _shell(folder: Folder, block: Block) -> list[str]:
    faults = []
    for line in shell_lines(block.text):
        if reason(line):
            continue
        ran = folder.run(shortened(line))
        stopped = "timeout -s INT" in ran.line and ran.status in (0, 124, 130)
        as_told = ran.status == 1 and ENDS_WITH_1.match(line)
        if ran.status and not stopped and not as_told:
            faults.append(f"{ran.line}: status {ran.status}: {ran.errors[-600:]}")
    return faults


def main(names: list[str]) -> int:
    """Paste the pages of these names, or all; give the status of the program."""
    chosen = [page for page in pages() if not names or page.stem in names]
    faults: list[str] = []
    with tempfile.TemporaryDirectory() as place:
        folder = Folder(pathlib.Path(place))
        bring(folder)
        for page in chosen:
            begun = time.monotonic()
            found = paste(folder, page)
            took = time.monotonic() - begun
            print("\n".join([f"{page.name}: {took:.0f} s", *found]), flush=True)
            faults += found
    print(f"{len(faults)} do not work" if faults else "Every command works.")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
