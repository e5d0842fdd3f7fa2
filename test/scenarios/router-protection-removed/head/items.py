from fastapi import APIRouter, Depends
from people import member
items = APIRouter()

@items.get("/items")
def all_items():
    return []
