from pydantic_settings import BaseSettings


class Settings(BaseSettings):
    title: str = "Shop"
    debug: bool = False


settings = Settings()
