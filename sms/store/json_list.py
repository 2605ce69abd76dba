"""A list as one parameter of a statement: with a parameter for each value it is compiled anew for every length."""

from typing import Any

from sqlalchemy import String
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement


class TextsOf(FunctionElement[str]):
    """The texts of a JSON list, as a table with the column ``value``."""

    type = String()
    inherit_cache = True


@compiles(TextsOf, "sqlite")
def _in_sqlite(element: TextsOf, compiler: SQLCompiler, **options: Any) -> str:
    return f"json_each({compiler.process(element.clauses, **options)})"


@compiles(TextsOf, "postgresql")
def _in_postgresql(element: TextsOf, compiler: SQLCompiler, **options: Any) -> str:
    return f"json_array_elements_text(CAST({compiler.process(element.clauses, **options)} AS json))"
