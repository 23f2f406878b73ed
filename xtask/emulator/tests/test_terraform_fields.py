"""Fields that Terraform reads back: what ministack drops makes every second plan differ."""

from __future__ import annotations

from conftest import Aws, eventually


def test_alarms_keep_every_field_over_the_query_protocol(aws: Aws, name: str) -> None:
    import urllib.parse
    import urllib.request

    aws.client("cloudwatch").put_metric_alarm(
        AlarmName=name,
        MetricName="m",
        Namespace="n",
        Statistic="Sum",
        Period=60,
        EvaluationPeriods=3,
        DatapointsToAlarm=2,
        Threshold=1,
        ComparisonOperator="GreaterThanThreshold",
        TreatMissingData="notBreaching",
        Dimensions=[{"Name": "Cluster", "Value": "c"}],
        AlarmDescription="why & how",
    )
    body = urllib.parse.urlencode(
        {"Action": "DescribeAlarms", "Version": "2010-08-01", "AlarmNames.member.1": name}
    ).encode()
    credential = "AWS4-HMAC-SHA256 Credential=test/20260101/ap-northeast-2/monitoring/aws4_request, SignedHeaders=host, Signature=0"
    request = urllib.request.Request(
        aws.endpoint,
        data=body,
        headers={"Content-Type": "application/x-www-form-urlencoded", "Authorization": credential},
    )
    with urllib.request.urlopen(request, timeout=10) as answer:
        text = answer.read().decode()
    for part in (
        "<DatapointsToAlarm>2<",
        "<TreatMissingData>notBreaching<",
        "<Name>Cluster</Name><Value>c<",
        "<AlarmDescription>why &amp; how<",
    ):
        assert part in text


def test_availability_zone_rebalancing_is_told(aws: Aws, name: str) -> None:
    from fleet import Fleet

    fleet = Fleet(aws, name)
    assert fleet.create(fleet.image())["availabilityZoneRebalancing"] == "ENABLED"
    fleet.update(availabilityZoneRebalancing="DISABLED")
    assert fleet.service()["availabilityZoneRebalancing"] == "DISABLED"


def test_database_instances_keep_windows_and_exports_and_are_found_by_resource_id(aws: Aws, name: str) -> None:
    rds = aws.client("rds")
    for suffix in ("a", "b"):
        rds.create_db_instance(
            DBInstanceIdentifier=name + suffix,
            DBInstanceClass="db.t4g.micro",
            Engine="mysql",
            MasterUsername="root",
            MasterUserPassword="password1",
            AllocatedStorage=20,
            PreferredBackupWindow="01:00-02:00",
            PreferredMaintenanceWindow="sun:03:00-sun:04:00",
            EnableCloudwatchLogsExports=["error", "slowquery"],
        )
    first = eventually(lambda: rds.describe_db_instances(DBInstanceIdentifier=f"{name}a")["DBInstances"][0])
    assert first["PreferredBackupWindow"] == "01:00-02:00"
    assert first["PreferredMaintenanceWindow"] == "sun:03:00-sun:04:00"
    assert first["EnabledCloudwatchLogsExports"] == ["error", "slowquery"]
    rds.modify_db_instance(
        DBInstanceIdentifier=f"{name}a", CloudwatchLogsExportConfiguration={"DisableLogTypes": ["slowquery"]}
    )
    found = rds.describe_db_instances(Filters=[{"Name": "dbi-resource-id", "Values": [first["DbiResourceId"]]}])[
        "DBInstances"
    ]
    assert [(i["DBInstanceIdentifier"], i["EnabledCloudwatchLogsExports"]) for i in found] == [(f"{name}a", ["error"])]


def test_flow_logs_keep_role_interval_format_and_tags(aws: Aws, name: str) -> None:
    ec2 = aws.client("ec2")
    vpc = ec2.create_vpc(CidrBlock="10.42.0.0/16")["Vpc"]["VpcId"]
    role = "arn:aws:iam::000000000000:role/flow"
    made = ec2.create_flow_logs(
        ResourceIds=[vpc],
        ResourceType="VPC",
        TrafficType="ALL",
        LogGroupName=name,
        DeliverLogsPermissionArn=role,
        MaxAggregationInterval=60,
        LogFormat="${srcaddr}",
        TagSpecifications=[{"ResourceType": "vpc-flow-log", "Tags": [{"Key": "a", "Value": "b"}]}],
    )["FlowLogIds"][0]
    log = ec2.describe_flow_logs(FlowLogIds=[made])["FlowLogs"][0]
    assert (log["DeliverLogsPermissionArn"], log["MaxAggregationInterval"], log["LogFormat"]) == (
        role,
        60,
        "${srcaddr}",
    )


def test_a_cluster_keeps_its_namespace(aws: Aws, name: str) -> None:
    namespace = "arn:aws:servicediscovery:ap-northeast-2:000000000000:namespace/ns-1"
    ecs = aws.client("ecs")
    made = ecs.create_cluster(clusterName=name, serviceConnectDefaults={"namespace": namespace})["cluster"]
    assert made["serviceConnectDefaults"] == {"namespace": namespace}
    assert ecs.describe_clusters(clusters=[name])["clusters"][0]["serviceConnectDefaults"] == {"namespace": namespace}


def test_a_response_headers_policy_has_no_empty_blocks(aws: Aws, name: str) -> None:
    cloudfront = aws.client("cloudfront")
    made = cloudfront.create_response_headers_policy(
        ResponseHeadersPolicyConfig={"Name": name, "SecurityHeadersConfig": {"ContentTypeOptions": {"Override": True}}}
    )["ResponseHeadersPolicy"]
    found = cloudfront.get_response_headers_policy(Id=made["Id"])["ResponseHeadersPolicy"][
        "ResponseHeadersPolicyConfig"
    ]
    assert "CustomHeadersConfig" not in found
    assert "RemoveHeadersConfig" not in found
