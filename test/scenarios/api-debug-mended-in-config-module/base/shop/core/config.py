from pydantic_settings import BaseSettings


class Settings(BaseSettings):
    title: str = "Shop"
    debug: bool = True


settings = Settings()
