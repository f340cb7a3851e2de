"""Changes and previews with what other apps say of them."""

from typing import Any

from rest_framework import serializers

from networking.api.annotators import annotators


class AnnotatedMixin(serializers.Serializer[Any]):
    """A serializer of a change or a preview, with what was registered. Its context has `actor`."""

    def get_fields(self) -> dict[str, Any]:
        """The fields of the serializer, and one for each annotator."""
        said = {
            name: serializer(source="*", read_only=True, allow_null=True)
            for name, serializer in annotators().items()
        }
        return {**super().get_fields(), **said}
