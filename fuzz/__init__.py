"""Made-up bytes against every part that reads files: ``python -m fuzz --seconds 60``."""
