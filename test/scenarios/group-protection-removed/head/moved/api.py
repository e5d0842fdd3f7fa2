from fastapi import APIRouter, Depends

from .users import signed_in

router = APIRouter()


@router.delete("/orders", dependencies=[Depends(signed_in)])
def remove():
    return {}
