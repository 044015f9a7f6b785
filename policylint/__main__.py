"""``python -m policylint``."""

from policylint.cli import entry_point

if __name__ == "__main__":
    entry_point()
