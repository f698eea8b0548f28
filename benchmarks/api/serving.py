"""Serves one Python peer as 量村 itself is served: uvicorn, one worker, uvloop and httptools, no access log.

python -m benchmarks.api.serving MODULE:APPLICATION PORT
"""

from __future__ import annotations

import sys

import uvicorn

if __name__ == "__main__":
    application, port = sys.argv[1:]
    uvicorn.run(
        application,
        host="127.0.0.1",
        port=int(port),
        loop="uvloop",
        http="httptools",
        access_log=False,
        log_level="warning",
        server_header=False,
    )
