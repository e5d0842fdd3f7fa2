from fastapi import HTTPException, Request


def member(request: Request):
    if "name" not in request.session:
        raise HTTPException(401)
