from typing import Annotated

from fastapi import APIRouter, Depends

from .users import get_current_user

router = APIRouter()

@router.get("/items")
def items():
    return []

@router.get("/names")
def names():
    return []
