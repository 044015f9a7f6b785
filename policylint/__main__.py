"""``python -m policylint``."""

import sys

if __name__ == "__main__":
    # ``-m`` puts the working folder first among the places of modules: that of strangers, with plugins of their own.
    if not getattr(sys.flags, "safe_path", False):
        del sys.path[0]
    from policylint.cli import entry_point

    entry_point()
