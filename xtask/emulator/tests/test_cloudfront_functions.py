"""The function by which the module `site` finds the file for a path, on a distribution."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from conftest import Aws
from distribution import Distribution

pytestmark = pytest.mark.already_true

CODE = Path(__file__).parents[3] / "terraform/modules/site/viewer_request.js"


VARIANTS = [{"coding": "br", "ending": ".br"}, {"coding": "gzip", "ending": ".gz"}]


def distribution(aws: Aws, name: str, encodings: dict[str, str], **settings: Any) -> Distribution:
    """Every file holds its own name."""
    site = Distribution(aws, name, may_list=True)
    for key, encoding in encodings.items():
        headers = {"ContentEncoding": encoding} if encoding else {}
        site.s3.put_object(Bucket=name, Key=key, Body=key.encode(), ContentType="text/plain", **headers)
    code = CODE.read_text()
    for setting, value in settings.items():
        code = code.replace(f"${{{setting}}}", value if setting == "entry" else json.dumps(value))
    function = site.cloudfront.create_function(
        Name=name,
        FunctionConfig={"Comment": "", "Runtime": "cloudfront-js-2.0"},
        FunctionCode=code.encode(),
    )
    arn = function["FunctionSummary"]["FunctionMetadata"]["FunctionARN"]
    site.cloudfront.publish_function(Name=name, IfMatch=function["ETag"])
    found = site.cloudfront.get_distribution_config(Id=site.arn.rsplit("/")[-1])
    configuration = found["DistributionConfig"]
    associated = {"Quantity": 1, "Items": [{"FunctionARN": arn, "EventType": "viewer-request"}]}
    configuration["DefaultCacheBehavior"]["FunctionAssociations"] = associated
    site.cloudfront.update_distribution(
        Id=site.arn.rsplit("/")[-1], IfMatch=found["ETag"], DistributionConfig=configuration
    )
    return site


@pytest.fixture
def site(aws: Aws, name: str) -> Distribution:
    files = {"app/index.html": "", "assets/app.js": ""}
    return distribution(aws, name, files, entry="app/index.html", single_page=True, variants=[])


@pytest.fixture
def packed(aws: Aws, name: str) -> Distribution:
    files = {"photo.avif": "", "notes": ""}
    for path in ("index.html", "app.js"):
        files |= {path: "", f"{path}.br": "br", f"{path}.gz": "gzip"}
    return distribution(aws, name, files, entry="index.html", single_page=False, variants=VARIANTS)


@pytest.mark.parametrize("path", ["/settings", "/environments/dev/", "/a.b/c"])
def test_a_path_of_the_application_gets_its_entry_page(site: Distribution, path: str) -> None:
    assert site.get(path)[::2] == (200, "app/index.html")


def test_a_file_is_itself_and_one_that_is_gone_stays_gone(site: Distribution) -> None:
    assert site.get("/assets/app.js")[::2] == (200, "assets/app.js")
    assert site.get("/assets/app-1.js")[0] == 404


@pytest.mark.parametrize(
    ("accepted", "ending", "encoding"),
    [
        ("gzip, deflate, br, zstd", ".br", "br"),
        ("br;q=0.5,GZIP", ".br", "br"),
        ("gzip;q=1.0, br;q=0", ".gz", "gzip"),
        ("gzip ; q=0.000, br;Q=0.0", "", None),
        ("brotli, x-gzip", "", None),
        ("identity", "", None),
    ],
)
def test_a_viewer_gets_the_smallest_variant_that_it_accepts(
    packed: Distribution, accepted: str, ending: str, encoding: str | None
) -> None:
    for path, file in [("/", "index.html"), ("/index.html", "index.html"), ("/app.js", "app.js")]:
        status, headers, body = packed.get(path, **{"Accept-Encoding": accepted})
        assert (status, headers.get("content-encoding"), body) == (200, encoding, f"{file}{ending}")


@pytest.mark.parametrize("path", ["/photo.avif", "/notes"])
def test_what_is_not_packed_is_itself(packed: Distribution, path: str) -> None:
    assert packed.get(path, **{"Accept-Encoding": "br"})[::2] == (200, path[1:])


def test_a_variant_has_its_own_name_too_and_one_that_is_gone_stays_gone(packed: Distribution) -> None:
    assert packed.get("/app.js.gz", **{"Accept-Encoding": "br"})[::2] == (200, "app.js.gz")
    assert packed.get("/gone.js", **{"Accept-Encoding": "br"})[0] == 404


def test_a_path_of_the_application_gets_a_variant_of_its_entry_page(aws: Aws, name: str) -> None:
    files = {"index.html": "", "index.html.gz": "gzip"}
    site = distribution(aws, name, files, entry="index.html", single_page=True, variants=VARIANTS[1:])
    status, headers, body = site.get("/settings", **{"Accept-Encoding": "br, gzip"})
    assert (status, headers["content-encoding"], body) == (200, "gzip", "index.html.gz")
