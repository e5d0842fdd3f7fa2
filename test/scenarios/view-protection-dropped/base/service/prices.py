from fastapi import APIRouter, Depends
from .users import get_current_user

router = APIRouter(dependencies=[Depends(get_current_user)])

@router.get("/prices")
def prices():
    return []
