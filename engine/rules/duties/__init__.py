"""The paragraphs that yield duties, their deadlines, and how duties are met or ended. Pure."""
