from fastapi import APIRouter, Depends
from people import member
prices = APIRouter()

@prices.get("/prices")
def all_prices():
    return []
