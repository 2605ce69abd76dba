"""What the buttons do, each a short function over the engine. Every one reads all, decides all, then writes all."""
