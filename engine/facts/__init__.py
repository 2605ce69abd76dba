"""What is known: frozen values that every other room shares. Nothing here reads a clock or a file."""
