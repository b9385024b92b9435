"""A backup is a tar: the manifest and its hash, then the database, then the archive that serves.

Beside it lies `<name>.sha256`, as `sha256sum --check` reads it. The manifest has the hash of every
member, so that a file is known to be whole also when it travelled alone.
"""

import hashlib
import os
import tarfile
from collections.abc import Iterable, Mapping
from datetime import datetime
from pathlib import Path
from typing import IO, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from handoff.refusals import Refusal

MANIFEST, SEAL = "manifest.json", "manifest.sha256"
LONGEST = 1_000_000  # bytes of a manifest; it has some dozens of lines
BLOCK = 1 << 20


class Damaged(Refusal):
    """Not a backup, or not all of it; nothing was touched."""


class Member(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    size: int  # bytes
    sha256: str


class Manifest(BaseModel):
    """What is in a backup, and what was on the machine besides."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    format: Literal[1] = 1
    product: str  # version of Sportello
    made_at: datetime  # UTC
    database: Literal["sqlite", "postgresql"]
    revision: str  # of the schema
    rows: dict[str, int]  # by table
    members: dict[str, Member]  # by name in the tar
    present: dict[str, Member] = Field(default_factory=dict)  # models and snapshots that stayed


def digest(file: Path) -> Member:
    with file.open("rb") as opened:
        sha256 = hashlib.file_digest(opened, "sha256").hexdigest()
    return Member(size=file.stat().st_size, sha256=sha256)


def digest_of_folder(folder: Path) -> Member:
    """As `digest` would tell of the list that `sha256sum` makes of its files."""
    files = sorted(file for file in folder.rglob("*") if file.is_file())
    told = {str(file.relative_to(folder)): digest(file) for file in files}
    listed = "".join(f"{member.sha256}  {name}\n" for name, member in told.items())
    size = sum(member.size for member in told.values())
    return Member(size=size, sha256=hashlib.sha256(listed.encode()).hexdigest())


def pack(target: Path, manifest: Manifest, members: Mapping[str, Path]) -> Member:
    """Nobody else reads it: it holds what citizens wrote."""
    noted = target.with_name(MANIFEST)
    noted.write_text(manifest.model_dump_json(indent=1))
    seal = target.with_name(SEAL)
    seal.write_text(digest(noted).sha256)
    with os.fdopen(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as out:
        with tarfile.open(fileobj=out, mode="w") as tar:
            for name, file in {MANIFEST: noted, SEAL: seal, **members}.items():
                tar.add(file, arcname=name, filter=_nobodys)
        out.flush()
        os.fsync(out.fileno())
    return digest(target)


def unpack(file: Path, folder: Path) -> Manifest:
    """All members into the folder, each with the hash that the manifest tells. Raises Damaged."""
    _require_checksum(file)
    try:
        with tarfile.open(file, mode="r:") as tar:
            manifest = _manifest(tar)
            for name, told in manifest.members.items():
                _require(_copy(_open(tar, name), folder / Path(name).name) == told, file, name)
    except (tarfile.TarError, OSError, ValueError) as error:
        raise Damaged(f"{file} is no backup that can be read: {_reason(error)}.") from error
    return manifest


def checksum_of(file: Path) -> Path:
    return file.with_name(f"{file.name}.sha256")


def sync(paths: Iterable[Path]) -> None:
    """On disk also when the power fails; of a folder, the names in it."""
    for path in paths:
        descriptor = os.open(path, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def _nobodys(member: tarfile.TarInfo) -> tarfile.TarInfo:
    member.uid = member.gid = 0
    member.uname = member.gname = ""
    member.mode = 0o600
    member.mtime = int(member.mtime)
    return member


def _require_checksum(file: Path) -> None:
    if not file.is_file():
        raise Damaged(f"{file} is not there.")
    noted = checksum_of(file)
    if noted.is_file():
        told = noted.read_text().split(maxsplit=1)[:1]
        _require(told == [digest(file).sha256], file, "its checksum")


def _manifest(tar: tarfile.TarFile) -> Manifest:
    first = tar.next()
    if first is None or first.name != MANIFEST or first.size > LONGEST:
        raise tarfile.ReadError("it does not begin with a manifest")
    told = _open(tar, MANIFEST).read()
    if _open(tar, SEAL).read(LONGEST).decode() != hashlib.sha256(told).hexdigest():
        raise tarfile.ReadError("its manifest is damaged")
    return Manifest.model_validate_json(told)


def _open(tar: tarfile.TarFile, name: str) -> IO[bytes]:
    try:
        opened = tar.extractfile(name)
    except KeyError:
        opened = None
    if opened is None:
        raise tarfile.ReadError(f"{name} is missing")
    return opened


def _copy(source: IO[bytes], target: Path) -> Member:
    hashed, size = hashlib.sha256(), 0
    with os.fdopen(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as out:
        while block := source.read(BLOCK):
            hashed.update(block)
            size += out.write(block)
    return Member(size=size, sha256=hashed.hexdigest())


def _require(is_so: bool, file: Path, what: str) -> None:
    if not is_so:
        raise Damaged(f"{file} is damaged: {what} does not agree. Take another backup.")


def _reason(error: Exception) -> Any:
    """Of pydantic's the place only: the rest repeats the file."""
    if isinstance(error, ValidationError):
        return f"{MANIFEST}: {error.errors()[0]['msg']}"
    return error
