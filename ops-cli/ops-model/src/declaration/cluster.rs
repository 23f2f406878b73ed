use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The ECS cluster that the services run in.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct ClusterSettings {
    /// How closely CloudWatch measures the cluster.
    ///
    /// <https://docs.aws.amazon.com/AmazonECS/latest/developerguide/cloudwatch-container-insights.html>
    pub container_insights: ContainerInsights,
}

/// Container Insights of CloudWatch.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ContainerInsights {
    /// Metrics of the cluster and its services.
    #[default]
    Enabled,
    /// Metrics of each task and container too; costs more.
    Enhanced,
    /// None.
    Disabled,
}
