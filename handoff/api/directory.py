"""The hospital's directory, for the bot's actions: what a text may mean, or a record by id."""

from dataclasses import asdict
from typing import Annotated, Any

from fastapi import APIRouter, Depends, HTTPException, Query, Request

from handoff.knowledge import Directory

router = APIRouter()
Text = Annotated[str, Query(max_length=4000)]
Most = Annotated[int, Query(ge=1, le=20)]
Record = dict[str, Any]


def _directory(request: Request) -> Directory:
    found: Directory = request.app.state.directory
    return found


Ours = Annotated[Directory, Depends(_directory)]


@router.get("/wards")
async def wards(ours: Ours, q: Text, limit: Most = 5) -> Record:
    found, sure = ours.wards.find(q)
    return {"wards": [asdict(ward) for ward in found[:limit]], "sure": sure}


@router.get("/wards/{ward_id}")
async def ward(ours: Ours, ward_id: str) -> Record:
    if (found := ours.wards.ward(ward_id)) is None:
        raise HTTPException(404, "Reparto sconosciuto.")
    return asdict(found)


@router.get("/exams")
async def exams(ours: Ours, q: Text, limit: Most = 5) -> Record:
    found, sure = ours.exams.find(q)
    return {"exams": [exam.as_json() for exam in found[:limit]], "sure": sure}


@router.get("/exams/{exam_id}")
async def exam(ours: Ours, exam_id: str) -> Record:
    if (found := ours.exams.exam(exam_id)) is None:
        raise HTTPException(404, "Esame sconosciuto.")
    return found.as_json()


@router.get("/doctors")
async def doctors(ours: Ours, q: Text, limit: Most = 5) -> Record:
    found, sure = ours.doctors.find(q)
    return {"doctors": [doctor.as_json() for doctor in found[:limit]], "sure": sure}


@router.get("/doctors/{doctor_id}")
async def doctor(ours: Ours, doctor_id: str) -> Record:
    if (found := ours.doctors.doctor(doctor_id)) is None:
        raise HTTPException(404, "Medico sconosciuto.")
    return found.as_json()


@router.get("/switchboards")
async def switchboards(ours: Ours) -> Record:
    """Whom to ring when nothing is found."""
    return {"switchboards": [asdict(each) for each in ours.switchboards]}
