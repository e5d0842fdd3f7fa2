from fastapi import APIRouter, Depends
from people import member
prices = APIRouter(dependencies=[Depends(member)])

@prices.get("/prices")
def all_prices():
    return []
