"""The function by which the module `site` routes a single page, on a distribution."""

from __future__ import annotations

from pathlib import Path

import pytest
from conftest import Aws
from distribution import Distribution

pytestmark = pytest.mark.already_true

CODE = Path(__file__).parents[3] / "terraform/modules/site/single_page.js"


@pytest.fixture
def site(aws: Aws, name: str) -> Distribution:
    site = Distribution(aws, name, may_list=True)
    for key in ("app/index.html", "assets/app.js"):
        site.s3.put_object(Bucket=name, Key=key, Body=key.encode(), ContentType="text/plain")
    function = site.cloudfront.create_function(
        Name=name,
        FunctionConfig={"Comment": "", "Runtime": "cloudfront-js-2.0"},
        FunctionCode=CODE.read_text().replace("${entry}", "app/index.html").encode(),
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


@pytest.mark.parametrize("path", ["/settings", "/environments/dev/", "/a.b/c"])
def test_a_path_of_the_application_gets_its_entry_page(site: Distribution, path: str) -> None:
    assert site.get(path)[::2] == (200, "app/index.html")


def test_a_file_is_itself_and_one_that_is_gone_stays_gone(site: Distribution) -> None:
    assert site.get("/assets/app.js")[::2] == (200, "assets/app.js")
    assert site.get("/assets/app-1.js")[0] == 404
