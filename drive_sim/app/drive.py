"""The screen in which a person drives and is recorded."""
