"""A bot that answers does without TensorFlow, and says so to who would need it."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
LOADED = """
import sys
from bot.without_tensorflow import NeedsTensorFlow, left_out
with left_out():
    import bot.application
assert not [name for name in sys.modules if name.startswith("tensorflow.python")]
import tensorflow
try:
    tensorflow.constant(1)
except NeedsTensorFlow as error:
    print(error)
"""


def test_the_server_is_imported_without_it_and_a_later_use_is_an_error():
    told = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", LOADED],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    assert told.stdout.strip() == "constant is of TensorFlow, which is not loaded"
