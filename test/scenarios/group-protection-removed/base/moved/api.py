from fastapi import APIRouter

router = APIRouter()


@router.delete("/orders")
def remove():
    return {}
