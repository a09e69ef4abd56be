"""Any bytes as config.toml: a configuration, or refused."""

import tomllib

from harness import file_of, fuzz, instrumented

with instrumented("tomllib"):
    from keraslm.training.options import (
        MODELS,
        Configuration,
        read_toml,
        resolve,
        to_toml,
    )

SEEDS = [to_toml(Configuration(model=model).to_dict()).encode() for model in MODELS]


def check(data: bytes) -> None:
    """Read a configuration, which must be the same after it was written again."""
    with file_of(data, ".toml") as path:
        configuration = resolve(Configuration(**read_toml(path)))
    again = tomllib.loads(to_toml(configuration.to_dict()))
    assert Configuration(**again) == configuration


if __name__ == "__main__":
    fuzz(check, SEEDS)
