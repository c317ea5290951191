"""Starts a sync and waits for its end: Python 3.9 or later, standard library only.

    FHIR_OMOP_URL=http://127.0.0.1:8080 FHIR_OMOP_TOKEN=fos_… python3 sync_and_wait.py SITE
"""

import json
import os
import sys
import time
import urllib.error
import urllib.request
import uuid

BASE = os.environ.get("FHIR_OMOP_URL", "http://127.0.0.1:8080")
ADMIN = "/api/v1/admin"


class Problem(Exception):
    """An application/problem+json of the API; `code` is stable."""

    def __init__(self, problem, retry_after):
        super().__init__(f"{problem['code']}: {problem['detail']}")
        self.code = problem["code"]
        self.retry_after = retry_after


def call(method, path, body=None, **headers):
    headers = {"Authorization": f"Bearer {os.environ['FHIR_OMOP_TOKEN']}", **headers}
    data = None
    if body is not None:
        headers["Content-Type"] = "application/json"
        data = json.dumps(body).encode()
    request = urllib.request.Request(BASE + path, data, headers, method=method)
    try:
        with urllib.request.urlopen(request, timeout=60) as answer:
            return json.load(answer)
    except urllib.error.HTTPError as error:
        raise Problem(json.load(error), error.headers.get("Retry-After")) from None


def each(path):
    """Every item of all pages."""
    while path is not None:
        page = call("GET", path)
        yield from page["items"]
        path = page["next"]


def main(site_key):
    ids = [one["connection_id"] for one in each(f"{ADMIN}/fhir-connections?limit=1") if one["site_key"] == site_key]
    if not ids:
        sys.exit(f"There is no connection {site_key}.")
    connection = f"{ADMIN}/fhir-connections/{ids[0]}"
    started = call("POST", f"{connection}/sync", {}, **{"Idempotency-Key": str(uuid.uuid4())})
    while True:
        run = call("GET", f"{connection}/sync-runs/{started['run_id']}")
        if run["status"] in ("completed", "failed", "cancelled"):
            break
        time.sleep(0.5)
    print(f"Run {run['run_id']} is {run['status']}: {run['records_loaded']} resources loaded.")
    return 0 if run["status"] == "completed" else 1


if __name__ == "__main__":
    try:
        usable = len(sys.argv) == 2 and "FHIR_OMOP_TOKEN" in os.environ
        sys.exit(main(sys.argv[1]) if usable else __doc__)
    except Problem as problem:
        sys.exit(str(problem))
    except urllib.error.URLError as error:
        sys.exit(f"{BASE} cannot be asked: {error.reason}")
