"""What this app's nouns look like to a program, one file a noun."""

from networking.api.serializers.change import (
    ChangeDetailSerializer,
    ChangeSerializer,
    PreviewSerializer,
    VerdictSerializer,
)
from networking.api.serializers.group import (
    GroupMemberSerializer,
    GroupPatchSerializer,
    GroupSerializer,
    NewGroupSerializer,
)
from networking.api.serializers.network import (
    NetworkPatchSerializer,
    NetworkSerializer,
    NewNetworkSerializer,
)
from networking.api.serializers.port import NewPortSerializer, PortPatchSerializer, PortSerializer
from networking.api.serializers.reach import (
    AnswerSerializer,
    QuestionSerializer,
    TrialSerializer,
)
from networking.api.serializers.region import (
    AllowedPrefixSerializer,
    FreePrefixesSerializer,
    FreePrefixQuerySerializer,
    RegionSerializer,
)
from networking.api.serializers.rule import (
    CsvSerializer,
    NewRuleSerializer,
    PlaceSerializer,
    RulePatchSerializer,
    RuleSerializer,
)
from networking.api.serializers.site import SiteSerializer
from networking.api.serializers.vip import NewVipSerializer, VipPatchSerializer, VipSerializer

__all__ = [
    "AllowedPrefixSerializer",
    "AnswerSerializer",
    "ChangeDetailSerializer",
    "ChangeSerializer",
    "CsvSerializer",
    "FreePrefixQuerySerializer",
    "FreePrefixesSerializer",
    "GroupMemberSerializer",
    "GroupPatchSerializer",
    "GroupSerializer",
    "NetworkPatchSerializer",
    "NetworkSerializer",
    "NewGroupSerializer",
    "NewNetworkSerializer",
    "NewPortSerializer",
    "NewRuleSerializer",
    "NewVipSerializer",
    "PlaceSerializer",
    "PortPatchSerializer",
    "PortSerializer",
    "PreviewSerializer",
    "QuestionSerializer",
    "RegionSerializer",
    "RulePatchSerializer",
    "RuleSerializer",
    "SiteSerializer",
    "TrialSerializer",
    "VerdictSerializer",
    "VipPatchSerializer",
    "VipSerializer",
]
