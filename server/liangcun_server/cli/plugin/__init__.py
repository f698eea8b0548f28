"""`liangcun plugin …`: writing, checking and looking after plugins, one file a command."""
