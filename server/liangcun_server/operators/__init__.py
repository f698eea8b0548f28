"""The operator: who holds the one token that writing needs until there are accounts."""
