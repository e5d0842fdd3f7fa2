from fastapi import APIRouter, Depends

from .users import get_current_user

router = APIRouter()


@router.get("/items")
def items(user=Depends(get_current_user)):
    return []
