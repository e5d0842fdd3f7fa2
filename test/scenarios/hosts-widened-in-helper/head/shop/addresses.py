"""Under which names the shop can be reached."""
PUBLIC = ("*",)
