"""Copies of everything that cannot be made again, and the way back.

* `making`       one file out of a running service
* `restoring`    a database out of such a file, proved before it takes the present one's place
* `archive`      what the file looks like
* `sqlite`, `postgresql`  what each database has of its own
* `soundness`    what must be true of a database
"""

from handoff.backup.making import Made, make
from handoff.backup.restoring import Restored, prove, restore

__all__ = ["Made", "Restored", "make", "prove", "restore"]
