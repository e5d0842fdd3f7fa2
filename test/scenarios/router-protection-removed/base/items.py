from fastapi import APIRouter, Depends
from people import member
items = APIRouter(dependencies=[Depends(member)])

@items.get("/items")
def all_items():
    return []
