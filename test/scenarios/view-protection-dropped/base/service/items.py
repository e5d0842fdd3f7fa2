from typing import Annotated

from fastapi import APIRouter, Depends

from .users import get_current_user

router = APIRouter()

@router.get("/items")
def items(user: Annotated[dict, Depends(get_current_user)]):
    return []

@router.get("/names", dependencies=[Depends(get_current_user)])
def names():
    return []
