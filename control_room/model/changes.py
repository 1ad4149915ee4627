"""What somebody asks to change of a thing: new values by the names of its members."""

from collections.abc import Collection, Mapping

from shared.errors import BadInput
from shared.reasons import why


def refuse_nulls(changes: Mapping[str, object], nullable: Collection[str] = ()) -> None:
    """Raise BadInput, naming the member, where one that must have a value is to become None."""
    for field, value in changes.items():
        if value is None and field not in nullable:
            raise BadInput(why("field-null", "{field} cannot be null", field=field), field)
