"""Where things stand in the repository."""

import os
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
VAR = Path(os.environ.get("SPORTELLO_VAR") or ROOT / "var").absolute()
LOGS = VAR / "log"
MODELS = ROOT / "models"
OURS = ROOT / ".venv"
BOTS = ROOT / "bot" / ".venv"
OUR_PYTHON = OURS / "bin" / "python"
BOT_PYTHON = BOTS / "bin" / "python"
