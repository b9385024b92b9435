"""Where things stand in the repository."""

from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
VAR = ROOT / "var"
LOGS = VAR / "log"
MODELS = ROOT / "models"
OURS = ROOT / ".venv"
BOTS = ROOT / "bot" / ".venv"
OUR_PYTHON = OURS / "bin" / "python"
BOT_PYTHON = BOTS / "bin" / "python"
