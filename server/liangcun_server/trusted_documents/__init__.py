"""Trusted documents: operations known beforehand, asked for by their hash, and where wanted nothing else."""

from liangcun_server.trusted_documents.documents import TrustedDocuments, UnknownDocument
from liangcun_server.trusted_documents.identifiers import document_id
from liangcun_server.trusted_documents.loading import load_trusted_documents
from liangcun_server.trusted_documents.requiring import RequireTrustedDocument, UntrustedDocument
from liangcun_server.trusted_documents.shipped import shipped_ids, shipped_operations

__all__ = [
    "RequireTrustedDocument",
    "TrustedDocuments",
    "UnknownDocument",
    "UntrustedDocument",
    "document_id",
    "load_trusted_documents",
    "shipped_ids",
    "shipped_operations",
]
