"""Whether one reaches another."""

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from networking.api.serializers import AnswerSerializer, QuestionSerializer
from networking.services.reaching import Answer, ask, views
from tenants.access import Capability
from tenants.api.base import TenantApi


class Reach(TenantApi):
    """The question, put to what the tenant wants now."""

    capability = Capability.NETWORK_VIEW

    @extend_schema(parameters=[QuestionSerializer], responses=AnswerSerializer)
    def get(self, request: Request, slug: str) -> Response:
        """The answer. No device is asked."""
        question = QuestionSerializer(data=request.query_params.dict()).question()
        return Response(AnswerSerializer(Answer(ask(views(self.actor, question), question))).data)
