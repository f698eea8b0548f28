"""The trusted documents of a server, as its settings name them."""

from __future__ import annotations

import structlog
from graphql import GraphQLSchema

from liangcun_server.settings import Settings
from liangcun_server.trusted_documents.documents import TrustedDocuments
from liangcun_server.trusted_documents.shipped import shipped_operations

_log = structlog.get_logger("liangcun.trusted_documents")


def load_trusted_documents(settings: Settings, schema: GraphQLSchema) -> TrustedDocuments:
    """What is shipped and what is in the folder of the settings; a line is logged for each problem.

    Raises UnreadableFolder.
    """
    trusted = TrustedDocuments.load(schema, shipped_operations(), settings.trusted_documents)
    for problem in trusted.problems:
        _log.warning("trusted document unfit", zh=problem.text("zh"), en=problem.text("en"))
    return trusted
