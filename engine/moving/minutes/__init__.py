"""Minutes of meetings as matters: paragraphs that decide something. Pure."""
