"""Trains the tiny bot."""

import os
from pathlib import Path

HERE = Path(__file__).parent


def train_tiny(folder: Path, *, domain: Path = HERE / "domain.yml", name: str = "tiny") -> Path:
    os.environ |= {"RASA_CACHE_DIRECTORY": str(folder / "cache"), "RASA_MAX_CACHE_SIZE": "0"}
    from rasa.model_training import train  # noqa: PLC0415 (reads the environment when imported)

    result = train(
        domain=str(domain),
        config=str(HERE / "config.yml"),
        training_files=[str(HERE / "data.yml")],
        output=str(folder),
        fixed_model_name=name,
        force_training=True,
    )
    assert result.code == 0
    return Path(result.model)
