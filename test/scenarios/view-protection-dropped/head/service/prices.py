from fastapi import APIRouter, Depends
from .users import get_current_user

router = APIRouter()

@router.get("/prices")
def prices():
    return []
